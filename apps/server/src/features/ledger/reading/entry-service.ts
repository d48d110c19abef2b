import { AppError, type Uuid } from "@gatehouse/base";
import type { ledger, QueryOf, ReplyOf } from "@gatehouse/contract";
import { encodeBase64, encodeVerifierKey, type LedgerEvent, type Signer } from "@gatehouse/ledger";
import type { LogStore } from "../log-store.ts";
import type { Party } from "../model.ts";
import type { PersonalValues } from "../personal.ts";
import type { LedgerPeople } from "../ports.ts";
import type { LedgerDatabase } from "../tables.ts";
import type { CheckpointReader } from "./checkpoint-reader.ts";
import {
  type AboutFilter,
  type EntryFilter,
  type EntryRow,
  EntryStore,
  type PersonalRow,
  type Place,
} from "./entry-store.ts";
import type { Names, Reader } from "./names.ts";
import type { ProofService } from "./proof-service.ts";

export interface EntryServiceDeps {
  readonly db: LedgerDatabase;
  readonly store: LogStore;
  readonly values: PersonalValues;
  readonly people: LedgerPeople;
  readonly names: Names;
  readonly proofs: ProofService;
  readonly checkpoints: CheckpointReader;
  readonly signerOf: (origin: string) => Signer;
}

type Named = Awaited<ReturnType<Names["resolver"]>>;
type ListQuery = QueryOf<typeof ledger.listLedgerEntries>;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Entries of one answer in order. */
const MAX_RANGE = 1_000;

/** What people read of the log: their organisation's entries, and the proofs of all. */
export class EntryService {
  readonly #deps: EntryServiceDeps;

  constructor(deps: EntryServiceDeps) {
    this.#deps = deps;
  }

  async list(reader: Reader, query: ListQuery): Promise<ReplyOf<typeof ledger.listLedgerEntries>> {
    const limit = Math.min(MAX_LIMIT, Math.max(1, Number(query.limit ?? DEFAULT_LIMIT)));
    const [before, after] = [placeOf(query.before), placeOf(query.after)];
    const isForward = after !== undefined && before === undefined;
    const store = await this.#storeOf(reader.tenantId);
    const filter = await this.#filterOf(reader, query);
    const found = await store.list(filter, { before, after, limit: limit + 1 });
    const isMore = found.length > limit;
    // Read forward, the one too many is the newest.
    const rows = isMore ? (isForward ? found.slice(1) : found.slice(0, limit)) : found;
    const items = await this.#view(reader, store, rows);
    const [first, last] = [rows[0], rows.at(-1)];
    const hasOlder = isForward || isMore;
    const hasNewer = isForward ? isMore : before !== undefined;
    return {
      items,
      ...(last !== undefined && hasOlder ? { older: cursorOf(last) } : {}),
      ...(first !== undefined && hasNewer ? { newer: cursorOf(first) } : {}),
    };
  }

  /** Everything that a person did, and that was done to them. */
  async *allOf(tenantId: Uuid, person: Uuid): AsyncGenerator<ledger.LedgerEntry> {
    const reader: Reader = { tenantId, permissions: new Map([["ledger.read", "all"]]) };
    let before: string | undefined;
    do {
      const page = await this.list(reader, {
        about: person,
        limit: String(MAX_LIMIT),
        ...(before === undefined ? {} : { before }),
      });
      yield* page.items;
      before = page.older;
    } while (before !== undefined);
  }

