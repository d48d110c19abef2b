import type { NoticeText } from "../notice-text.ts";
import { refuseChannel } from "./refuse.ts";

/** Two messages of the GSM alphabet; longer texts are cut, because every part costs. */
const MAX_LENGTH = 306;
/** One message of the GSM alphabet. */
const MAX_SHORT = 160;

/** E.164: a plus sign, the country code and at most 15 digits. */
const PHONE = /^\+[1-9][0-9]{6,14}$/;

export function assertPhones(to: readonly string[]): void {
  for (const number of to) {
    if (!PHONE.test(number)) refuseChannel("to", `${number} is not a number like +33612345678`);
  }
}

/** One short text: what, where, value; what happened before a camera with the link to it, in one message. */
export function smsText({ link, severityText, short, subject, lines }: NoticeText): {
  subject: string;
  body: string;
} {
  if (short !== undefined)
    return { subject, body: `${cut(gsmText(short), Math.max(0, MAX_SHORT - link.length - 1))} ${link}` };
  return { subject, body: cut(`${severityText}: ${subject}. ${lines.join(". ")}`, MAX_LENGTH) };
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, Math.max(0, length - 3))
        .join("")
        .trimEnd()}...`;
}

/** The default alphabet of GSM 03.38 §6.2.1, without the characters that take two places. */
const GSM = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const NEAR: Readonly<Record<string, string>> = {
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "-",
  "…": "...",
};

/** Letters that one message of 160 has no room for lose their accents; other scripts stay, and cost more. */
const gsmText = (text: string): string =>
  [...text.normalize("NFC")]
    .map((one) => {
      if (GSM.has(one)) return one;
      if (/\s/.test(one)) return " ";
      const plain = NEAR[one] ?? one.normalize("NFD").replace(/\p{M}/gu, "");
      return [...plain].every((part) => GSM.has(part)) ? plain : one;
    })
    .join("");
