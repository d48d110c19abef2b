import { AppError, type Random, type UnixMs } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { deriveKey, equalConstantTime, hmacSha256 } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import type { PersonRow } from "../people/account-store.ts";
import { openPersonal, type PersonalData } from "../people/personal-data.ts";
import type { AccountsDatabase } from "../tables.ts";
import { type CeremonyRow, updateCeremony } from "./ceremony-store.ts";
import type { SentMedium } from "./factor-tables.ts";
import { maskEmail, maskPhone } from "./hints.ts";

export const CODE_MS = 10 * 60_000;
const RESEND_MS = 30_000;
/** Of one ceremony; a day's limits for a person and for everybody are the messenger's. */
const MOST_SENT = 5;
/** A ceremony lives long enough for the code sent last, but not for ever. */
const LONGEST_CEREMONY_MS = 30 * 60_000;
/** How far a clock may be set back before codes sent "in the future" count as expired. */
const CLOCK_SLACK_MS = 60_000;

/** Codes by mail or SMS: six digits, ten minutes, once, bound to the ceremony they were asked for in. */
export class SentCodes {
  readonly #context: AccountsContext;
  readonly #teller: Teller;
  readonly #personal: PersonalData;
  readonly #key: Uint8Array;

  constructor(context: AccountsContext, teller: Teller, personal: PersonalData) {
    this.#context = context;
    this.#teller = teller;
    this.#personal = personal;
    this.#key = deriveKey(context.masterKey, "accounts/sent-codes");
  }

  /** Where codes of this medium go; undefined when the person has no phone. */
  async target(
    person: PersonRow,
    medium: SentMedium,
  ): Promise<{ readonly to: string; readonly hint: string } | undefined> {
    if (medium === "email") return { to: person.email, hint: maskEmail(person.email) };
    if (person.phone === null) return undefined;
    const { phone } = openPersonal(await this.#personal.cipherOf(person.tenant_id), person, false);
    return phone === undefined ? undefined : { to: phone, hint: maskPhone(phone) };
  }

  /** In place of the one before. Fails with auth.factor_unavailable, auth.throttled, auth.message_limit or auth.message_day_limit. */
  async send(
    tx: AccountsDatabase,
    ceremony: CeremonyRow,
    person: PersonRow,
    medium: SentMedium,
  ): Promise<accounts.CodeSent> {
    const target = await this.target(person, medium);
    if (target === undefined) throw new AppError("auth.factor_unavailable", { factor: medium });
    const nowMs = this.#context.clock.nowMs();
    assertMaySend(ceremony, nowMs);
    await this.#teller.assertCanReach(person, medium, target.to);
    const code = randomDigits(this.#context.random);
    const expiresMs = nowMs + CODE_MS;
    await updateCeremony(tx, ceremony.id, {
      code_medium: medium,
      code_mac: this.#mac(ceremony, medium, code),
      former_code_mac: ceremony.code_mac,
      code_sent_at: new Date(nowMs),
      sent: ceremony.sent + 1,
      expires_at: new Date(
        Math.max(
          ceremony.expires_at.getTime(),
          Math.min(expiresMs, ceremony.created_at.getTime() + LONGEST_CEREMONY_MS),
        ),
      ),
    });
    const message = { purpose: "code", code, validMs: CODE_MS } as const;
    await (medium === "email"
      ? this.#teller.mail(tx, person, message)
      : this.#teller.sms(tx, person, target.to, message));
    return { factor: medium, hint: target.hint, expiresMs, resendMs: nowMs + RESEND_MS };
  }

  /** `expired` also for the code of an earlier message: neither is a guess. */
  judge(
    ceremony: CeremonyRow,
    medium: SentMedium,
    code: string,
    nowMs: UnixMs,
  ): "right" | "wrong" | "expired" {
    const { code_mac, code_medium, code_sent_at, former_code_mac } = ceremony;
    if (code_mac === null || code_medium !== medium || code_sent_at === null) return "expired";
    const ageMs = nowMs - code_sent_at.getTime();
    if (ageMs >= CODE_MS || ageMs < -CLOCK_SLACK_MS) return "expired";
    const mac = this.#mac(ceremony, medium, code);
    if (equalConstantTime(mac, code_mac)) return "right";
    return former_code_mac !== null && equalConstantTime(mac, former_code_mac) ? "expired" : "wrong";
  }

  #mac({ id, purpose }: CeremonyRow, medium: SentMedium, code: string): string {
    return Buffer.from(hmacSha256(this.#key, [id, purpose, medium, code].join("\0"))).toString("base64url");
  }
}

function assertMaySend({ sent, code_sent_at }: CeremonyRow, nowMs: UnixMs): void {
  if (sent >= MOST_SENT) throw new AppError("auth.message_limit");
  // A clock set back must not make anybody wait longer than the pause itself.
  const waitMs = code_sent_at === null ? 0 : Math.min(RESEND_MS, code_sent_at.getTime() + RESEND_MS - nowMs);
  if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

/** Six digits, each number equally likely: the few words that would favour the lower ones are drawn again. */
export function randomDigits(random: Random): string {
  const limit = 2 ** 32 - (2 ** 32 % 1_000_000);
  for (;;) {
    const word = Buffer.from(random.bytes(4)).readUInt32BE();
    if (word < limit) return String(word % 1_000_000).padStart(6, "0");
  }
}
