import type { Random, Uuid } from "@gatehouse/base";
import type { HeldAct } from "../../../platform/http/second-person.ts";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";

/** What was asked for, as it is kept: exactly what will be carried out. */
export type AskedAct = Pick<HeldAct, "params" | "query" | "body">;

const context = (approvalId: Uuid, part: "asked" | "reply"): string => `approval/${approvalId}/${part}`;

/** Sealed as JSON, for a body or a reply can hold a secret. */
export const seal = (
  key: Uint8Array,
  approvalId: Uuid,
  part: "asked" | "reply",
  value: unknown,
  random: Random,
): Uint8Array => sealSecret(key, JSON.stringify(value), context(approvalId, part), random);

export const unseal = (
  key: Uint8Array,
  approvalId: Uuid,
  part: "asked" | "reply",
  sealed: Uint8Array,
): unknown =>
  JSON.parse(Buffer.from(openSecret(key, sealed, context(approvalId, part))).toString("utf8")) as unknown;

/** The declared path with its parameters filled in. */
export const filledPath = (route: string, params: Readonly<Record<string, string>>): string =>
  (route.split(" ")[1] ?? "").replace(/:(\w+)/g, (_, name: string) => params[name] ?? "");

const SECRET_KEY = /password|secret|token|apikey|authorization/i;

/** As approvers see it: what is secret is only said to be there. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      SECRET_KEY.test(key) && typeof part === "string" && part !== "" ? "[secret]" : withoutSecrets(part),
    ]),
  );
}
