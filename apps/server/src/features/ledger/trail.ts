import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import { canonicalBytes, hashLeaf, hidePersonal, LedgerEvent, MAX_EVENT_BYTES } from "@gatehouse/ledger";
import { Compile } from "typebox/compile";
import {
  type Actor,
  type Asker,
  type AuditEvent,
  type AuditTrail,
  currentAsker,
} from "../../platform/audit/index.ts";
import type { AnyDatabase } from "../../platform/database/index.ts";
import { sha256 } from "../../platform/secrets/index.ts";
import type { NewEntry, Party, SealedPersonal } from "./model.ts";
import { MAX_PERSONAL_LENGTH, type PersonalValues } from "./personal.ts";
import { insertPending } from "./trail-store.ts";

export interface TrailDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly values: Pick<PersonalValues, "seal">;
  /** Told of every entry, before its transaction is committed. */
  readonly onRecorded: (kind: ledger.LedgerKind) => void;
}

const NOBODY: Actor = { kind: "system" };

/** Turns an act into an event and puts it, in the act's own transaction, where the sequencer finds it. */
export class Trail implements AuditTrail {
  readonly #deps: TrailDeps;

  constructor(deps: TrailDeps) {
    this.#deps = deps;
  }

  async record(transaction: AnyDatabase, event: AuditEvent): Promise<void> {
    const { clock, random } = this.#deps;
    const asker = currentAsker();
    const actor = event.actor ?? asker?.actor ?? NOBODY;
    const eventId = newUuid(clock, random);
    const personal = this.#seal(eventId, event, actor, asker);
    const entry = encodeEntry({ eventId, event, actor, atMs: clock.nowMs(), personal });
    await insertPending(transaction, entry, personal);
    asker?.recorded.add(event.kind);
    this.#deps.onRecorded(event.kind);
  }

  #seal(eventId: Uuid, event: AuditEvent, actor: Actor, asker: Asker | undefined): HiddenPersonal[] {
    const { tenantId, subject } = event;
    const acting = actor.kind === "person" ? actor.id : undefined;
    const concerned = subject?.kind === "person" ? subject.id : undefined;
    const hide = (name: string, text: string, personId: Uuid | undefined): HiddenPersonal => {
      const value = text.toWellFormed().slice(0, MAX_PERSONAL_LENGTH).toWellFormed();
      const sealed = this.#deps.values.seal({ tenantId, eventId, name }, personId, value);
      return { ...sealed, hidden: hidePersonal(sealed.salt, name, value) };
    };
    const isOwnAct = asker !== undefined && (event.actor === undefined || event.actor.id === asker.actor.id);
    const from = isOwnAct ? { address: asker.address, client: asker.client } : {};
    return [
      ...textsOf(event.personal ?? {}).map(([name, text]) => hide(name, text, concerned ?? acting)),
      ...textsOf(from)
        .filter(([name]) => event.personal?.[name] === undefined)
        .map(([name, text]) => hide(name, text, acting ?? concerned)),
    ];
  }
}

interface HiddenPersonal extends SealedPersonal {
  /** What stands in the event. */
  readonly hidden: string;
}

const textsOf = (values: Readonly<Record<string, string | undefined>>): [string, string][] =>
  Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");

interface Act {
  readonly eventId: Uuid;
  readonly event: AuditEvent;
  readonly actor: Actor;
  readonly atMs: number;
  readonly personal: readonly HiddenPersonal[];
}

function encodeEntry({ eventId, event, actor, atMs, personal }: Act): NewEntry {
  const { tenantId, kind, subject } = event;
  const outcome: ledger.Outcome = event.outcome === "refused" ? "refused" : "done";
  const by: Party = { kind: actor.kind, id: actor.id ?? actor.kind };
  const bytes = encodeEvent({
    v: 1,
    id: eventId,
    time: new Date(atMs).toISOString(),
    tenant: tenantId ?? null,
    kind,
    actor: by,
    subject: subject === undefined ? null : { kind: subject.kind, id: subject.id },
    outcome,
    data: withoutUndefined(event.data ?? {}),
    personal: Object.fromEntries(personal.map(({ name, hidden }) => [name, hidden])),
  });
  return {
    eventId,
    tenantId,
    kind,
    outcome,
    actor: by,
    subject,
    atMs,
    event: bytes,
    leafHash: hashLeaf(bytes, sha256),
  };
}

/** Compiled, for it is in the way of every act. */
const Shape = Compile(LedgerEvent);

/** The same bytes as the package's `encodeEvent`. */
function encodeEvent(event: LedgerEvent): Uint8Array {
  const bytes = canonicalBytes(event);
  if (!Shape.Check(event) || bytes.length > MAX_EVENT_BYTES)
    throw new AppError("ledger.malformed", { part: "event", reason: "the act cannot be told in an event" });
  return bytes;
}

/** As JSON would have it: a member without a value is none. */
const withoutUndefined = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(data)) as Record<string, unknown>;

export const isCritical = (kind: ledger.LedgerKind): boolean => ledger.LEDGER_KINDS[kind].critical;
