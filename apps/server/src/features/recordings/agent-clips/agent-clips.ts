import type { ErrorCode, Uuid } from "@gatehouse/base";
import {
  type CameraClip,
  type CameraClipAnswer,
  CLIP_PIECE_BYTES,
  CLIP_PIECE_HEADER_BYTES,
  MAX_CLIP_BYTES,
} from "@gatehouse/device-types/camera-words";
import { parseManifest, uuidOf } from "@gatehouse/video";
import type { Blobs, BlobWriter } from "../../../platform/blobs/index.ts";
import { findNext, findSegment } from "../all-segments-store.ts";
import type { RecordingContext } from "../context.ts";
import { takeIn } from "../copies/take-in.ts";
import type { SegmentName } from "../model.ts";
import { type ClipFault, faultOfManifest } from "./check-clip.ts";
import { clipThread } from "./clip-thread.ts";

const EVER = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

interface Sender {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** A segment of which pieces come: one of a camera at a time. */
interface Incoming {
  readonly name: SegmentName;
  readonly bytes: number;
  readonly key: Uint8Array;
  readonly manifest: string;
  readonly file: BlobWriter;
  at: number;
}

export interface AgentClipCounts {
  readonly taken: number;
  readonly refused: Readonly<Partial<Record<ClipFault, number>>>;
}

/**
 * Segments that cameras' own machines sealed and bring here, piece by piece. What came stays on disk until the segment is
 * whole, so that a cut line or a restart on either side costs nothing. Then it is opened and checked to its last frame,
 * its key is wrapped here, and it becomes a recording like others; the last piece is acknowledged after that commit.
 */
export class AgentClips {
  readonly #context: RecordingContext;
  readonly #parts: Blobs;
  readonly #onForked: (cameraId: Uuid) => void;
  readonly #incoming = new Map<Uuid, Incoming>();
  /** Each camera's words and pieces in their order, and one segment of all taken in at a time. */
  readonly #turns = new Map<Uuid, Promise<unknown>>();
  #takingIn: Promise<unknown> = Promise.resolve();
  readonly #thread: ReturnType<typeof clipThread>;
  #taken = 0;
  readonly #refused: Partial<Record<ClipFault, number>> = {};

  /** @param onForked a camera's key signed two as the next after the same one */
  constructor(context: RecordingContext, parts: Blobs, onForked: (cameraId: Uuid) => void = () => undefined) {
    this.#context = context;
    this.#parts = parts;
    this.#thread = clipThread(context.clock);
    this.#onForked = onForked;
  }

