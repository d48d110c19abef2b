import type { access, FourEyesAct, Permission } from "@gatehouse/contract";
import type { approvals } from "../../i18n/en/approvals.ts";

export type FieldName = keyof typeof approvals.field;

export type FactValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "role"; readonly role: access.RoleRef }
  | { readonly kind: "scope"; readonly scope: access.GrantScope }
  | { readonly kind: "permissions"; readonly permissions: readonly Permission[] }
  | { readonly kind: "sites"; readonly siteIds: readonly string[] }
  | { readonly kind: "acts"; readonly acts: readonly FourEyesAct[] }
  | { readonly kind: "everywhere"; readonly isEverywhere: boolean }
  | { readonly kind: "time"; readonly atMs: number }
  | { readonly kind: "hours" | "days" | "number"; readonly count: number };

/** One thing that a request says. */
export interface Fact {
  readonly field: FieldName;
  readonly value: FactValue;
}

/** Undefined for what has another shape than expected: it is then shown only as it was sent. */
type Reader = (value: unknown) => FactValue | undefined;

const SECONDS_AN_HOUR = 3_600;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

const text: Reader = (value) => (isText(value) ? { kind: "text", text: value } : undefined);
const time: Reader = (value) => (typeof value === "number" ? { kind: "time", atMs: value } : undefined);
const count =
  (kind: "hours" | "days" | "number", divisor = 1): Reader =>
  (value) =>
    typeof value === "number" ? { kind, count: value / divisor } : undefined;

const owner: Reader = (value) => {
  if (typeof value !== "object" || value === null || !("email" in value) || !isText(value.email))
    return undefined;
  const name = "name" in value && isText(value.name) ? `${value.name}, ` : "";
  return { kind: "text", text: name + value.email };
};

/** In the order in which they are read. */
const READERS: Readonly<Record<FieldName, Reader>> = {
  role: (value) => (isText(value) ? { kind: "role", role: value as access.RoleRef } : undefined),
  scope: (value) => (isScope(value) ? { kind: "scope", scope: value } : undefined),
  everywhere: (value) =>
    typeof value === "boolean" ? { kind: "everywhere", isEverywhere: value } : undefined,
  name: text,
  organisation: text,
  owner,
  description: text,
  permissions: (value) =>
    isTexts(value) ? { kind: "permissions", permissions: value as Permission[] } : undefined,
  sites: (value) => (isTexts(value) ? { kind: "sites", siteIds: value } : undefined),
  siteId: (value) => (isText(value) ? { kind: "sites", siteIds: [value] } : undefined),
  acts: (value) => (isTexts(value) ? { kind: "acts", acts: value as FourEyesAct[] } : undefined),
  delayHours: count("hours"),
  maxDevices: count("number"),
  overlapSeconds: count("hours", SECONDS_AN_HOUR),
  validDays: count("days"),
  fromMs: time,
  toMs: time,
  expiresMs: time,
  untilMs: time,
  reason: text,
};

function isScope(value: unknown): value is access.GrantScope {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (value.kind === "site") return "siteId" in value && isText(value.siteId);
  if (value.kind === "device") return "deviceId" in value && isText(value.deviceId);
  return value.kind === "tenant";
}

/** The parts of a request's body that have words. */
export function factsOf(body: unknown): Fact[] {
  if (typeof body !== "object" || body === null) return [];
  return (Object.keys(READERS) as FieldName[]).flatMap((field) => {
    const value = READERS[field]((body as Record<string, unknown>)[field]);
    return value === undefined ? [] : [{ field, value }];
  });
}

const SECRET_KEYS = /^(apiKey|secret|key|pem|certificatePem|password|token)$/i;

/** The texts of an act's answer that are meant to be copied, wherever in it they stand: name and text. */
export function secretsOf(reply: unknown): [name: string, text: string][] {
  if (typeof reply !== "object" || reply === null) return [];
  return Object.entries(reply).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? (SECRET_KEYS.test(name) ? [[name, value]] : []) : secretsOf(value),
  );
}
