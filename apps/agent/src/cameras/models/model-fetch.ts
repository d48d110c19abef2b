import type { Clock, Logger, MonotonicMs } from "@gatehouse/base";
import {
  type CameraModel,
  type CameraModelPiece,
  type CameraWord,
  type InsteadOfModel,
  MODEL_PIECE_BYTES,
} from "@gatehouse/device-types/camera-words";
import { faultOf } from "../../sensors/files.ts";
import type { ModelShelf } from "./model-shelf.ts";

export interface ModelFetchDeps {
  readonly cameraId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shelf: ModelShelf;
  isConnected(): boolean;
  /** Answers why it was refused. */
  say(word: CameraWord): Promise<string | undefined>;
}

type File = CameraModel["files"][number];

/** A piece that was asked for is asked for again after this long. */
const ANSWER_MS = 20_000;
/** After what will not be better a moment later. */
const REST_MS = 600_000;
const PAUSE_MS = 10_000;

/** Fetches the model that one camera is to look with, piece by piece over the camera's session, and goes on where it was. */
export class ModelFetch {
  readonly #deps: ModelFetchDeps;
  #wanted: CameraModel | undefined;
  #asked: { readonly file: File; readonly from: number; readonly atMs: MonotonicMs } | undefined;
  #restUntilMs: MonotonicMs = 0;
  #fault: "damaged" | "no_room" | undefined;
  #turn: Promise<void> = Promise.resolve();
  #damaged = 0;

  constructor(deps: ModelFetchDeps) {
    this.#deps = deps;
  }

  /** Files that came and were not what the orders said. */
  get damaged(): number {
    return this.#damaged;
  }

  want(model: CameraModel | undefined): void {
    const isOther = JSON.stringify(model) !== JSON.stringify(this.#wanted);
    this.#deps.shelf.want(this.#deps.cameraId, model);
    this.#wanted = model;
    if (!isOther) return;
    this.#fault = undefined;
    this.#restUntilMs = 0;
    this.tick();
  }

  /** Why the model is not here. */
  get why(): InsteadOfModel["why"] {
    return this.#fault ?? "coming";
  }

  /** How much of it is here. */
  get share(): number {
    const files = this.#wanted?.files ?? [];
    const there = files.reduce((sum, file) => sum + this.#deps.shelf.bytesOf(file), 0);
    return Math.min(1, there / Math.max(1, total(files)));
  }

  /** A new session: what was asked for in the one before does not come. */
  connected(): void {
    this.#asked = undefined;
    this.#restUntilMs = 0;
    this.tick();
  }

  /** Once a second, and when a piece came. */
  tick(): void {
    this.#turn = this.#turn
      .then(() => this.#ask())
      .catch((error: unknown) => {
        this.#deps.log.warn({ reason: faultOf(error) }, "model.not_fetched");
        this.#rest(PAUSE_MS);
      });
  }

  take(piece: CameraModelPiece): void {
    this.#turn = this.#turn
      .then(() => this.#take(piece))
      .catch((error: unknown) => {
        this.#deps.log.error({ reason: faultOf(error) }, "model.not_written");
        this.#rest(PAUSE_MS);
      });
    this.tick();
  }

  async idle(): Promise<void> {
    await this.#turn;
  }

  async #ask(): Promise<void> {
    const { cameraId, clock, isConnected, log, say, shelf } = this.#deps;
    const model = this.#wanted;
    const file = model?.files.find((one) => !shelf.isWhole(one));
    const nowMs = clock.monotonicMs();
    const waits = this.#asked !== undefined && nowMs - this.#asked.atMs < ANSWER_MS;
    if (model === undefined || file === undefined || waits) return;
    if (!isConnected() || nowMs < this.#restUntilMs || !shelf.claim(file, cameraId)) return;
    if (!(await shelf.makeRoom(file))) {
      log.error({ model: model.name, bytes: total(model.files) }, "model.no_room");
      this.#fault = "no_room";
      this.#rest(REST_MS);
      return;
    }
    const from = shelf.bytesOf(file);
    this.#asked = { file, from, atMs: nowMs };
    const code = await say({ kind: "camera", says: "model", model: model.id, file: file.file, from });
    if (code === undefined) return;
    log.warn({ model: model.name, code }, "model.not_given");
    this.#rest(PAUSE_MS);
  }

  async #take({ model, file, from, bytes }: CameraModelPiece): Promise<void> {
    const { log, shelf } = this.#deps;
    const asked = this.#asked;
    const piece = Buffer.from(bytes, "base64");
    const due = Math.min(MODEL_PIECE_BYTES, (asked?.file.bytes ?? 0) - from);
    const isAsked = model === this.#wanted?.id && file === asked?.file.file && from === asked.from;
    if (asked === undefined || !isAsked || piece.length !== due) return;
    this.#asked = undefined;
    const result = await shelf.append(asked.file, piece);
    if (result === "damaged") {
      this.#damaged++;
      this.#fault = "damaged";
      log.error({ model: this.#wanted?.name, sha256: asked.file.sha256 }, "model.damaged");
      this.#rest(REST_MS);
    } else this.#fault = undefined;
  }

  #rest(ms: number): void {
    this.#asked = undefined;
    this.#restUntilMs = this.#deps.clock.monotonicMs() + ms;
  }
}

const total = (files: readonly File[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
