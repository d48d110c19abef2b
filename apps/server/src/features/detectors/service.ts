import { AppError, isAppError, newUuid, type Uuid } from "@gatehouse/base";
import { type access, type BodyOf, cameras, type ledger } from "@gatehouse/contract";
import { parseOutgoingUrl, resolveOutgoing } from "../../platform/outgoing/index.ts";
import type { DetectorsContext } from "./context.ts";
import { DetectorStore } from "./detector-store.ts";
import type { DetectorRecord, RemoteRecord } from "./model.ts";
import { holdRoom } from "./room.ts";
import type { DetectorDatabase } from "./tables.ts";
import { BUILT_IN, viewOf } from "./view.ts";

type Changed = (tenantId: Uuid, id: Uuid) => void;

/** The detectors of organisations, as people see and set them. */
export class DetectorService {
  readonly #context: DetectorsContext;
  readonly #store: DetectorStore;
  readonly #changed: Changed;

  constructor(context: DetectorsContext, changed: Changed) {
    this.#context = context;
    this.#store = new DetectorStore(context.db);
    this.#changed = changed;
  }

  /** The one that comes along first, then by their age. */
  async list(scope: access.Scope): Promise<cameras.Detector[]> {
    const used = this.#context.camerasInUse(scope);
    const records = await this.#store.list(scope.tenantId);
    return [{ ...BUILT_IN, cameras: [] }, ...records.map(viewOf)].map((one) => ({
      ...one,
      cameras: used.flatMap(({ id, name, detector, isLooking }) =>
        // Every camera has the one that comes along until another is chosen.
        detector === one.id && (isLooking || one.id !== cameras.BUILT_IN_DETECTOR) ? [{ id, name }] : [],
      ),
    }));
  }

  async get(scope: access.Scope, id: Uuid): Promise<cameras.Detector> {
    const found = (await this.list(scope)).find((one) => one.id === id);
    if (found === undefined) throw new AppError("detector.not_found");
    return found;
  }

  /** Refuses `url.forbidden`, `limit.reached`. */
  async addRemote(
    tenantId: Uuid,
    byName: string,
    { secret, ...body }: BodyOf<typeof cameras.addRemoteDetector>,
  ): Promise<Uuid> {
    const { clock, random, secrets } = this.#context;
    await this.#assertCallable(body);
    const id = newUuid(clock, random);
    const added = { id, tenantId, createdMs: clock.nowMs(), createdBy: byName };
    const record: RemoteRecord = { ...body, ...added, kind: "remote", secret: secrets.seal(id, secret) };
    await this.#record("detector.added", record, async (store, tx) => {
      await holdRoom(tx, tenantId);
      await store.insert(record);
    });
    return id;
  }

  /** Refuses `detector.not_found`, `url.forbidden`, `secret.required`. */
  async update(
    tenantId: Uuid,
    id: Uuid,
    { remote, ...named }: BodyOf<typeof cameras.updateDetector>,
  ): Promise<void> {
    const known = await this.#find(tenantId, id);
    const record =
      known.kind === "remote" && remote !== undefined
        ? { ...(await this.#moved(known, remote)), ...named }
        : { ...known, ...named };
    await this.#record("detector.changed", record, async (store) => {
      if (!(await store.update(record))) throw new AppError("detector.not_found");
    });
    this.#changed(tenantId, id);
  }

  /** Refuses `detector.not_found`, `detector.in_use` with the cameras. */
  async remove(tenantId: Uuid, id: Uuid): Promise<void> {
    const record = await this.#find(tenantId, id);
    const users = this.#context
      .camerasInUse({ tenantId, reach: "all" })
      .filter(({ detector }) => detector === id)
      .map(({ name }) => name);
    if (users.length > 0) throw new AppError("detector.in_use", { cameras: users.slice(0, 10) });
    await this.#record("detector.removed", record, async (store) => {
      if (!(await store.remove(record))) throw new AppError("detector.not_found");
    });
    this.#changed(tenantId, id);
  }

  /** An empty secret keeps the stored one, but only for the place it was entered for. */
  async #moved(
    known: RemoteRecord,
    { url, allowPrivate, secret }: NonNullable<BodyOf<typeof cameras.updateDetector>["remote"]>,
  ): Promise<RemoteRecord> {
    await this.#assertCallable({ url, allowPrivate });
    const isElsewhere = new URL(url).origin !== new URL(known.url).origin;
    if (secret === "" && known.secret !== undefined && isElsewhere)
      throw new AppError("secret.required", { field: "secret" });
    const sealed = secret === "" ? known.secret : this.#context.secrets.seal(known.id, secret);
    return { ...known, url, allowPrivate, secret: sealed };
  }

  async #assertCallable({ url, allowPrivate }: { readonly url: string; readonly allowPrivate: boolean }) {
    const { lookup } = this.#context;
    const options = { allowPrivate, ...(lookup === undefined ? {} : { lookup }) };
    try {
      await resolveOutgoing(parseOutgoingUrl(url, options), options);
    } catch (error) {
      // A name that is not known at the moment may be known when somebody looks.
      if (!isAppError(error, "url.unreachable")) throw error;
    }
  }

  async #find(tenantId: Uuid, id: Uuid): Promise<DetectorRecord> {
    const record = await this.#store.find(id, tenantId);
    if (record === undefined) throw new AppError("detector.not_found");
    return record;
  }

  #record(
    kind: Extract<ledger.LedgerKind, `detector.${string}`>,
    record: DetectorRecord,
    act: (store: DetectorStore, tx: DetectorDatabase) => Promise<void>,
  ): Promise<void> {
    const { audit, db } = this.#context;
    const { id, tenantId, name, licence } = record;
    const remote = record.kind === "remote" ? { url: record.url, allowPrivate: record.allowPrivate } : {};
    return db.transaction().execute(async (tx) => {
      await act(new DetectorStore(tx), tx);
      await audit.record(tx, {
        kind,
        tenantId,
        subject: { kind: "detector", id },
        data: { name, licence, type: record.kind, ...remote },
      });
    });
  }
}
