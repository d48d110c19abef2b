import { AppError, type Random, type UnixMs, type Uuid } from "@gatehouse/base";
import { hmacSha256, openSecret, sealSecret } from "../../platform/secrets/index.ts";
import type { DayLimit } from "./outbox-store.ts";

export type Medium = "email" | "sms";

/** What a message counts as: `asked` strangers can cause, `code` needs a right password first, `notice` tells what happened. */
export type MessageClass = "asked" | "code" | "notice";

/** A message to one person, by whatever channel of its medium there is. */
export interface DirectMessage {
  readonly tenantId: Uuid;
  readonly medium: Medium;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stays visible when the words are gone. */
  readonly purpose: string;
  readonly class: MessageClass;
  readonly expiresMs: UnixMs;
}

/** What of it is secret. */
export interface Words {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Seals words for one delivery, and names a recipient without telling who it is. */
export interface WordSeal {
  seal(deliveryId: Uuid, words: Words): Uint8Array;
  /** Refuses `secret.unreadable` under another installation's key. */
  open(deliveryId: Uuid, sealed: Uint8Array): Words;
  nameOf(to: string): string;
}

export function createWordSeal(key: Uint8Array, random: Random): WordSeal {
  const contextOf = (deliveryId: Uuid): string => `notifications/direct/${deliveryId}`;
  return {
    seal: (deliveryId, words) => sealSecret(key, JSON.stringify(words), contextOf(deliveryId), random),
    open: (deliveryId, sealed) =>
      JSON.parse(new TextDecoder().decode(openSecret(key, sealed, contextOf(deliveryId)))) as Words,
    nameOf: (to) =>
      Buffer.from(hmacSha256(key, `recipient\0${to.toLowerCase()}`))
        .toString("base64url")
        .slice(0, 22),
  };
}

/** `a•••@example.org`, `+33•••78`: enough to recognise, not enough to write to. */
export function maskRecipient(to: string): string {
  const at = to.lastIndexOf("@");
  if (at > 0) return `${[...to][0]}•••${to.slice(at)}`;
  return to.length < 6 ? "•••" : `${to.slice(0, 3)}•••${to.slice(-2)}`;
}

/** Messages to people a day (UTC): of one tenant and one recipient by its settings, of all tenants by the configuration. */
export interface DirectCaps {
  readonly perPerson: number;
  readonly perTenant: number;
  readonly perInstallation: number;
}

/**
 * The limits one message counts in. A recipient has them by class: strangers who ask for links in somebody's name
 * use up neither that person's codes nor the notices about it.
 */
export const directLimits = (
  { class: ofClass, medium, tenantId }: Pick<DirectMessage, "class" | "medium" | "tenantId">,
  recipient: string,
  caps: DirectCaps,
): readonly DayLimit[] => [
  ...organisationLimits(medium, tenantId, caps),
  { scope: `${medium}/person/${ofClass}/${recipient}`, cap: caps.perPerson },
];

/** Those that everybody of an organisation shares. */
export const organisationLimits = (
  medium: Medium,
  tenantId: Uuid,
  { perInstallation, perTenant }: DirectCaps,
): readonly DayLimit[] => [
  { scope: `${medium}/all`, cap: perInstallation },
  { scope: `${medium}/tenant/${tenantId}`, cap: perTenant },
];

const MAX_TEXT = 20_000;

export function assertSendable({ to, subject, text }: Words): void {
  if (to === "" || /[\r\n\0]/.test(to + subject) || text.length > MAX_TEXT)
    throw new AppError("server.internal", { reason: "a message that no medium takes" });
}

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 5 * 60_000;

/** People wait for it: 2 s, 4 s, 8 s … up to five minutes. */
export const directDelayMs = (attempts: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1));
