import { AppError } from "@gatehouse/base";
import type { AccountsContext } from "../context.ts";
import type { PersonRow } from "../people/account-store.ts";
import type { MessageClass } from "../ports.ts";
import type { AccountsDatabase } from "../tables.ts";
import { classOf, type PersonMessage, type Reader, writeMail, writeSms } from "./person-message.ts";

/** A notice is worth reading for this long. */
const DAY_MS = 86_400_000;
const NOTICE_MS = 3 * DAY_MS;

type Addressee = Pick<PersonRow, "tenant_id" | "name" | "email" | "language">;
type SmsMessage = Parameters<typeof writeSms>[0];

/** Writes to people with an account, in their language, in the transaction of what it tells. */
export class Teller {
  readonly #context: AccountsContext;

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  async mail(tx: AccountsDatabase, person: Addressee, message: PersonMessage): Promise<void> {
    await this.#send(tx, person, "email", person.email, message, writeMail(message, this.#reader(person)));
  }

  /** `ofClass` for what strangers can cause. */
  async sms(
    tx: AccountsDatabase,
    person: Addressee,
    phone: string,
    message: SmsMessage,
    ofClass?: MessageClass,
  ): Promise<void> {
    await this.#send(tx, person, "sms", phone, message, writeSms(message, this.#reader(person)), ofClass);
  }

  /** Refuses auth.message_day_limit where a code would not be sent today; only for who has proven a first factor. */
  async assertCanReach(
    { tenant_id: tenantId }: Addressee,
    medium: "email" | "sms",
    to: string,
  ): Promise<void> {
    const { clock, messenger } = this.#context;
    if (!(await messenger.isUsedUp({ tenantId, medium, to, class: "code" }))) return;
    const untilTomorrowMs = DAY_MS - (clock.nowMs() % DAY_MS);
    throw new AppError("auth.message_day_limit", { retryAfterSeconds: Math.ceil(untilTomorrowMs / 1_000) });
  }

  /** After the commit. */
  wake(): void {
    this.#context.messenger.wake();
  }

  #reader({ tenant_id, name, language }: Addressee): Reader {
    return { name, language, organisation: this.#context.organisation(tenant_id) };
  }

  async #send(
    tx: AccountsDatabase,
    person: Addressee,
    medium: "email" | "sms",
    to: string,
    message: PersonMessage,
    written: { readonly subject: string; readonly text: string },
    ofClass: MessageClass = classOf(message.purpose),
  ): Promise<void> {
    const validMs = "validMs" in message ? message.validMs : NOTICE_MS;
    await this.#context.messenger.send(tx, {
      tenantId: person.tenant_id,
      medium,
      to,
      ...written,
      purpose: message.purpose,
      class: ofClass,
      expiresMs: this.#context.clock.nowMs() + validMs,
    });
  }
}