  /** Since start. */
  counts(): AgentClipCounts {
    return { taken: this.#taken, refused: { ...this.#refused } };
  }

  /** A machine says what it has. Answers what is to become of it. */
  offered(sender: Sender, clip: CameraClip): Promise<Pick<CameraClipAnswer, "result" | "from">> {
    return this.#inTurn(sender.deviceId, () => this.#offered(nameOf(sender, clip.segment), clip));
  }

  /** One piece of what was offered last: a message of content type 6. Answers why it is not taken. */
  piece({ deviceId }: Sender, payload: Uint8Array): Promise<ErrorCode | undefined> {
    return this.#inTurn(deviceId, () => this.#piece(deviceId, payload));
  }

  /** The camera is gone, with what came of it. */
  forget(cameraId: Uuid): Promise<void> {
    return this.#inTurn(cameraId, () => this.#drop(cameraId));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#turns.values());
    for (const { file } of this.#incoming.values()) await file.close().catch(() => undefined);
    this.#incoming.clear();
    await this.#thread.stop();
  }

  async #offered(
    name: SegmentName,
    { bytes, key, manifest }: CameraClip,
  ): Promise<Pick<CameraClipAnswer, "result" | "from">> {
    const { cameraKeys, cameras, db } = this.#context;
    const answer = (result: CameraClipAnswer["result"], from = 0) => ({ result, from });
    const known = await findSegment(db, name.segmentId);
    if (known !== undefined) {
      const isOurs = known.cameraId === name.cameraId && known.tenantId === name.tenantId;
      if (!isOurs) this.#refuse(name, "foreign");
      return answer(isOurs ? "stored" : "refused");
    }
    if (cameras.find(name.cameraId)?.tenantId !== name.tenantId) return answer("refused");
    const fault =
      faultOfManifest(name, manifest, await cameraKeys(name.cameraId)) ??
      (await this.#faultOfChain(name, manifest));
    if (fault !== undefined) {
      this.#refuse(name, fault);
      return answer("refused");
    }
    const open = this.#incoming.get(name.cameraId);
    if (open?.name.segmentId === name.segmentId && open.bytes === bytes) return answer("send", open.at);
    await this.#drop(name.cameraId, name);
    const { freeBytes } = await this.#parts.space();
    if (freeBytes < this.#context.minFreeBytes + MAX_CLIP_BYTES) return answer("later");
    const begun = await this.#open(name, bytes);
    const secret = Uint8Array.from(Buffer.from(key, "base64"));
    this.#incoming.set(name.cameraId, { name, bytes, manifest, key: secret, ...begun });
    if (begun.at < bytes) return answer("send", begun.at);
    return answer((await this.#finish(name.cameraId)) === undefined ? "stored" : "later");
  }

  /** Goes on with what came of it before. */
  async #open(name: SegmentName, bytes: number): Promise<{ readonly file: BlobWriter; at: number }> {
    const blob = partBlob(name);
    const size = await this.#parts.size(blob);
    if (size !== undefined && size <= bytes) {
      const file = await this.#parts.reopen(blob);
      if (file !== undefined) return { file, at: size };
    }
    await this.#parts.remove(blob);
    return { file: await this.#parts.create(blob), at: 0 };
  }

  async #piece(cameraId: Uuid, payload: Uint8Array): Promise<ErrorCode | undefined> {
    const incoming = this.#incoming.get(cameraId);
    const length = payload.length - CLIP_PIECE_HEADER_BYTES;
    if (length <= 0 || length > CLIP_PIECE_BYTES) return "message.schema";
    const segmentId = uuidOf(payload.subarray(0, 16));
    const at = new DataView(payload.buffer, payload.byteOffset).getUint32(16);
    if (incoming?.name.segmentId !== segmentId || at !== incoming.at) return "request.conflict";
    if (at + length > incoming.bytes) return "message.schema";
    await incoming.file.append(payload.subarray(CLIP_PIECE_HEADER_BYTES));
    incoming.at += length;
    return incoming.at === incoming.bytes ? this.#finish(cameraId) : undefined;
  }

  async #finish(cameraId: Uuid): Promise<ErrorCode | undefined> {
    const incoming = this.#incoming.get(cameraId) as Incoming;
    const mine = this.#takingIn.then(() => this.#takeIn(incoming));
    this.#takingIn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      await this.#drop(cameraId);
    }
  }

  async #takeIn({ name, bytes, key, manifest }: Incoming): Promise<ErrorCode | undefined> {
    const { cameraKeys, clock, keyring } = this.#context;
    const file = await this.#parts.read(partBlob(name), 0, bytes);
    const signers = await cameraKeys(name.cameraId);
    const clip = file && { file, key, manifest };
    const fault = clip && (await this.#thread.ask({ name, clip, signers, nowMs: clock.nowMs() }));
    if (file === undefined || fault !== undefined) return this.#refuse(name, fault ?? "altered");
    const wrapped = await keyring.wrap(name, key);
    const read = async (which: "segment" | "key", from: number, to: number): Promise<Uint8Array> =>
      (which === "segment" ? file : wrapped).subarray(from, to);
    const { outcome } = await takeIn(this.#context, name, { read }, EVER);
    if (outcome === "no_room") return "server.disk_full";
    if (outcome !== "taken" && outcome !== "known") return this.#refuse(name, "foreign");
    if (outcome === "taken") this.#taken++;
    return undefined;
  }

  /** A camera has one past: of two that come after the same segment, the first that came here counts. */
  async #faultOfChain(name: SegmentName, manifest: string): Promise<ClipFault | undefined> {
    const previous = parseManifest(manifest)?.manifest.previous ?? undefined;
    const other = previous && (await findNext(this.#context.db, name, previous));
    return other === undefined || other === name.segmentId ? undefined : "forked";
  }

  #refuse(name: SegmentName, fault: ClipFault): ErrorCode {
    if (fault === "forked") this.#onForked(name.cameraId);
    this.#refused[fault] = (this.#refused[fault] ?? 0) + 1;
    this.#context.log.warn({ ...name, fault }, "agent_clip.refused");
    return "segment.damaged";
  }

  /** What came of it goes, but for what came of `except`. */
  async #drop(cameraId: Uuid, except?: SegmentName): Promise<void> {
    const incoming = this.#incoming.get(cameraId);
    this.#incoming.delete(cameraId);
    await incoming?.file.close().catch(() => undefined);
    for await (const blob of this.#parts.list())
      if (blob.includes(`/${cameraId}/`) && (except === undefined || blob !== partBlob(except)))
        await this.#parts.remove(blob);
  }

  #inTurn<T>(cameraId: Uuid, act: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(cameraId) ?? Promise.resolve()).then(act);
    const turn = mine.catch(() => undefined);
    this.#turns.set(cameraId, turn);
    void turn.then(() => {
      if (this.#turns.get(cameraId) === turn) this.#turns.delete(cameraId);
    });
    return mine;
  }
}

const nameOf = ({ tenantId, deviceId }: Sender, segmentId: Uuid): SegmentName => ({
  ...{ tenantId, segmentId },
  cameraId: deviceId,
});

const partBlob = ({ tenantId, cameraId, segmentId }: SegmentName): string =>
  `${tenantId}/${cameraId}/${segmentId}.part`;
