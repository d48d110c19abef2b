import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { MAX_EXPORT_EVENTS, type Signer } from "@gatehouse/ledger";
import { type ZipFile, zipStream } from "../../../platform/archives/index.ts";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Controls } from "../../../platform/controls.ts";
import type { LogStore } from "../log-store.ts";
import type { Log, StoredCheckpoint } from "../model.ts";
import type { PersonalValues } from "../personal.ts";
import type { LedgerPeople } from "../ports.ts";
import type { CheckpointReader } from "../reading/checkpoint-reader.ts";
import { type EntryFilter, type EntryRow, EntryStore } from "../reading/entry-store.ts";
import type { ProofService } from "../reading/proof-service.ts";
import type { SeamService } from "../recovery/seam-service.ts";
import type { LedgerDatabase } from "../tables.ts";
import { comparable } from "../trust.ts";
import type { Witness } from "../witnesses/witness-model.ts";
import { exportKeys } from "./export-keys.ts";
import { exportSeams } from "./export-seams.ts";
import { findGaps } from "./export-store.ts";
import { exportWitnessed } from "./export-witnessed.ts";
import { type ProvenRange, proofChunks } from "./proof-chunks.ts";
import { readMe } from "./read-me.ts";
import type { VerifierFile } from "./verifier-files.ts";

export interface ExportDeps {
  readonly db: LedgerDatabase;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly values: PersonalValues;
  readonly people: LedgerPeople;
  readonly proofs: ProofService;
  readonly checkpoints: CheckpointReader;
  readonly signerOf: (origin: string) => Signer;
  readonly root: Signer;
  readonly verifiers: readonly VerifierFile[];
  readonly seams: SeamService;
  readonly controls: Controls;
  /** Those of today. */
  readonly witnesses: () => Promise<readonly Pick<Witness, "verifierKey" | "machine">[]>;
  /** Everything committed so far is under a checkpoint, and the witnesses were asked to cosign it. */
  readonly flush: () => Promise<void>;
}

type Request = ledger.LedgerExportRequest;

interface Plan {
  readonly log: Log;
  readonly checkpoint: StoredCheckpoint;
  readonly range: ProvenRange;
  readonly entries: EntryStore;
  readonly filter: EntryFilter;
  readonly reveal: boolean;
}

/** Events in memory at a time. */
const PAGE = 1_000;
const LINE_FEED = Buffer.from("\n");

/** Hands evidence out: the events that somebody may see, and why they are in the log. */
export class ExportService {
  readonly #deps: ExportDeps;

  constructor(deps: ExportDeps) {
    this.#deps = deps;
  }

