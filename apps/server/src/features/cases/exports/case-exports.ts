import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access, BodyOf, cases } from "@gatehouse/contract";
import { waitTurn } from "../../../platform/database/index.ts";
import { isAgeRecipient, openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import { findCase } from "../changes.ts";
import type { CaseContext } from "../context.ts";
import { ItemStore } from "../item-store.ts";
import { type CaseClipSpan, isClip, spanOf } from "../model.ts";
import type { Bundles, FileName, OpenFile, Worker } from "../ports.ts";
import type { Asking } from "../service.ts";
import type { CaseDatabase } from "../tables.ts";
import type { CaseViews } from "../views.ts";
import { makeBundle } from "./bundle.ts";
import {
  type CaseExportRow,
  CaseExportStore,
  endedBefore,
  ownsFile,
  restartRunning,
  takeWaiting,
} from "./export-store.ts";

export interface CaseExportLimits {
  /** How long a bundle stays. */
  readonly keepMs: number;
  /** Of one organisation. */
  readonly maxExports: number;
}

export interface CaseExportDeps {
  readonly context: CaseContext;
  readonly views: CaseViews;
  readonly bundles: Bundles;
  readonly limits: CaseExportLimits;
  /** Passwords are sealed with it until their bundle is made. */
  readonly sealingKey: Uint8Array;
}

const nameOf = ({ tenantId, caseId, id }: CaseExportRow): FileName => ({
  tenantId,
  cameraId: caseId,
  fileId: id,
});
const secretPlace = (id: Uuid): string => `case-export/${id}/password`;

/** Bundles of cases: asked for, made in their turn, fetched, given up, and gone after a while. */
export class CaseExports {
  readonly #deps: CaseExportDeps;
  readonly #worker: Worker;

  constructor(deps: CaseExportDeps) {
    this.#deps = deps;
    const { bundles, context } = deps;
    const { clock, db } = context;
    this.#worker = bundles.worker<CaseExportRow>({
      take: () => takeWaiting(db),
      make: (row, signal, onProgress) =>
        makeBundle({ context, bundles }, row, {
          name: nameOf(row),
          reader: this.#readerOf(row),
          signal,
          onProgress,
        }),
      async end({ id, tenantId }, ending) {
        const ended = await new CaseExportStore(db, tenantId).end(id, { ...ending, endedMs: clock.nowMs() });
        return ended !== undefined;
      },
      remove: (row) => bundles.remove(nameOf(row)),
    });
    bundles.addOwner((name) => ownsFile(db, name));
  }

  async start(): Promise<void> {
    await restartRunning(this.#deps.context.db);
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  async create(
    { scope, personId, caseId }: Asking,
    wish: BodyOf<typeof cases.createCaseExport>,
  ): Promise<cases.CaseExport> {
    const { bundles, context, limits, sealingKey } = this.#deps;
    const { audit, clock, db, random } = context;
    const { tenantId } = scope;
    const recipient = wish.form === "age" ? wish.recipient : undefined;
    if (recipient !== undefined && !isAgeRecipient(recipient)) throw new AppError("case.recipient_invalid");
    const kept = await findCase(context, tenantId, caseId);
    const clips = await this.clipsOf(scope, caseId);
    const deviceIds = await this.#devicesOf(scope, caseId);
    await bundles.assertRoom(tenantId);
    const id = newUuid(clock, random);
    const secret =
      wish.form === "password" ? sealSecret(sealingKey, wish.password, secretPlace(id), random) : undefined;
    const row = await db.transaction().execute(async (tx) => {
      const { form, language } = wish;
      const asked = { askedBy: personId, askedMs: clock.nowMs() };
      const store = new CaseExportStore(tx, tenantId);
      await waitTurn(tx, "case exports", tenantId);
      if ((await store.count()) >= limits.maxExports)
        throw new AppError("export.too_many", { max: limits.maxExports });
      const made = { id, caseId, form, language, secret, recipient, clips, deviceIds, ...asked };
      const inserted = await store.insert(made);
      await audit.record(tx, {
        kind: "case.exported",
        tenantId,
        subject: { kind: "case", id: caseId },
        data: {
          ...{ case: kept.number, export: id, form, clips: clips.map(({ itemId }) => itemId) },
          // By these a verifier knows until when each clip goes.
          spans: clips.map(({ cameraId, fromMs, toMs }) => [cameraId, fromMs, toMs]),
        },
      });
      for (const { cameraId, eventId, fromMs, toMs } of clips)
        await audit.record(tx, {
          kind: "recording.exported",
          tenantId,
          subject: { kind: "device", id: cameraId },
          data: {
            fromMs,
            toMs,
            form: "case",
            case: kept.number,
            ...(eventId === undefined ? {} : { eventId }),
          },
        });
      return inserted;
    });
    this.#worker.wake();
    return this.#shown(scope, row);
  }

  /** Clips of a case that this scope reaches and that are not erased. Refuses `case.nothing_to_export`. */
  async clipsOf(scope: access.Scope, caseId: Uuid): Promise<CaseClipSpan[]> {
    const { context, views } = this.#deps;
    const nowMs = context.clock.nowMs();
    const items = await new ItemStore(context.db, scope.tenantId).list(caseId, Number.MAX_SAFE_INTEGER);
    const clips = items
      .filter(isClip)
      .filter(({ content }) => views.reaches(scope, content.clip.cameraId))
      .map((item) => spanOf(item, nowMs))
      .filter(({ fromMs, toMs }) => fromMs < toMs);
    if (clips.length === 0) throw new AppError("case.nothing_to_export");
    return clips;
  }

  async #devicesOf(scope: access.Scope, caseId: Uuid): Promise<Uuid[]> {
    const { context, views } = this.#deps;
    const items = await new ItemStore(context.db, scope.tenantId).list(caseId, Number.MAX_SAFE_INTEGER);
    return items.flatMap(({ content }) =>
      content.kind === "device" && views.reaches(scope, content.deviceId) ? [content.deviceId] : [],
    );
  }

  async list(scope: access.Scope, caseId: Uuid): Promise<cases.CaseExport[]> {
    await findCase(this.#deps.context, scope.tenantId, caseId);
    const rows = await new CaseExportStore(this.#deps.context.db, scope.tenantId).list(caseId);
    return Promise.all(rows.map((row) => this.#shown(scope, row)));
  }

  /** Refuses `export.not_ready`, `export.damaged`. */
  async open(
    scope: access.Scope,
    caseId: Uuid,
    id: Uuid,
  ): Promise<{ readonly row: CaseExportRow; readonly file: OpenFile }> {
    const row = await this.#find(scope, caseId, id);
    if (row.error === "segment.erased") throw new AppError("segment.erased");
    if (row.state !== "done") throw new AppError("export.not_ready");
    const file = await this.#deps.bundles.open(nameOf(row));
    if (file?.bytes !== row.bytes) throw new AppError("export.damaged");
    return { row, file };
  }

  async cancel(scope: access.Scope, caseId: Uuid, id: Uuid): Promise<cases.CaseExport> {
    const { clock, db } = this.#deps.context;
    const row = await this.#find(scope, caseId, id);
    const end = { state: "cancelled", endedMs: clock.nowMs() } as const;
    const ended = await new CaseExportStore(db, scope.tenantId).end(id, end);
    await this.#worker.giveUp(id);
    return this.#shown(scope, ended ?? row);
  }

  async remove(scope: access.Scope, caseId: Uuid, id: Uuid): Promise<void> {
    await this.#remove(await this.#find(scope, caseId, id));
  }

  async removeExpired(signal: { readonly aborted: boolean }): Promise<void> {
    const { context, limits } = this.#deps;
    for (const row of await endedBefore(context.db, context.clock.nowMs() - limits.keepMs)) {
      if (signal.aborted) return;
      await this.#remove(row);
    }
  }

  /** In the transaction that erases the span: what holds any of it is none any more. What it answers does the rest. */
  async markErased(
    tx: CaseDatabase,
    { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
    { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<() => Promise<void>> {
    const { bundles, context } = this.#deps;
    const store = new CaseExportStore(tx, tenantId);
    const holds = (clip: CaseClipSpan): boolean =>
      clip.cameraId === cameraId && clip.fromMs <= toMs && clip.toMs >= fromMs;
    const rows = (await store.living()).filter(({ clips }) => clips.some(holds));
    for (const { id } of rows) await store.markErased(id, context.clock.nowMs());
    return async () => {
      for (const row of rows) {
        await this.#worker.giveUp(row.id);
        await bundles.remove(nameOf(row));
      }
    };
  }

  async #remove(row: CaseExportRow): Promise<void> {
    const { bundles, context } = this.#deps;
    const store = new CaseExportStore(context.db, row.tenantId);
    await store.end(row.id, { state: "cancelled", endedMs: context.clock.nowMs() });
    await this.#worker.giveUp(row.id);
    await bundles.remove(nameOf(row));
    await store.delete(row.id);
  }

  /** Whoever may not see all of it neither opens it nor takes it away. */
  async #find(scope: access.Scope, caseId: Uuid, id: Uuid): Promise<CaseExportRow> {
    const row = await new CaseExportStore(this.#deps.context.db, scope.tenantId).find(caseId, id);
    if (row === undefined || !this.#mayOpen(scope, row)) throw new AppError("export.not_found");
    return row;
  }

  #mayOpen(scope: access.Scope, { clips }: CaseExportRow): boolean {
    return clips.every(({ cameraId }) => this.#deps.views.reaches(scope, cameraId));
  }

  #readerOf({ form, id, recipient, secret }: CaseExportRow) {
    if (form === "age" && recipient !== undefined) return { recipient };
    if (form !== "password" || secret === undefined) return undefined;
    const passphrase = Buffer.from(openSecret(this.#deps.sealingKey, secret, secretPlace(id)));
    return { passphrase: passphrase.toString() };
  }

  async #shown(scope: access.Scope, row: CaseExportRow): Promise<cases.CaseExport> {
    const { context, limits } = this.#deps;
    const { id, form, language, recipient, state, askedMs, endedMs, bytes, frames, damaged, error } = row;
    const { ratio = 0, leftMs } = state === "running" ? (this.#worker.progressOf(id) ?? {}) : {};
    const askedBy = await context.people.nameOf(row.tenantId, row.askedBy);
    return {
      ...{ id, form, language, state, askedMs, bytes, frames, damaged },
      clips: row.clips.length,
      progress: state === "done" ? 1 : ratio,
      mayOpen: this.#mayOpen(scope, row),
      ...(leftMs === undefined ? {} : { leftMs }),
      ...(recipient === undefined ? {} : { recipient }),
      ...(askedBy === undefined ? {} : { askedBy }),
      ...(endedMs === undefined ? {} : { endedMs, expiresMs: endedMs + limits.keepMs }),
      ...(error === undefined ? {} : { error }),
    };
  }
}
