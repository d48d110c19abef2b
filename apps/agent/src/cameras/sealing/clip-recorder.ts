import {
  type Clock,
  type Logger,
  type MonotonicMs,
  newUuid,
  type Random,
  type UnixMs,
} from "@gatehouse/base";
import { PICTURE_KINDS } from "@gatehouse/capture";
import type { Signer } from "@gatehouse/ledger";
import { type CipherId, encodeFound, type Found, FRAME_KINDS, type Frame } from "@gatehouse/video";
import { faultOf } from "../../sensors/files.ts";
import type { StateFolder } from "../../state/state-folder.ts";
import type { SoundPicture } from "../sound-pictures.ts";
import type { ClipFiles } from "./clip-files.ts";
import type { ClipKeys } from "./clip-keys.ts";
import type { ClipRing } from "./clip-ring.ts";
import { NONCE_PREFIX_BYTES, OpenClip } from "./open-clip.ts";

/** A segment ends after this long, or when it would hold more. */
const SEGMENT_MS = 60_000;
const MAX_SEGMENT_BYTES = 8 * 1_048_576;
/** A chunk is written after this long, or when it holds more. */
const CHUNK_MS = 1_000;
const MAX_CHUNK_CONTENT_BYTES = 2 * 1_048_576;
/** Without a picture for this long a segment ends. */
const SILENT_MS = 10_000;
/** Pictures that wait for the disk; what comes on top is lost and counted. */
const MAX_WAITING_BYTES = 16 * 1_048_576;
/** Finds that wait for their picture. */
const MAX_FOUND_WAITING = 32;

export interface ClipRecorderDeps {
  readonly cameraId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly files: ClipFiles;
  readonly keys: ClipKeys;
  readonly ring: ClipRing;
  readonly state: Pick<StateFolder, "read" | "write">;
  readonly cipher: CipherId;
  /** By the camera's own key, as it is now. */
  signer(): Signer;
}

interface Waiting {
  readonly kind: Frame["kind"];
  readonly bytes: Uint8Array;
  readonly takenMs: UnixMs;
}

interface Batch {
  readonly frames: Waiting[];
  readonly codec: "jpeg" | "h264";
  readonly beganMs: MonotonicMs;
  readonly init: Waiting | undefined;
  bytes: number;
}

/** Pictures of one camera into sealed segments on this machine: a second of them at a time, one thing after the other. */
export class ClipRecorder {
  readonly #deps: ClipRecorderDeps;
  #batch: Batch | undefined;
  #found: Uint8Array[] = [];
  #init: Waiting | undefined;
  #waitingBytes = 0;
  #lastMs: UnixMs = 0;
  #heardMs: MonotonicMs = 0;
  #clip: OpenClip | undefined;
  #previous: string | null | undefined;
  #work: Promise<void> = Promise.resolve();
  #lost = 0;
  #problem: string | undefined;

  constructor(deps: ClipRecorderDeps) {
    this.#deps = deps;
  }

  /** Pictures that were to be recorded and are not. */
  get lost(): number {
    return this.#lost;
  }

  /** Why nothing is written; undefined while it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @param nowMs the server's time, as well as it is known here */
  take({ kind, bytes }: SoundPicture, nowMs: UnixMs): void {
    const takenMs = Math.max(this.#lastMs, nowMs);
    const frame: Waiting = { kind: PICTURE_KINDS[kind], bytes, takenMs };
    if (kind === "h264-init") {
      void this.end();
      this.#init = frame;
      return;
    }
    const codec = kind === "jpeg" ? "jpeg" : "h264";
    const batch = this.#batch;
    const [first] = batch?.frames ?? [];
    const isDue =
      batch?.codec !== codec ||
      takenMs - (first?.takenMs ?? takenMs) >= CHUNK_MS ||
      batch.bytes + bytes.length > MAX_CHUNK_CONTENT_BYTES;
    if (isDue) this.#flush();
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lost++;
      return;
    }
    this.#heardMs = this.#deps.clock.monotonicMs();
    this.#batch ??= { frames: [], codec, bytes: 0, init: this.#init, beganMs: this.#heardMs };
    this.#lastMs = takenMs;
    this.#place(frame);
    this.#placeFound();
  }

