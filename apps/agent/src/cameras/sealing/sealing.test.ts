import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemRandom } from "@gatehouse/base";
import { createSigner, KEY_TYPES } from "@gatehouse/ledger";
import { segmentCrypto } from "@gatehouse/secure-channel";
import { virtualClock } from "@gatehouse/testkit";
import {
  CIPHERS,
  compareWithManifest,
  FRAME_KINDS,
  isManifestSignedBy,
  parseManifest,
  readSegment,
} from "@gatehouse/video";
import { jpegOf, withMetadata } from "@gatehouse/video/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStateFolder, type StateFolder } from "../../state/state-folder.ts";
import { SoundPictures } from "../sound-pictures.ts";
import { ClipFiles } from "./clip-files.ts";
import { ClipKeys } from "./clip-keys.ts";
import { ClipRecorder } from "./clip-recorder.ts";
import { ClipRing, DEFAULT_CLIP_POLICY } from "./clip-ring.ts";

const CAMERA = "01a1f000-0000-7000-8000-000000000001";
const START_MS = 1_795_000_000_000;
const DAY_MS = 86_400_000;
const signer = createSigner(CAMERA, KEY_TYPES.note, new Uint8Array(32).fill(3));
const POLICY = { ...DEFAULT_CLIP_POLICY, keepMs: DAY_MS, keepNeededMs: 10 * DAY_MS };

let scratch: string;
let state: StateFolder;
const clock = virtualClock(START_MS);
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "agent clips "));
  state = await openStateFolder(join(scratch, "state"), systemRandom);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** As at a start of the agent. */
async function open(maxBytes = 1_000_000_000) {
  const files = await ClipFiles.open(join(scratch, "state", "clips"), systemRandom);
  const keys = await ClipKeys.open(state, CAMERA, systemRandom);
  const limits = { maxBytes, maxAgeMs: 30 * DAY_MS };
  const ring = await ClipRing.open(files, keys, signer.key, limits, silentLogger);
  const recorder = new ClipRecorder({
    ...{ cameraId: CAMERA, clock, files, keys, ring, state },
    ...{ random: systemRandom, log: silentLogger, cipher: CIPHERS.aes256gcm, signer: () => signer },
  });
  return { files, keys, ring, recorder };
}

const pictures = new SoundPictures();
const picture = (bytes: number): Uint8Array => withMetadata(jpegOf(64, 48), [bytes]);
/** Two pictures a second. */
function film(recorder: ClipRecorder, fromMs: number, seconds: number, bytes = 300): void {
  for (let i = 0; i < seconds * 2; i++) {
    const jpeg = picture(bytes);
    const sound = pictures.check({ kind: "jpeg", bytes: jpeg });
    if (sound === undefined) throw new Error("not sound");
    recorder.take(sound, fromMs + i * 500);
  }
}
const found = (takenMs: number) => ({
  ...({ v: 1, takenMs, model: "test" } as const),
  boxes: [{ label: "person", score: 0.9, x: 0.1, y: 0.1, width: 0.1, height: 0.3 }],
});

it("seals a minute at a time with what was found, signed by the camera's key, each naming the one before", async () => {
  const { files, keys, recorder, ring } = await open();
  film(recorder, START_MS, 2);
  recorder.note(found(START_MS));
  film(recorder, START_MS + 2_000, 118);
  await recorder.end();
  expect(ring.clips).toHaveLength(2);
  let previous: string | null = null;
  for (const { id, mark } of ring.clips) {
    const file = await files.read(id, 0, mark.bytes);
    const key = keys.unwrap(id, (await files.readKey(id)) as Uint8Array) as Uint8Array;
    const contents = readSegment(file, key, segmentCrypto);
    if ("fault" in contents) throw new Error(contents.fault);
    const signed = parseManifest(mark.manifest);
    if (signed === undefined) throw new Error("no manifest");
    expect(isManifestSignedBy(signed, signer.key)).toBe(true);
    expect(compareWithManifest(contents, signed.manifest, file, segmentCrypto)).toEqual([]);
    expect(signed.manifest).toMatchObject({ camera: CAMERA, previous });
    expect(file.length).toBe(mark.bytes);
    previous = mark.manifestSha256;
    const finds = contents.frames.filter(({ kind }) => kind === FRAME_KINDS.found).length;
    expect(finds).toBe(id === ring.clips[0]?.id ? 1 : 0);
  }
  const names = readdirSync(join(scratch, "state", "clips"));
  const raw = names.map((name) => readFileSync(join(scratch, "state", "clips", name), "latin1")).join("");
  expect(raw).not.toContain("JFIF");
});

