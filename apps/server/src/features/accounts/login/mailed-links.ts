import { AppError, newUuid, type Timer, type UnixMs } from "@gatehouse/base";
import { newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import { emailKey, findPersonByEmail } from "../people/account-store.ts";
import type { AccountsDatabase } from "../tables.ts";
import {
  countMailed,
  deleteMailRequest,
  endFormerLinks,
  insertMailRequest,
  type MailRequestRow,
  putToken,
  takeMailRequest,
} from "./mail-request-store.ts";

export type LinkPurpose = MailRequestRow["purpose"];

/** How long a link is good, from when it was asked for. */
export const LINK_MS: Record<LinkPurpose, number> = { login: 10 * 60_000, reset: 30 * 60_000 };
const PAGES: Record<LinkPurpose, string> = { login: "/login/link", reset: "/login/reset" };
/** 128 bits. */
const TOKEN_BYTES = 16;
const HOUR_MS = 3_600_000;
/** Mailed to one person in an hour for strangers together; a known browser has as many of its own. */
const MOST_AN_HOUR = 5;
const MOST_WAITING = 10_000;
/** After a failure of the database. */
const AGAIN_MS = 5_000;

/**
 * Links that anybody can ask for. A request is one row, whatever the address; it is looked up and mailed afterwards,
 * so that neither body nor time of the answer tells whether there is such an account, and none is lost by a crash.
 */
export class MailedLinks {
  readonly #context: AccountsContext;
  readonly #teller: Teller;
  #draining: Promise<void> | undefined;
  #wanted = false;
  #again: Timer | undefined;

  constructor(context: AccountsContext, teller: Teller) {
    this.#context = context;
    this.#teller = teller;
  }

  /** Fails with server.busy when too many wait. */
  async request(
    purpose: LinkPurpose,
    email: string,
    { browserHash, device }: { readonly browserHash?: string; readonly device: string },
  ): Promise<{ readonly expiresMs: UnixMs }> {
    const { clock, db, random } = this.#context;
    const nowMs = clock.nowMs();
    const expiresMs = nowMs + LINK_MS[purpose];
    const row = {
      id: newUuid(clock, random),
      purpose,
      email_key: emailKey(email),
      browser_hash: browserHash ?? null,
      device,
      requested_at: new Date(nowMs),
      expires_at: new Date(expiresMs),
    };
    if (!(await insertMailRequest(db, row, MOST_WAITING))) throw new AppError("server.busy");
    this.wake();
    return { expiresMs };
  }

  /** Looks up what waits, also from before a restart. */
  wake(): void {
    this.#wanted = true;
    this.#draining ??= this.#drain()
      .catch((error: unknown) => {
        this.#context.log.error({ err: error }, "login.links_failed");
        this.#again?.cancel();
        this.#again = this.#context.clock.after(AGAIN_MS, () => this.wake());
      })
      .finally(() => {
        this.#draining = undefined;
      });
  }

  /** Ends with what is under way; the next start goes on. */
  async stop(): Promise<void> {
    await this.#draining;
    this.#again?.cancel();
  }

  async #drain(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      while (await this.#one());
    }
    this.#teller.wake();
  }

  #one(): Promise<boolean> {
    return this.#context.db.transaction().execute(async (tx) => {
      const request = await takeMailRequest(tx);
      if (request === undefined) return false;
      if (!(await this.#mail(tx, request))) await deleteMailRequest(tx, request.id);
      return true;
    });
  }

  async #mail(tx: AccountsDatabase, request: MailRequestRow): Promise<boolean> {
    const { clock, random, publicUrl } = this.#context;
    const nowMs = clock.nowMs();
    const { purpose } = request;
    const validMs = request.expires_at.getTime() - nowMs;
    const person = await findPersonByEmail(tx, request.email_key);
    if (person === undefined || person.state !== "active" || validMs <= 0) return false;
    if ((await countMailed(tx, request, person.id, nowMs - HOUR_MS)) >= MOST_AN_HOUR) return false;
    const token = newToken(random, TOKEN_BYTES);
    await endFormerLinks(tx, request, person.id);
    await putToken(tx, request.id, person.id, sha256Hex(token), request.expires_at.getTime());
    const link = `${publicUrl()}${PAGES[purpose]}#${token}`;
    await this.#teller.mail(tx, person, {
      purpose: purpose === "login" ? "sign_in_link" : "reset",
      link,
      validMs,
    });
    return true;
  }
}
