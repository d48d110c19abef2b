import type { accounts, Role } from "@gatehouse/contract";
import type { HeldFactors } from "../factors/factor-store.ts";
import type { FirstStep } from "../factors/factor-tables.ts";

export type FactorKind = accounts.FactorKind;

/** Everybody but customers: must keep a second factor where the organisation or the address of the console asks for it. */
export const isStaff = (role: Role): boolean => role !== "customer";

/** Second factors that the person has set up; recovery codes stand in for one and are none. */
export function enrolledKinds({ passkeys, totp, sent }: HeldFactors): FactorKind[] {
  const kinds: FactorKind[] = [];
  if (passkeys.length > 0) kinds.push("passkey");
  if (totp !== undefined) kinds.push("totp");
  if (sent.has("sms")) kinds.push("sms");
  if (sent.has("email")) kinds.push("email");
  return kinds;
}

/**
 * What may follow the first step of a log-in, best first; empty: nothing is needed. Customers without a factor of
 * their own confirm a password by e-mail code. A mailed link and a mailed code prove the same mailbox: after a link
 * the password takes the place of the code.
 */
export function choicesAfter(first: FirstStep, role: Role, held: HeldFactors): FactorKind[] {
  const kinds = enrolledKinds(held);
  if (kinds.length === 0) return first === "password" && !isStaff(role) ? ["email"] : [];
  const fitting =
    first === "email_link" ? kinds.map((kind) => (kind === "email" ? "password" : kind)) : kinds;
  return (held.recovery?.left ?? 0) > 0 ? [...fitting, "recovery"] : fitting;
}

/** How somebody with a session can confirm that it is they; with no factor at all, by password. */
export function stepUpChoices(role: Role, held: HeldFactors): FactorKind[] {
  const choices = choicesAfter("password", role, held);
  return choices.length === 0 ? ["password"] : choices;
}