  /** What was found in a picture that was just taken, written behind the newest. */
  note(found: Found): void {
    if (this.#found.length < MAX_FOUND_WAITING) this.#found.push(encodeFound(found));
    this.#placeFound();
  }

  /** Some time passed. */
  tick(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#batch !== undefined && nowMs - this.#batch.beganMs >= CHUNK_MS) this.#flush();
    if (this.#clip !== undefined && nowMs - this.#heardMs >= SILENT_MS) void this.end();
  }

  /** Writes what waits and seals the segment; resolves when it is. */
  end(): Promise<void> {
    this.#flush();
    this.#found = [];
    this.#then(() => this.#finish());
    return this.#work;
  }

  /** Nothing is to be recorded now. */
  endWhenOpen(): void {
    if (this.#clip !== undefined || this.#batch !== undefined) void this.end();
  }

  #place(frame: Waiting): void {
    this.#batch?.frames.push(frame);
    if (this.#batch !== undefined) this.#batch.bytes += frame.bytes.length;
    this.#waitingBytes += frame.bytes.length;
  }

  #placeFound(): void {
    if (this.#batch === undefined) return;
    for (const bytes of this.#found) this.#place({ kind: FRAME_KINDS.found, bytes, takenMs: this.#lastMs });
    this.#found = [];
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    this.#then(async () => {
      try {
        await this.#write(batch);
        this.#problem = undefined;
      } catch (error) {
        this.#lost += batch.frames.length;
        throw error;
      } finally {
        this.#waitingBytes -= batch.bytes;
      }
    });
  }

  #then(act: () => Promise<void>): void {
    this.#work = this.#work.then(act).catch(async (error: unknown) => {
      const reason = faultOf(error);
      if (reason !== this.#problem) this.#deps.log.error({ reason }, "clip.not_written");
      this.#problem = reason;
      await this.#leave();
    });
  }

  async #write(batch: Batch): Promise<void> {
    const [first] = batch.frames;
    if (first === undefined) return;
    const clip = this.#clip;
    const isOver =
      clip !== undefined &&
      (first.takenMs - clip.startMs >= SEGMENT_MS ||
        clip.bytes + batch.bytes > MAX_SEGMENT_BYTES ||
        clip.codec !== batch.codec ||
        clip.isFull);
    if (isOver) await this.#finish();
    this.#clip ??= await this.#begin(batch.codec, first.takenMs);
    const open = this.#clip;
    const needsInit = open.bytes === 0 && batch.codec === "h264" && batch.init !== undefined;
    const frames = needsInit && batch.init ? [batch.init, ...batch.frames] : batch.frames;
    await open.append(
      frames.map(({ kind, bytes, takenMs }) => ({
        ...{ kind, bytes, deviceMs: undefined, isKey: true },
        offsetMs: Math.max(0, takenMs - open.startMs),
      })),
    );
  }

  async #begin(codec: Batch["codec"], startMs: UnixMs): Promise<OpenClip> {
    const { cameraId, cipher, clock, files, keys, random, ring } = this.#deps;
    await ring.sweep(startMs);
    const id = newUuid(clock, random);
    const key = keys.make();
    await files.writeKey(id, keys.wrap(id, key));
    const file = await files.create(id);
    const noncePrefix = random.bytes(NONCE_PREFIX_BYTES);
    return new OpenClip({ cameraId, id, startMs, codec, cipher, key, noncePrefix, file });
  }

  async #finish(): Promise<void> {
    const clip = this.#clip;
    if (clip === undefined) return;
    const { ring, signer, state } = this.#deps;
    this.#previous ??= ring.newestAfter(await readChain(state));
    const mark = await clip.finish(this.#previous, signer());
    this.#clip = undefined;
    await ring.add(clip.id, mark);
    this.#previous = mark.manifestSha256;
    await state.write("clip-chain.json", Buffer.from(JSON.stringify({ newest: mark.manifestSha256 })));
  }

  /** A segment is never gone on with after a failure; the next start says what it holds. */
  async #leave(): Promise<void> {
    const clip = this.#clip;
    this.#clip = undefined;
    this.#previous = undefined;
    await clip?.abandon();
  }
}

/** SHA-256 of the newest manifest; null before there was one. */
async function readChain(state: Pick<StateFolder, "read">): Promise<string | null> {
  const bytes = await state.read("clip-chain.json");
  const [, newest = null] = /^\{"newest":"([0-9a-f]{64})"\}$/.exec(Buffer.from(bytes ?? []).toString()) ?? [];
  return newest;
}
