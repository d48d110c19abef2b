import type { NoticeText } from "../notice-text.ts";

/** What programs get: the event, the alert as the API shows it, and the text for people. */
export function machineMessage({ alert, event, lines, link, severity, subject }: NoticeText): {
  subject: string;
  body: string;
} {
  const text = lines.join("\n");
  return {
    subject,
    body: JSON.stringify({ event, severity, subject, text, link, ...(alert === undefined ? {} : { alert }) }),
  };
}

/** The JPEG as base64 in the field `picture`, last. */
export const withPicture = (body: string, picture: Uint8Array | undefined): string =>
  picture === undefined
    ? body
    : JSON.stringify({ ...JSON.parse(body), picture: Buffer.from(picture).toString("base64") });
