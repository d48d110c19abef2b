import { createPreference } from "./preference.ts";

/** The installation's trust root as this browser knows it. */
export interface KnownRoot {
  /** As people compare it. */
  readonly fingerprint: string;
  /** When this browser saw it first. */
  readonly sinceMs: number;
  /** When a person compared it with a copy from elsewhere. */
  readonly comparedMs?: number;
}

const FINGERPRINT = /^[0-9a-f]{4}( [0-9a-f]{4}){7}$/;

/** What was stored; undefined for anything else. */
export function parseKnownRoot(stored: string): KnownRoot | undefined {
  const [fingerprint = "", since = "", compared = ""] = stored.split("|");
  const [sinceMs, comparedMs] = [Number(since), Number(compared)];
  if (!FINGERPRINT.test(fingerprint) || !(sinceMs > 0)) return undefined;
  return { fingerprint, sinceMs, ...(comparedMs > 0 ? { comparedMs } : {}) };
}

const stored = createPreference<string>("gatehouse.root", (text) => text ?? "");

/** Remembered from the first time on: another one later is said. */
export const knownRoot = {
  get: (): KnownRoot | undefined => parseKnownRoot(stored.get()),
  use: (): KnownRoot | undefined => parseKnownRoot(stored.use()),
  remember: ({ fingerprint, sinceMs, comparedMs }: KnownRoot): void =>
    stored.set([fingerprint, sinceMs, comparedMs ?? ""].join("|")),
};
