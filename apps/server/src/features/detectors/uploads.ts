import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { probeModel } from "@gatehouse/detect";
import { isUniqueViolation, waitTurn } from "../../platform/database/index.ts";
import { sha256Hex } from "../../platform/secrets/index.ts";
import type { DetectorsContext } from "./context.ts";
import { DetectorStore } from "./detector-store.ts";
import { InTurn } from "./in-turn.ts";
import { fileNames, type ModelRecord, modelFileOf } from "./model.ts";
import { assertRoom, holdRoom } from "./room.ts";
import { UploadStore } from "./upload-store.ts";

const HOUR_MS = 3_600_000;
/** Of one organisation at once. */
const MAX_OPEN = 3;
/** Models that wait to be tried: each takes up to two gigabytes for up to a minute. */
const MAX_WAITING = 2;

/** Who adds something, and what they say of it. */
export interface Adding {
  readonly tenantId: Uuid;
  readonly byName: string;
  readonly name: string;
  readonly licence: string;
}

/** Models on their way in: part by part, then tried in a process of their own, then kept. */
export class Uploads {
  readonly #context: DetectorsContext;
  readonly #store: UploadStore;
  readonly #turns = new InTurn(MAX_WAITING);

  constructor(context: DetectorsContext) {
    this.#context = context;
    this.#store = new UploadStore(context.db);
  }

  /** Refuses `limit.reached`. */
  async begin(tenantId: Uuid): Promise<Uuid> {
    const { clock, db, random } = this.#context;
    const id = newUuid(clock, random);
    await db.transaction().execute(async (tx) => {
      const store = new UploadStore(tx);
      await waitTurn(tx, "model uploads", tenantId);
      if ((await store.countOpen(tenantId)) >= MAX_OPEN)
        throw new AppError("limit.reached", { limit: "model_uploads", max: MAX_OPEN });
      await store.begin(id, tenantId, clock.nowMs());
    });
    return id;
  }

  /** How many parts of the file are kept. Refuses `detector.upload_gone`, `detector.part_wrong`, `detector.model_invalid`. */
  async put(
    tenantId: Uuid,
    id: Uuid,
    file: cameras.ModelFileName,
    part: number,
    bytes: Uint8Array,
  ): Promise<number> {
    return this.#context.db.transaction().execute(async (tx) => {
      const store = new UploadStore(tx);
      if (!(await store.hold(id, tenantId))) throw new AppError("detector.upload_gone");
      const state = await store.stateOf(id, file);
      if (part !== state.parts || state.isOver || bytes.length === 0)
        throw new AppError("detector.part_wrong", { parts: state.parts });
      const maxBytes = cameras.MODEL_FILES[file];
      if (state.bytes + bytes.length > maxBytes)
        throw new AppError("detector.model_invalid", { reason: "a file is too large", file, maxBytes });
      await store.addPart(id, file, part, bytes);
      return part + 1;
    });
  }

  ownerOf(id: Uuid): Promise<Uuid | undefined> {
    return this.#store.ownerOf(id);
  }

  cancel(tenantId: Uuid, id: Uuid): Promise<void> {
    return this.#store.remove(id, tenantId);
  }

  /** What nobody finished within an hour. */
  sweep(): Promise<void> {
    return this.#store.removeUnfinished(this.#context.clock.nowMs() - HOUR_MS);
  }

  /**
   * Nothing of ours opens the model before a process of its own did. Refuses `detector.upload_gone`,
   * `detector.model_invalid`, `detector.exists`, `limit.reached`, `server.busy`.
   */
  finish(adding: Adding, id: Uuid): Promise<ModelRecord> {
    return this.#turns.take(() => this.#finish(adding, id));
  }

  async #finish(adding: Adding, id: Uuid): Promise<ModelRecord> {
    const { clock, db } = this.#context;
    const { tenantId } = adding;
    if (!(await this.#store.hold(id, tenantId))) throw new AppError("detector.upload_gone");
    const known = await new DetectorStore(db).list(tenantId);
    // Before the model is tried, which takes a while, and once more when it is kept.
    assertRoom(known);
    const uploaded = await this.#store.read(id);
    const file = modelFileOf(uploaded);
    const files = fileNames(uploaded).map((name) => {
      const bytes = uploaded[name] as Uint8Array;
      return { file: name, bytes: bytes.length, sha256: sha256Hex(bytes) };
    });
    const digest = sha256Hex(new TextEncoder().encode(files.map(({ sha256 }) => sha256).join("\n")));
    const same = known.find((one) => one.kind !== "remote" && one.digest === digest);
    if (same !== undefined) throw new AppError("detector.exists", { name: same.name });
    const { labels, inputSize, family } = await probeModel({ file }, clock);
    const { byName: createdBy, ...said } = adding;
    const record: ModelRecord = {
      ...{ ...said, id, createdBy, createdMs: clock.nowMs() },
      ...{ kind: file.format, labels, inputSize, family, files, digest },
    };
    await this.#keep(record);
    return record;
  }

  async #keep(record: ModelRecord): Promise<void> {
    const { audit, db } = this.#context;
    const { id, tenantId, name, licence, kind, family, files } = record;
    try {
      await db.transaction().execute(async (tx) => {
        await holdRoom(tx, tenantId);
        if (!(await new UploadStore(tx).hold(id, tenantId))) throw new AppError("detector.upload_gone");
        await new DetectorStore(tx).insert(record);
        await audit.record(tx, {
          kind: "detector.added",
          tenantId,
          subject: { kind: "detector", id },
          data: { name, licence, type: kind, family, files: files.map((file) => ({ ...file })) },
        });
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new AppError("detector.exists", {}, { cause: error }) : error;
    }
  }
}
