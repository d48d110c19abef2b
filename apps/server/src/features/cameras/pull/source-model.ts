import { isAppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { SourceSpec } from "@gatehouse/capture";
import { cameras } from "@gatehouse/contract";

/** What is fetched for one camera, in the open: in memory alone. */
export interface ChosenSource {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly allowPrivate: boolean;
  readonly changedMs: UnixMs;
}

/** The first of each organisation, then the second of each …: nobody's many stand before somebody's one. */
export function inTurns<S extends Pick<ChosenSource, "tenantId">>(sources: Iterable<S>): S[] {
  const counts = new Map<Uuid, number>();
  const placed = [...sources].map((source) => {
    const place = counts.get(source.tenantId) ?? 0;
    counts.set(source.tenantId, place + 1);
    return { source, place };
  });
  return placed.toSorted((one, other) => one.place - other.place).map(({ source }) => source);
}

/** Why nothing, or not everything, comes. */
export interface Trouble {
  readonly problem: cameras.SourceProblem;
  readonly detail?: string;
}

export const PULL_PROTOCOLS = ["rtsp:", "rtsps:", "http:", "https:"] as const;

export const kindOf = (url: string): cameras.SourceKind => (/^rtsps?:/i.test(url) ? "rtsp" : "multipart");

export const specOf = ({
  url,
  user,
  password,
}: Pick<ChosenSource, "url" | "user" | "password">): SourceSpec => ({
  kind: kindOf(url),
  url,
  user,
  password,
});

/** Whether a password entered for one address may go to the other: same protocol, host and port. */
export function isSameHost(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return (
    a !== null && b !== null && a.protocol === b.protocol && a.host.toLowerCase() === b.host.toLowerCase()
  );
}

/** For the log: an address without what may be secret in its path. */
export function placeOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

const KNOWN: ReadonlySet<string> = new Set(cameras.SOURCE_PROBLEMS);
const isKnown = (word: unknown): word is cameras.SourceProblem => typeof word === "string" && KNOWN.has(word);

/** What went wrong, in the words of the contract. */
export function troubleOf(error: unknown): Trouble {
  if (!isAppError(error)) return { problem: "connection" };
  const { reason, detail } = error.fields;
  if (error.code === "ffmpeg.missing") return { problem: "ffmpeg" };
  if (error.code === "url.forbidden")
    return { problem: reason === "address_private" || reason === "unencrypted" ? reason : "address" };
  const told = typeof detail === "string" ? { detail } : {};
  return { problem: isKnown(reason) ? reason : "connection", ...told };
}