it("closes what a crash left open without a signature, and goes on with the chain, not with the segment", async () => {
  const first = await open();
  film(first.recorder, START_MS, 3);
  await first.recorder.end();
  const sealed = first.ring.clips[0]?.mark.manifestSha256;
  film(first.recorder, START_MS + 10_000, 5);
  // Written to its last whole chunk, and nobody ends it.
  clock.advance(1_000);
  first.recorder.tick();
  const segments = () => readdirSync(join(scratch, "state", "clips")).filter((name) => name.endsWith(".ghs"));
  const written = () =>
    segments().reduce((sum, name) => sum + statSync(join(scratch, "state", "clips", name)).size, 0);
  await expect.poll(written).toBeGreaterThan(16 * picture(300).length);
  expect(segments()).toHaveLength(2);

  const again = await open();
  expect(again.ring.clips.map(({ mark }) => mark.manifest !== "")).toEqual([true, false]);
  const [, cut] = again.ring.clips;
  expect(cut?.mark).toMatchObject({ firstMs: START_MS + 10_000, manifestSha256: null });
  expect(cut?.mark.lastMs).toBeGreaterThan(START_MS + 12_000);
  film(again.recorder, START_MS + 20_000, 2);
  await again.recorder.end();
  expect(again.ring.clips).toHaveLength(3);
  expect(parseManifest(again.ring.clips[2]?.mark.manifest ?? "")?.manifest.previous).toBe(sealed);
  await first.recorder.end();
});

it("knows a segment that was sealed though its mark is missing, cuts one that is damaged, and throws away what has no key", async () => {
  const { recorder } = await open();
  for (const at of [0, 100_000, 200_000]) {
    film(recorder, START_MS + at, 3);
    await recorder.end();
  }
  const folder = join(scratch, "state", "clips");
  const [one, two, three] = (await open()).ring.clips.map(({ id }) => id);
  rmSync(join(folder, `${one}.json`));
  rmSync(join(folder, `${two}.json`));
  truncateSync(join(folder, `${two}.ghs`), readFileSync(join(folder, `${two}.ghs`)).length - 700);
  rmSync(join(folder, `${three}.key`));
  const again = await open();
  expect(again.ring.clips.map(({ id, mark }) => [id, mark.manifest !== ""])).toEqual([
    [one, true],
    [two, false],
  ]);
  expect(readdirSync(folder).some((name) => name.startsWith(three ?? ""))).toBe(false);
});

it("marks what events need, with what comes before and after; what nobody needs goes after a while", async () => {
  const { recorder, ring } = await open();
  await ring.setPolicy({ ...POLICY, all: false, brings: true, preRollMs: 5_000, postRollMs: 5_000 });
  for (const at of [0, 20_000, 40_000, 60_000]) {
    film(recorder, START_MS + at, 15);
    await recorder.end();
  }
  await ring.need("visit", START_MS + 36_000, START_MS + 38_000);
  expect(ring.clips.map(({ mark }) => mark.needed)).toEqual([false, true, true, false]);
  expect(ring.clips.map(({ mark }) => mark.sent)).toEqual(["no", "wanted", "wanted", "no"]);
  await ring.sweep(START_MS + 10 * 60_000);
  expect(ring.clips.map(({ mark }) => mark.needed)).toEqual([true, true]);
  const again = await open();
  expect(again.ring.counts).toMatchObject({ clips: 2, waiting: 2 });
  const next = ring.nextToSend();
  await ring.drop(next?.id ?? "");
  expect(ring.counts).toMatchObject({ clips: 1, waiting: 1 });
  expect(readdirSync(join(scratch, "state", "clips"))).toHaveLength(3);
});

it("keeps what is to stay until somebody asks, and within its cap, those that events need last", async () => {
  const { recorder, ring } = await open(30_000);
  await ring.setPolicy({ ...POLICY, all: true });
  for (const at of [0, 20_000, 40_000, 60_000, 80_000]) {
    film(recorder, START_MS + at, 5, 900);
    await recorder.end();
    if (at === 0) await ring.need("visit", START_MS, START_MS + 1_000);
  }
  await ring.sweep(START_MS + 100_000);
  const kept = ring.clips;
  expect(ring.counts.clipBytes).toBeLessThanOrEqual(30_000);
  expect(kept[0]?.mark).toMatchObject({ startMs: START_MS, needed: true, sent: "no" });
  expect(ring.nextToSend()).toBeUndefined();
  const asked = await ring.ask(START_MS, START_MS + 1_000);
  expect(asked.map(({ id }) => id)).toEqual([kept[0]?.id]);
  expect(ring.nextToSend()?.id).toBe(kept[0]?.id);
  await ring.leave(asked.map(({ id }) => id));
  expect(ring.nextToSend()).toBeUndefined();
});
