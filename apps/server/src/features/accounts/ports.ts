import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Role } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import type { SharedTransaction } from "./tables.ts";

export type Medium = "email" | "sms";

/**
 * How a message counts in a day's limits: `asked` anybody can cause by typing an address, `code` needs a right
 * password or a session first, `notice` tells what happened. Strangers who use up the first leave the others.
 */
export type MessageClass = "asked" | "code" | "notice";

/** One message to one address. Its words are secret: they are wiped when it was sent or has expired. */
export interface DirectMessage {
  readonly tenantId: Uuid;
  readonly medium: Medium;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stays visible when the words are gone. */
  readonly purpose: string;
  readonly class: MessageClass;
  /** Worthless from then on: not sent any more. */
  readonly expiresMs: UnixMs;
}

/** Mail and SMS to people, by whatever channel their organisation has configured. */
export interface Messenger {
  /** Written in the caller's transaction; sent within a second of its commit, again until it expires. */
  send(tx: SharedTransaction, message: DirectMessage): Promise<void>;
  /** After the commit: sends now rather than at the next look. */
  wake(): void;
  /** Whether a day's limit would keep it from being sent: asked only for people who are proven. */
  isUsedUp(message: Pick<DirectMessage, "tenantId" | "medium" | "class" | "to">): Promise<boolean>;
}

/** Somebody guesses passwords: of one person, or, without a name, of many. */
export interface Attack {
  /** Of one person's organisation; the host's where it is many accounts. */
  readonly tenantId: Uuid;
  readonly name: string | undefined;
  readonly tries: number;
  readonly atMs: UnixMs;
}

/** Lets those hear of an attack who look after the organisation, by the ways they have set up. */
export interface AttackNotices {
  /** Queued in the caller's transaction. */
  tell(tx: SharedTransaction, attack: Attack): Promise<void>;
  /** After the commit. */
  wake(): void;
}

/** Roles: what they allow and where they hold is the permissions feature's. */
export interface Roles {
  /** Whether whoever invites may do that, and these are sites. Refuses role.exceeds_own or site.not_found. */
  assertMayGive(giver: PersonPrincipal, role: Role, siteIds: readonly Uuid[] | undefined): Promise<void>;
  /** Narrows a new person's main role to these sites, in the transaction that makes the account; `givenBy` is a name. */
  narrow(
    tx: SharedTransaction,
    person: PersonKey & { readonly role: Role },
    siteIds: readonly Uuid[],
    givenBy: string | undefined,
  ): Promise<void>;
  /** After the commit. */
  personChanged(tenantId: Uuid, personId: Uuid): Promise<void>;
}

export interface PersonKey {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
}

/** Another place that holds something about people: what an account export shows and an erasure deletes. */
export interface PersonalDataHolder {
  /** Key of its part of the export. */
  readonly name: string;
  read(person: PersonKey): AsyncIterable<unknown>;
  /**
   * In the transaction of the erasure; `texts` name the person (e-mail address, phone). Answers codes of what stays
   * and must stay, by law or for the proof.
   */
  erase(tx: SharedTransaction, person: PersonKey, texts: readonly string[]): Promise<readonly string[]>;
}
