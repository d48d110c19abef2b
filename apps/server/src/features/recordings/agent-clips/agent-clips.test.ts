import { newUuid, systemRandom, type Uuid } from "@gatehouse/base";
import {
  type CameraClip,
  CLIP_PIECE_BYTES,
  CLIP_PIECE_HEADER_BYTES,
} from "@gatehouse/device-types/camera-words";
import { createSigner, encodeVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import { virtualClock } from "@gatehouse/testkit";
import {
  CIPHERS,
  createHeader,
  encodeFound,
  FRAME_KINDS,
  type Frame,
  SegmentWriter,
  signManifest,
  uuidBytes,
} from "@gatehouse/video";
import { jpegOf, withMetadata } from "@gatehouse/video/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { segmentCrypto } from "../../../platform/secrets/index.ts";
import { type RecordingHouse, recordingHouse, START_MS } from "../testing/house.ts";

const own = (name: string, seed = 1): Signer =>
  createSigner(name, KEY_TYPES.note, new Uint8Array(32).fill(seed));
const picture = (number: number): Uint8Array => withMetadata(jpegOf(64, 48), [200 + number]);
const clock = virtualClock(START_MS + 100_000);

let house: RecordingHouse;
let forked: Uuid[] = [];
let sender: { tenantId: Uuid; deviceId: Uuid };
beforeEach(async () => {
  const keys = async (cameraId: Uuid) => [own(cameraId).key];
  forked = [];
  house = await recordingHouse(clock, { cameraKeys: keys, onForked: (cameraId) => forked.push(cameraId) });
  const tenantId = await house.addTenant();
  sender = { tenantId, deviceId: house.addCamera(tenantId, { place: "agent" }) };
  await house.recordings.start?.();
});
afterEach(async () => {
  await house.recordings.stop?.();
  await house[Symbol.asyncDispose]();
});

interface Sealed {
  readonly file: Uint8Array;
  readonly offer: CameraClip;
}

/** What a camera's machine makes of a few pictures and what it found in one. */
function seal(
  part: {
    readonly cameraId?: Uuid;
    readonly segment?: Uuid;
    readonly signer?: Signer;
    readonly startMs?: number;
    readonly frames?: readonly Frame[];
    readonly isCutOff?: boolean;
    readonly pad?: number;
    readonly previous?: string | null;
  } = {},
): Sealed {
  const { cameraId = sender.deviceId, segment = newUuid(clock, systemRandom), startMs = START_MS } = part;
  const key = systemRandom.bytes(32);
  const identity = {
    cameraId: uuidBytes(cameraId) as Uint8Array,
    segmentId: uuidBytes(segment) as Uint8Array,
    ...{ startMs, cipher: CIPHERS.chacha20poly1305 },
  };
  const open = createHeader(identity, key, systemRandom.bytes(7), segmentCrypto);
  const writer = new SegmentWriter(open, segmentCrypto);
  const pieces: Uint8Array[] = [open.header.bytes];
  const box = { label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4 };
  const found = encodeFound({ v: 1, takenMs: startMs, model: "test", boxes: [box] });
  const plain = { deviceMs: undefined, isKey: true };
  const frames = part.frames ?? [
    { ...plain, kind: FRAME_KINDS.jpeg, offsetMs: 0, bytes: picture(part.pad ?? 0) },
    { ...plain, kind: FRAME_KINDS.found, offsetMs: 0, bytes: found },
    { ...plain, kind: FRAME_KINDS.jpeg, offsetMs: 500, bytes: picture(1) },
  ];
  for (const frame of frames) writer.add(frame);
  pieces.push(writer.takeChunk() as Uint8Array);
  const offer = { kind: "camera", says: "clip", segment, key: Buffer.from(key).toString("base64") } as const;
  if (part.isCutOff) {
    const file = Buffer.concat(pieces);
    return { file, offer: { ...offer, bytes: file.length, manifest: "" } };
  }
  const { bytes, manifest } = writer.finish({
    previous: part.previous ?? null,
    detections: [],
    sealedSha256: (last) => segmentCrypto.sha256(Buffer.concat([...pieces, last])),
  });
  const note = signManifest(manifest, part.signer ?? own(cameraId));
  const file = Buffer.concat([...pieces, bytes, Buffer.from(note)]);
  return { file, offer: { ...offer, bytes: file.length, manifest: note } };
}

const clips = () => house.recordings.agentClips;

async function piece({ file, offer }: Sealed, at: number, end = at + CLIP_PIECE_BYTES, from = sender) {
  const bytes = file.subarray(at, end);
  const payload = new Uint8Array(CLIP_PIECE_HEADER_BYTES + bytes.length);
  payload.set(uuidBytes(offer.segment) as Uint8Array);
  new DataView(payload.buffer).setUint32(16, at);
  payload.set(bytes, CLIP_PIECE_HEADER_BYTES);
  return clips().piece(from, payload);
}

/** Offers it and sends it whole. */
async function bring(sealed: Sealed): Promise<string | undefined> {
  const { result, from } = await clips().offered(sender, sealed.offer);
  return result === "send" ? piece(sealed, from) : result;
}

test("a segment that its camera signed becomes a recording, in the log with who signed it, and is never taken twice", async () => {
  const sealed = seal();
  expect(await bring(sealed)).toBeUndefined();
  const [row] = await house.rows();
  expect(row).toMatchObject({
    id: sealed.offer.segment,
    state: "sealed",
    frames: 3,
    manifest: sealed.offer.manifest,
  });
  const [entry] = house.trail.events.filter(({ kind }) => kind === "recording.sealed");
  expect(entry?.data).toMatchObject({
    cameraId: sender.deviceId,
    manifestSha256: row?.manifest_sha256,
    signer: encodeVerifierKey(own(sender.deviceId).key),
  });
  expect(await clips().offered(sender, sealed.offer)).toEqual({ result: "stored", from: 0 });
  expect(await house.rows()).toHaveLength(1);
  expect(clips().counts()).toEqual({ taken: 1, refused: {} });
  for await (const blob of house.incomingBlobs.list()) expect(blob).toBe("nothing is left");
});

test("what came before a cut, or a restart here, does not come again", async () => {
  const sealed = seal();
  expect(await clips().offered(sender, sealed.offer)).toEqual({ result: "send", from: 0 });
  expect(await piece(sealed, 0, 100)).toBeUndefined();
  expect(await clips().offered(sender, sealed.offer)).toEqual({ result: "send", from: 100 });
  expect(await piece(sealed, 0, 100)).toBe("request.conflict");
  expect(await piece(sealed, 200, 300)).toBe("request.conflict");
  expect(await piece(sealed, 100, 250)).toBeUndefined();
  await house.recordings.stop?.();
  const again = house.again();
  await again.start?.();
  expect(await again.agentClips.offered(sender, sealed.offer)).toEqual({ result: "send", from: 250 });
  const payload = new Uint8Array(CLIP_PIECE_HEADER_BYTES + sealed.file.length - 250);
  payload.set(uuidBytes(sealed.offer.segment) as Uint8Array);
  new DataView(payload.buffer).setUint32(16, 250);
  payload.set(sealed.file.subarray(250), CLIP_PIECE_HEADER_BYTES);
  expect(await again.agentClips.piece(sender, payload)).toBeUndefined();
  expect(await house.rows()).toMatchObject([{ id: sealed.offer.segment, state: "sealed" }]);
  await again.stop?.();
});

test("a recording whose end a crash took is taken as one that nobody signed", async () => {
  expect(await bring(seal({ isCutOff: true }))).toBeUndefined();
  expect(await house.rows()).toMatchObject([{ state: "unsigned", frames: 3, manifest: null }]);
  expect(house.trail.events.filter(({ kind }) => kind === "recording.sealed")).toEqual([]);
});

test("what another key signed, and what is of another camera, is refused before anything of it comes, and counted", async () => {
  const other = house.addCamera(sender.tenantId);
  const refused = { result: "refused", from: 0 };
  const forged = seal({ signer: own(sender.deviceId, 2) });
  expect(await clips().offered(sender, forged.offer)).toEqual(refused);
  const named = seal({ signer: own(other) });
  expect(await clips().offered(sender, named.offer)).toEqual(refused);
  const foreign = seal({ cameraId: other, signer: own(sender.deviceId) });
  expect(await clips().offered(sender, foreign.offer)).toEqual(refused);
  const taken = seal();
  await bring(taken);
  const thief = { tenantId: sender.tenantId, deviceId: other };
  expect(await clips().offered(thief, taken.offer)).toEqual(refused);
  const stranger = { tenantId: await house.addTenant(), deviceId: sender.deviceId };
  expect(await clips().offered(stranger, seal().offer)).toEqual(refused);
  expect(clips().counts()).toEqual({ taken: 1, refused: { not_signed: 2, foreign: 2 } });
  expect(await house.rows()).toHaveLength(1);
});

test("of two that its camera signed as the next after the same one, the second is refused, counted and told", async () => {
  const first = seal();
  await bring(first);
  const [{ manifest_sha256: previous } = {}] = await house.rows();
  const next = seal({ previous: String(previous), pad: 1 });
  const fork = seal({ previous: String(previous), pad: 2 });
  // Both are on their way when neither is here.
  expect(await clips().offered(sender, fork.offer)).toEqual({ result: "send", from: 0 });
  expect(await bring(next)).toBeUndefined();
  expect(await bring(fork)).toBe("refused");
  expect(await house.rows()).toHaveLength(2);
  expect(clips().counts()).toEqual({ taken: 2, refused: { forked: 1 } });
  expect(forked).toEqual([sender.deviceId]);
  expect(await bring(next)).toBe("stored");
  const other = { tenantId: sender.tenantId, deviceId: house.addCamera(sender.tenantId) };
  const theirs = seal({ cameraId: other.deviceId, previous: String(previous) });
  expect(await clips().offered(other, theirs.offer)).toEqual({ result: "send", from: 0 });
});

test("nothing is taken that is not what it says, to the last frame", async () => {
  const altered = seal();
  altered.file[150] = (altered.file[150] as number) ^ 1;
  expect(await bring(altered)).toBe("segment.damaged");
  const wrongKey = seal();
  const key = Buffer.alloc(32, 9).toString("base64");
  expect(await bring({ ...wrongKey, offer: { ...wrongKey.offer, key } })).toBe("segment.damaged");
  const [one, other] = [seal(), seal()];
  const mixed = { file: one.file, offer: { ...other.offer, bytes: one.file.length, key: one.offer.key } };
  expect(await bring(mixed)).toBe("segment.damaged");
  const plain = { deviceMs: undefined, isKey: true, offsetMs: 0 };
  const noise = [{ ...plain, kind: FRAME_KINDS.jpeg, bytes: systemRandom.bytes(500) }];
  expect(await bring(seal({ frames: noise }))).toBe("segment.damaged");
  const finds = [
    { ...plain, kind: FRAME_KINDS.jpeg, bytes: picture(0) },
    { ...plain, kind: FRAME_KINDS.found, bytes: Buffer.from("{}") },
  ];
  expect(await bring(seal({ frames: finds }))).toBe("segment.damaged");
  expect(await bring(seal({ startMs: clock.nowMs() + 3_600_000 }))).toBe("segment.damaged");
  // One that lasts for an hour would not be found by a search for its middle, nor erased with it.
  const hour = [0, 3_600_000].map((offsetMs) => ({
    ...{ ...plain, offsetMs, kind: FRAME_KINDS.jpeg, bytes: picture(0) },
  }));
  expect(await bring(seal({ frames: hour, startMs: START_MS - 3_600_000 }))).toBe("segment.damaged");
  const many = Array.from({ length: 10_001 }, () => ({
    ...{ ...plain, kind: FRAME_KINDS.found, bytes: new Uint8Array(1) },
  }));
  expect(await bring(seal({ frames: many }))).toBe("segment.damaged");
  const unsigned = seal({ isCutOff: true });
  const signedOf = seal();
  expect(await bring({ ...unsigned, offer: { ...unsigned.offer, manifest: signedOf.offer.manifest } })).toBe(
    "refused",
  );
  expect(await house.rows()).toEqual([]);
  expect(clips().counts().refused).toEqual({ altered: 2, foreign: 2, unsound: 3, time: 2 });
});

test("another segment takes the place of one that never became whole; pieces of none are refused", async () => {
  const [first, second] = [seal(), seal()];
  expect(await piece(first, 0)).toBe("request.conflict");
  await clips().offered(sender, first.offer);
  await piece(first, 0, 100);
  expect(await bring(second)).toBeUndefined();
  expect(await clips().offered(sender, first.offer)).toEqual({ result: "send", from: 0 });
  expect(await piece(first, 0, 50)).toBeUndefined();
  const long = { ...first, file: Buffer.concat([first.file, Buffer.alloc(100)]) };
  expect(await piece(long, 50)).toBe("message.schema");
  expect(await clips().piece(sender, new Uint8Array(10))).toBe("message.schema");
});

test("whoever else is served has their turn while a large segment is checked", async () => {
  const boxes = Array.from({ length: 100 }, () => ({
    ...{ label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4, track: 1 },
  }));
  const plain = { deviceMs: undefined, isKey: true, offsetMs: 0 };
  const found = encodeFound({ v: 1, takenMs: START_MS, model: "test", boxes });
  const frames: Frame[] = [{ ...plain, kind: FRAME_KINDS.jpeg, bytes: picture(0) }];
  while (frames.length < 400) frames.push({ ...plain, kind: FRAME_KINDS.found, bytes: found });
  const sealed = seal({ frames });
  const { from } = await clips().offered(sender, sealed.offer);
  let at = from;
  for (; at + CLIP_PIECE_BYTES < sealed.file.length; at += CLIP_PIECE_BYTES) await piece(sealed, at);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  expect(await piece(sealed, at)).toBeUndefined();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