  /** What was done to these things, oldest first. Whoever asks answers for the reader being allowed to see them. */
  async about(
    reader: Reader,
    { limit, ...filter }: AboutFilter & { readonly limit: number },
  ): Promise<ledger.LedgerEntry[]> {
    const store = new EntryStore(this.#deps.db, reader.tenantId, false);
    return this.#view(reader, store, await store.about(filter, limit));
  }

  async get(reader: Reader, eventId: Uuid): Promise<ReplyOf<typeof ledger.getLedgerEntry>> {
    const store = await this.#storeOf(reader.tenantId);
    const row = await store.find(eventId);
    if (row === undefined) throw new AppError("ledger.entry_not_found");
    const [personal, named, proof] = await Promise.all([
      store.personalOf([eventId]),
      this.#namesIn(reader, [row]),
      this.#prove(row),
    ]);
    return {
      entry: this.#viewOne(row, personal, named),
      ...(row.event === null ? {} : { event: Buffer.from(row.event).toString("utf8") }),
      salts: Object.fromEntries(personal.map(({ name, salt }) => [name, encodeBase64(salt)])),
      ...(proof === undefined ? {} : { proof }),
    };
  }

  async range(
    tenantId: Uuid,
    query: QueryOf<typeof ledger.readLedgerRange>,
  ): Promise<ReplyOf<typeof ledger.readLedgerRange>> {
    const [from, to] = [Number(query.from), Number(query.to)];
    const log = await this.#deps.proofs.logOf(query.log);
    if (from > to || to > log.frontier.size || to - from > MAX_RANGE)
      throw new AppError("ledger.range_invalid", { size: log.frontier.size, max: MAX_RANGE });
    const rows = await (await this.#storeOf(tenantId)).range(log.id, from, to);
    const items = rows.map(({ leafHash, event }) => ({
      leafHash: encodeBase64(leafHash),
      ...(event === undefined ? {} : { event: Buffer.from(event).toString("utf8") }),
    }));
    return { log: log.id, from, items };
  }

  async #prove({
    log_id: logId,
    index,
  }: EntryRow): Promise<ReplyOf<typeof ledger.getLedgerEntry>["proof"] | undefined> {
    const { checkpoints, proofs, signerOf } = this.#deps;
    const newest = await checkpoints.newestOf(logId);
    if (newest === undefined || newest.checkpoint.size <= index) return undefined;
    const { checkpoint: head, log } = newest;
    const hashes = await proofs.inclusion(log, index, head.size);
    const verifierKey = encodeVerifierKey(signerOf(log.origin).key);
    return { hashes: hashes.map(encodeBase64), size: head.size, checkpoint: head.note, verifierKey };
  }

  async #storeOf(tenantId: Uuid): Promise<EntryStore> {
    return new EntryStore(this.#deps.db, tenantId, await this.#deps.people.isHost(tenantId));
  }

  async #filterOf(reader: Reader, query: ListQuery): Promise<EntryFilter> {
    const { names, values } = this.#deps;
    const numberOf = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : Number(text);
    return {
      kinds: query.kind?.split(","),
      outcome: query.outcome,
      actorId: query.actor,
      subjectId: query.subject,
      aboutId: query.about,
      search:
        query.q === undefined
          ? undefined
          : {
              words: values.searchOf(reader.tenantId, query.q),
              partyIds: await names.search(reader, query.q),
            },
      fromMs: numberOf(query.from),
      toMs: numberOf(query.to),
      logId: numberOf(query.log),
      fromIndex: numberOf(query.fromIndex),
      toIndex: numberOf(query.toIndex),
    };
  }

  async #view(reader: Reader, store: EntryStore, rows: readonly EntryRow[]): Promise<ledger.LedgerEntry[]> {
    const [values, named] = await Promise.all([
      store.personalOf(rows.map(({ event_id }) => event_id)),
      this.#namesIn(reader, rows),
    ]);
    const personal = Map.groupBy(values, ({ event_id }) => event_id);
    return rows.map((row) => this.#viewOne(row, personal.get(row.event_id) ?? [], named));
  }

  #namesIn(reader: Reader, rows: readonly EntryRow[]): Promise<Named> {
    return this.#deps.names.resolver(reader, rows.flatMap(partiesIn));
  }

  #viewOne(row: EntryRow, personal: readonly PersonalRow[], named: Named): ledger.LedgerEntry {
    const place = {
      id: row.event_id,
      log: row.log_id,
      index: row.index,
      atMs: row.at.getTime(),
      leafHash: encodeBase64(row.leaf_hash),
    };
    if (row.event === null) return place;
    const event = JSON.parse(Buffer.from(row.event).toString("utf8")) as LedgerEvent;
    const texts = new Map(personal.map((value) => [value.name, this.#textOf(value)]));
    return {
      ...place,
      act: {
        kind: event.kind as ledger.LedgerKind,
        outcome: event.outcome as ledger.Outcome,
        actor: named(event.actor),
        ...(event.subject === null ? {} : { subject: named(event.subject) }),
        data: event.data,
        personal: Object.fromEntries(
          Object.keys(event.personal).map((name) => [name, texts.get(name) ?? null]),
        ),
      },
    };
  }

  #textOf({ tenant_id: tenantId, event_id: eventId, name, value }: PersonalRow): string {
    return this.#deps.values.open({ tenantId: tenantId ?? undefined, eventId, name }, value);
  }
}

function partiesIn(row: EntryRow): Party[] {
  const { actor_kind, actor_id, subject_kind, subject_id } = row;
  return [
    ...(actor_kind !== null && actor_id !== null ? [{ kind: actor_kind, id: actor_id }] : []),
    ...(subject_kind !== null && subject_id !== null ? [{ kind: subject_kind, id: subject_id }] : []),
  ];
}

const cursorOf = ({ log_id: logId, index }: EntryRow): string => `${logId}.${index}`;

function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [logId, index] = cursor.split(".").map(Number) as [number, number];
  return { logId, index };
}
