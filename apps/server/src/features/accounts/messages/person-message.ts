import type { Language } from "@gatehouse/contract";
import type { MessageClass } from "../ports.ts";
import { en, type Words } from "./words.en.ts";
import { fr } from "./words.fr.ts";

interface Timed {
  readonly validMs: number;
}

interface Changed extends Timed {
  readonly link: string;
  /** Masked. */
  readonly newValue: string;
}

/** Everything that people with an account are told, by purpose. Links come whole, with their token. */
export type PersonMessage =
  | ({ readonly purpose: "confirm_email"; readonly link: string; readonly code: string } & Timed & {
        readonly codeValidMs: number;
      })
  | { readonly purpose: "sign_up_exists"; readonly link: string }
  | ({ readonly purpose: "sign_in_link"; readonly link: string } & Timed)
  | ({ readonly purpose: "code"; readonly code: string } & Timed)
  | ({ readonly purpose: "reset" | "welcome_import" | "change_reverted"; readonly link: string } & Timed)
  | ({
      readonly purpose: "invitation";
      readonly link: string;
      readonly by: string;
      readonly role: string;
    } & Timed)
  | { readonly purpose: "approved"; readonly link: string }
  | { readonly purpose: "rejected"; readonly reason: string }
  | ({ readonly purpose: "email_changed" } & Changed)
  | ({ readonly purpose: "phone_changed" } & Changed)
  | { readonly purpose: "password_changed" }
  | { readonly purpose: "factor_added" | "factor_removed"; readonly factor: string }
  | { readonly purpose: "new_browser"; readonly client: string; readonly address: string }
  | { readonly purpose: "under_attack"; readonly tries: number }
  | { readonly purpose: "erasure_requested"; readonly dueInMs: number }
  | { readonly purpose: "erased"; readonly kept: readonly string[] };

export type Purpose = PersonMessage["purpose"];

/** See MessageClass. A code that a stranger can cause, as at sign-up, is sent as `asked` by its sender. */
const CLASSES: Record<Purpose, MessageClass> = {
  confirm_email: "asked",
  sign_up_exists: "asked",
  sign_in_link: "asked",
  reset: "asked",
  code: "code",
  welcome_import: "notice",
  change_reverted: "notice",
  invitation: "notice",
  approved: "notice",
  rejected: "notice",
  email_changed: "notice",
  phone_changed: "notice",
  password_changed: "notice",
  factor_added: "notice",
  factor_removed: "notice",
  new_browser: "notice",
  under_attack: "notice",
  erasure_requested: "notice",
  erased: "notice",
};

export const classOf = (purpose: Purpose): MessageClass => CLASSES[purpose];

export interface Reader {
  /** Empty when it is not known, or not to be told. */
  readonly name: string;
  readonly language: Language;
  readonly organisation: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const wordsIn = (language: Language): Words => (language === "fr" ? fr : en);

/** In whole days, hours or minutes, whichever is the first to fit. */
function durationText(ms: number, words: Words): string {
  if (ms > DAY_MS && ms % DAY_MS === 0) return words.days(ms / DAY_MS);
  if (ms >= HOUR_MS) return words.hours(Math.round(ms / HOUR_MS));
  return words.minutes(Math.max(1, Math.round(ms / MINUTE_MS)));
}

const spaced = (code: string): string => code.replace(/^(\d{3})(\d{3})$/, "$1 $2");

/** Subject and lines of a mail, without greeting and signature. */
function mailOf(message: PersonMessage, words: Words, organisation: string): [string, readonly string[]] {
  const time = (ms: number): string => durationText(ms, words);
  switch (message.purpose) {
    case "confirm_email": {
      const { subject, lines } = words.confirm_email;
      const link = [words.linkFor(time(message.validMs)), message.link];
      const code = [words.codeOf(spaced(message.code), time(message.codeValidMs)), words.neverGive];
      return [subject(organisation), [...lines, ...link, ...code, words.ignore]];
    }
    case "sign_up_exists":
      return [words.sign_up_exists.subject(organisation), [...words.sign_up_exists.lines, message.link]];
    case "sign_in_link":
    case "reset": {
      const { subject, lines } = words[message.purpose];
      return [
        subject(organisation),
        [...lines, words.linkFor(time(message.validMs)), message.link, words.ignore],
      ];
    }
    case "code": {
      const code = spaced(message.code);
      const lines = [...words.code.lines, words.codeOf(code, time(message.validMs)), words.neverGive];
      return [words.code.subject(code, organisation), lines];
    }
    case "welcome_import":
      return [
        words.welcome_import.subject(organisation),
        [...words.welcome_import.lines, words.linkFor(time(message.validMs)), message.link],
      ];
    case "change_reverted":
      return [
        words.change_reverted.subject,
        [...words.change_reverted.lines, words.linkFor(time(message.validMs)), message.link],
      ];
    case "invitation": {
      const lines = words.invitation.lines(message.by, words.role[message.role] ?? message.role);
      return [
        words.invitation.subject(organisation),
        [...lines, words.linkFor(time(message.validMs)), message.link],
      ];
    }
    case "approved":
      return [words.approved.subject(organisation), [...words.approved.lines, message.link]];
    case "rejected":
      return [words.rejected.subject(organisation), words.rejected.lines(message.reason)];
    case "email_changed":
    case "phone_changed": {
      const { subject, lines } = words[message.purpose];
      return [subject, [...lines(message.newValue), words.linkFor(time(message.validMs)), message.link]];
    }
    case "password_changed":
      return [words.password_changed.subject, [...words.password_changed.lines, words.notYou]];
    case "factor_added":
    case "factor_removed": {
      const { subject, lines } = words[message.purpose];
      return [subject, [...lines(words.factor[message.factor] ?? message.factor), words.notYou]];
    }
    case "new_browser":
      return [
        words.new_browser.subject,
        [...words.new_browser.lines(message.client, message.address), words.notYou],
      ];
    case "under_attack":
      return [words.under_attack.subject, words.under_attack.lines(String(message.tries))];
    case "erasure_requested":
      return [
        words.erasure_requested.subject,
        [...words.erasure_requested.lines(time(message.dueInMs)), words.notYou],
      ];
    case "erased": {
      const kept = message.kept.map((code) => words.kept[code] ?? words.kept.other ?? code);
      return [words.erased.subject, words.erased.lines(kept)];
    }
  }
}

/** Free text of people that cannot break out of its line. */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .trim();

/** A mail: what stands in it is one paragraph a line. */
export function writeMail(message: PersonMessage, reader: Reader): { subject: string; text: string } {
  const words = wordsIn(reader.language);
  const organisation = oneLine(reader.organisation);
  const [subject, lines] = mailOf(message, words, organisation);
  const body = [words.hello(oneLine(reader.name)), ...lines.map(oneLine)].join("\n\n");
  return { subject: oneLine(subject), text: `${body}\n\n-- \n${organisation}\n` };
}

/** An SMS: codes and the notice of a changed number; nothing else is worth one. */
export function writeSms(
  message: Extract<PersonMessage, { readonly purpose: "code" | "phone_changed" }>,
  { language, organisation }: Reader,
): { subject: string; text: string } {
  const words = wordsIn(language);
  const name = oneLine(organisation).slice(0, 60);
  if (message.purpose === "phone_changed")
    return { subject: words.phone_changed.subject, text: words.phone_changed.sms(name, message.link) };
  const text = words.smsCode(message.code, name, durationText(message.validMs, words));
  return { subject: words.code.subject("••••••", name), text };
}
