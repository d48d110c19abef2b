import type { UnixMs, Uuid } from "@gatehouse/base";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { ApprovalNotifier } from "../ports.ts";
import { NOTICE_WORDS } from "./notice-words.ts";

/** Mail to people, by whatever channel their organisation has configured. */
export interface Mailer {
  send(
    tx: AnyDatabase,
    message: {
      readonly tenantId: Uuid;
      readonly medium: "email";
      readonly to: string;
      readonly subject: string;
      readonly text: string;
      readonly purpose: string;
      readonly class: "notice";
      readonly expiresMs: UnixMs;
    },
  ): Promise<void>;
}

/** Whoever is able hears of it by mail; a large organisation's first fifty do, the others see it in the console. */
const MAILS_A_REQUEST = 50;

export const mailNotifier = (mailer: Mailer, publicUrl: () => string): ApprovalNotifier => ({
  async waiting(tx, { tenantId, approvalId, requestedBy, summary, expiresMs }, people) {
    const url = `${publicUrl()}/approvals/${approvalId}`;
    const untilText = `${new Date(expiresMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    for (const { email, language } of people.slice(0, MAILS_A_REQUEST)) {
      const words = NOTICE_WORDS[language]({ requestedBy, summary, url, untilText });
      const message = { tenantId, medium: "email", to: email, purpose: "approval", class: "notice" } as const;
      await mailer.send(tx, { ...message, ...words, expiresMs });
    }
  },
});
