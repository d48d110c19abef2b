import { type Static, Type } from "typebox";
import { object, UnixMs } from "../schemas.ts";
import { Password } from "./passwords.ts";

const kinds = <const K extends string>(...names: K[]) =>
  Type.Union(names.map((name) => Type.Literal(name))) as unknown as ReturnType<typeof Type.Unsafe<K>>;

/**
 * What a person can confirm with. `password` in a step-up of somebody who has no second factor, and after a mailed
 * link where the e-mail code is one of the person's factors: link and code prove the same mailbox.
 */
export const FactorKind = kinds("passkey", "totp", "email", "sms", "recovery", "password");
export type FactorKind = Static<typeof FactorKind>;

/** Those whose code we send. */
export const SentFactor = kinds("email", "sms");
export type SentFactor = Static<typeof SentFactor>;

/** One way to go on, best first. */
export const FactorChoice = object({
  factor: FactorKind,
  hint: Type.Optional(
    Type.String({ description: "Where the code goes, mostly covered: a•••@example.org, •••• 12" }),
  ),
});
export type FactorChoice = Static<typeof FactorChoice>;

/** Six digits, or a recovery code however it is typed. */
export const Code = Type.String({ minLength: 1, maxLength: 40, pattern: "^[0-9A-Za-z -]+$" });

/** A code of the named factor, or the password where that is offered. */
export const FactorAnswer = Type.Union([
  object({ factor: FactorKind, code: Code }),
  object({ factor: Type.Literal("password"), password: Password }),
]);
export type FactorAnswer = Static<typeof FactorAnswer>;

export const CodeSent = object({
  factor: SentFactor,
  hint: Type.String(),
  expiresMs: UnixMs,
  resendMs: Type.Integer({ description: "From when another one may be asked for, Unix ms" }),
});
export type CodeSent = Static<typeof CodeSent>;
