import type { NoticeText } from "../notice-text.ts";
import { refuseChannel } from "./refuse.ts";

/** Two messages of the GSM alphabet; longer texts are cut, because every part costs. */
const MAX_LENGTH = 306;

/** E.164: a plus sign, the country code and at most 15 digits. */
const PHONE = /^\+[1-9][0-9]{6,14}$/;

export function assertPhones(to: readonly string[]): void {
  for (const number of to) {
    if (!PHONE.test(number)) refuseChannel("to", `${number} is not a number like +33612345678`);
  }
}

/** One short text: what, where, value. */
export function smsText({ severityText, subject, lines }: NoticeText): { subject: string; body: string } {
  const characters = [...`${severityText}: ${subject}. ${lines.join(". ")}`];
  const body = characters.length <= MAX_LENGTH ? characters : [...characters.slice(0, MAX_LENGTH - 1), "…"];
  return { subject, body: body.join("") };
}