  /** The zip; that it was made is in the ledger, and under the checkpoint that goes with it. */
  async export(tenantId: Uuid, request: Request): Promise<AsyncGenerator<Uint8Array>> {
    const { audit, db, flush, checkpoints, proofs } = this.#deps;
    const { id, frontier } = await proofs.logOf(request.log?.toString());
    const entries = new EntryStore(this.#deps.db, tenantId, await this.#deps.people.isHost(tenantId));
    const filter = filterOf(id, request);
    // What is too large is refused before anything is recorded.
    assertExportable(await this.#spanOf(frontier.size, request, entries, filter));
    const data = { ...request, log: id };
    await db.transaction().execute((tx) => audit.record(tx, { kind: "ledger.exported", tenantId, data }));
    await flush();
    const newest = await checkpoints.newestOf(id);
    if (newest === undefined) throw new AppError("ledger.range_invalid", { size: 0 });
    const { checkpoint, log } = newest;
    const span = await this.#spanOf(checkpoint.size, request, entries, filter);
    assertExportable(span);
    const range = { ...span, size: checkpoint.size };
    return zipStream(this.#files({ log, checkpoint, range, entries, filter, reveal: request.reveal }));
  }

  /** From the first to the last event that is asked for, or as asked for by index. */
  async #spanOf(
    size: number,
    { fromIndex, toIndex }: Request,
    entries: EntryStore,
    filter: EntryFilter,
  ): Promise<{ from: number; to: number }> {
    const within = { ...filter, toIndex: Math.min(filter.toIndex ?? size, size) - 1 };
    if ((fromIndex ?? 0) > size) throw new AppError("ledger.range_invalid", { size });
    const before = { logId: filter.logId as number, index: -1 };
    const [first] = await entries.list(within, { after: before, limit: 1 });
    const [last] = await entries.list(within, { limit: 1 });
    const from = fromIndex ?? first?.index ?? 0;
    const to = toIndex === undefined ? (last?.index ?? from - 1) + 1 : Math.min(toIndex, size);
    return { from, to: Math.max(from, to) };
  }

  async *#files(plan: Plan): AsyncGenerator<ZipFile> {
    const { controls, db, verifiers, store, proofs } = this.#deps;
    const { log, range, checkpoint } = plan;
    const gaps = controls.gapSearch ? await findGaps(db, log.id, range.from, range.to) : [];
    const listed = [...gaps];
    yield { name: "README.txt", chunks: [utf8(this.#readMe(plan))] };
    for (const { name, bytes } of verifiers) yield { name, chunks: [bytes] };
    yield { name: "checkpoint", chunks: [utf8(checkpoint.note)] };
    yield { name: "keys.json", chunks: [utf8(JSON.stringify(await exportKeys(this.#deps, log)))] };
    const seams = await exportSeams(this.#deps, checkpoint);
    if (seams.length > 0) yield { name: "seams.json", chunks: [utf8(JSON.stringify(seams))] };
    yield { name: "events.ndjson", chunks: this.#eventChunks(plan, listed) };
    listed.sort((one, other) => one - other);
    yield { name: "witnessed.json", chunks: [utf8(await this.#witnessed(plan, listed))] };
    const isWhole = listed.length === range.to - range.from;
    yield {
      name: "proofs.json",
      chunks: proofChunks(store, proofs, log, { ...range, listed: isWhole ? undefined : listed }),
    };
    if (plan.reveal) yield { name: "personal.ndjson", chunks: this.#personalChunks(plan) };
  }

  async #witnessed({ log, checkpoint }: Plan, listed: readonly number[]): Promise<string> {
    return JSON.stringify(await exportWitnessed(this.#deps, log, checkpoint.size, listed));
  }

  #readMe({ log, checkpoint }: Plan): string {
    const { clock, root, verifiers } = this.#deps;
    const madeAt = new Date(clock.nowMs()).toISOString();
    return readMe({ origin: log.origin, size: checkpoint.size, madeAt, ...comparable(root), verifiers });
  }

  async *#eventChunks(plan: Plan, listed: number[]): AsyncGenerator<Uint8Array> {
    for await (const rows of pagesOf(plan)) {
      const lines = rows.flatMap(({ index, event }) => {
        if (event === null) return [];
        listed.push(index);
        return [event, LINE_FEED];
      });
      yield Buffer.concat(lines);
    }
  }

  async *#personalChunks(plan: Plan): AsyncGenerator<Uint8Array> {
    for await (const rows of pagesOf(plan)) {
      const indexOf = new Map(rows.map(({ event_id: id, index }) => [id, index]));
      const values = await plan.entries.personalOf([...indexOf.keys()]);
      const lines = values.map(({ event_id: eventId, name, tenant_id: tenantId, salt, value }) => {
        const text = this.#deps.values.open({ tenantId: tenantId ?? undefined, eventId, name }, value);
        const revealed = {
          index: indexOf.get(eventId),
          name,
          value: text,
          salt: Buffer.from(salt).toString("base64"),
        };
        return `${JSON.stringify(revealed)}\n`;
      });
      yield utf8(lines.join(""));
    }
  }
}

function filterOf(logId: number, request: Request): EntryFilter {
  const { kinds, outcome, actor, subject, about, fromMs, toMs, fromIndex, toIndex } = request;
  return {
    logId,
    kinds,
    outcome,
    actorId: actor,
    subjectId: subject,
    aboutId: about,
    fromMs,
    toMs,
    fromIndex,
    toIndex,
  };
}

function assertExportable({ from, to }: { readonly from: number; readonly to: number }): void {
  if (to - from > MAX_EXPORT_EVENTS)
    throw new AppError("ledger.export_too_large", { max: MAX_EXPORT_EVENTS });
}

/** The events of a plan by rising index. */
async function* pagesOf({ log, range, entries, filter }: Plan): AsyncGenerator<EntryRow[]> {
  let index = range.from - 1;
  while (index < range.to - 1) {
    const within = { ...filter, fromIndex: range.from, toIndex: range.to - 1 };
    const rows = await entries.list(within, { after: { logId: log.id, index }, limit: PAGE });
    if (rows.length === 0) return;
    rows.reverse();
    yield rows;
    index = rows.at(-1)?.index ?? range.to;
  }
}

const utf8 = (text: string): Uint8Array => Buffer.from(text);
