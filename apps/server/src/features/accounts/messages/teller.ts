import type { AccountsContext } from "../context.ts";
import type { PersonRow } from "../people/account-store.ts";
import type { MessageClass } from "../ports.ts";
import type { AccountsDatabase } from "../tables.ts";
import { classOf, type PersonMessage, type Reader, writeMail, writeSms } from "./person-message.ts";

/** A notice is worth reading for this long. */
const NOTICE_MS = 3 * 86_400_000;

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
