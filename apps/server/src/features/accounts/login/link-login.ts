import { AppError, type UnixMs } from "@gatehouse/base";
import { newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { lockPerson } from "../people/account-store.ts";
import type { Admission, Step, Visitor } from "./admission.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import { lockLink, spendLink } from "./mail-request-store.ts";
import type { MailedLinks } from "./mailed-links.ts";

const COOKIE_BYTES = 16;

/** Log-in by a mailed link, in the browser that asked for it: a forwarded or stolen link opens nothing elsewhere. */
export class LinkLogin {
  readonly #context: AccountsContext;
  readonly #links: MailedLinks;
  readonly #known: KnownBrowsers;
  readonly #admission: Admission;

  constructor(
    context: AccountsContext,
    parts: { readonly links: MailedLinks; readonly known: KnownBrowsers; readonly admission: Admission },
  ) {
    this.#context = context;
    this.#links = parts.links;
    this.#known = parts.known;
    this.#admission = parts.admission;
  }

  /** With the cookie to set; a browser keeps the one it has, so that two tabs may ask. */
  async request(
    email: string,
    visitor: Visitor,
  ): Promise<{ readonly expiresMs: UnixMs; readonly cookie: string }> {
    const cookie = visitor.link ?? newToken(this.#context.random, COOKIE_BYTES);
    const device = this.#known.find(visitor.known, email) ?? "";
    const { expiresMs } = await this.#links.request("login", email, {
      browserHash: sha256Hex(cookie),
      device,
    });
    return { expiresMs, cookie };
  }

  /** The first step. Fails with auth.link_invalid, whatever is wrong; in another browser the link stays good in its own. */
  async open(token: string, visitor: Visitor): Promise<Step> {
    const { clock, controls, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      const link = await lockLink(tx, "login", sha256Hex(token), clock.nowMs());
      const isSameBrowser = visitor.link !== undefined && link?.browser_hash === sha256Hex(visitor.link);
      const mayOpen = isSameBrowser || !controls.linkBrowser;
      if (link === undefined || link.person_id === null || !mayOpen) throw new AppError("auth.link_invalid");
      const person = await lockPerson(tx, link.person_id);
      if (person?.state !== "active") throw new AppError("auth.link_invalid");
      await spendLink(tx, link.id);
      return this.#admission.afterFirst(tx, person, "email_link", visitor);
    });
  }
}
