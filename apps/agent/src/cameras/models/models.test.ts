import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLogger, systemClock } from "@gatehouse/base";
import type { Detector } from "@gatehouse/detect";
import { stillYolo } from "@gatehouse/detect/testing";
import {
  type CameraModel,
  type CameraModelAsked,
  CameraModelPiece,
  type CameraWord,
  MODEL_PIECE_BYTES,
} from "@gatehouse/device-types/camera-words";
import { virtualClock } from "@gatehouse/testkit";
import { Check } from "typebox/value";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Detectors } from "../detection/detectors.ts";
import { ModelFetch } from "./model-fetch.ts";
import { ModelShelf } from "./model-shelf.ts";

const YOLOX = fileURLToPath(new URL("../../../../../../shared/models/yolox_nano.onnx", import.meta.url));
const ID = "00000000-0000-4000-8000-000000000001";

/** The machine may be busy. */
const SOON = { timeout: 50_000 };
vi.setConfig({ testTimeout: 60_000 });

let scratch: string;
let clock = virtualClock();
let isConnected = true;
let asked: CameraModelAsked[] = [];
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "agent models "));
  clock = virtualClock();
  [isConnected, asked] = [true, []];
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const modelOf = (bytes: Uint8Array, name = "Yard", sha256 = hashOf(bytes)): CameraModel => ({
  ...{ id: ID, name },
  files: [{ file: "onnx", bytes: bytes.length, sha256 }],
});
const noise = (bytes: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => (at * seed * 7) % 251);
const openShelf = (maxBytes?: number) => ModelShelf.open(join(scratch, "models"), clock, maxBytes);

/** A server that gives what it is asked for, `pieces` times. */
function fetchOf(shelf: ModelShelf, bytes: Uint8Array, pieces = Number.POSITIVE_INFINITY, cameraId = "door") {
  const fetch: ModelFetch = new ModelFetch({
    ...{ cameraId, clock, log: silentLogger, shelf },
    isConnected: () => isConnected,
    async say(word: CameraWord) {
      if (word.says !== "model") throw new TypeError(word.says);
      asked.push(word);
      if (asked.length > pieces) return undefined;
      const piece = bytes.subarray(word.from, word.from + MODEL_PIECE_BYTES);
      const answer = { ...word, bytes: Buffer.from(piece).toString("base64") };
      if (!Check(CameraModelPiece, answer)) throw new TypeError("piece");
      queueMicrotask(() => fetch.take(answer));
      return undefined;
    },
  });
  return fetch;
}

it("fetches a model in pieces, one at a time, and goes on where a cut or a restart left it", async () => {
  const bytes = noise(3 * MODEL_PIECE_BYTES + 1_000);
  const model = modelOf(bytes);
  const shelf = await openShelf();
  const fetch = fetchOf(shelf, bytes, 2);
  fetch.want(model);
  await expect.poll(() => asked.length, SOON).toBe(3);
  await fetch.idle();
  expect(fetch.share).toBeCloseTo(2 / 3, 1);
  expect(fetch.why).toBe("coming");

  const again = await openShelf();
  const [file] = model.files;
  asked = [];
  const rest = fetchOf(again, bytes);
  rest.want(model);
  await expect.poll(() => file && again.isWhole(file), SOON).toBe(true);
  expect(asked.map(({ from }) => from)).toEqual([2, 3].map((at) => at * MODEL_PIECE_BYTES));
  expect(rest.share).toBe(1);
  expect(readdirSync(join(scratch, "models"))).toEqual([file?.sha256]);
  expect(statSync(join(scratch, "models", String(file?.sha256))).mode & 0o777).toBe(0o600);
  expect(await again.read(model)).toEqual({ format: "onnx", bytes });
});

it("asks again when nothing came, and not at all without the server", async () => {
  const bytes = noise(500);
  isConnected = false;
  const shelf = await openShelf();
  const fetch = fetchOf(shelf, bytes, 0);
  fetch.want(modelOf(bytes));
  await fetch.idle();
  expect(asked).toEqual([]);
  isConnected = true;
  fetch.connected();
  fetch.tick();
  await fetch.idle();
  expect(asked).toHaveLength(1);
  await clock.advance(21_000);
  fetch.tick();
  await fetch.idle();
  expect(asked).toHaveLength(2);
});

it("lets one camera of several fetch what all of them want", async () => {
  const bytes = noise(500);
  const shelf = await openShelf();
  const [one, other] = [fetchOf(shelf, bytes, 0), fetchOf(shelf, bytes, 0, "yard")];
  for (const fetch of [one, other]) {
    fetch.want(modelOf(bytes));
    await fetch.idle();
  }
  expect(asked).toHaveLength(1);
});

it("keeps nothing of what is not what the orders said, and asks for it again later", async () => {
  const bytes = noise(MODEL_PIECE_BYTES + 10);
  const shelf = await openShelf();
  const fetch = fetchOf(shelf, bytes);
  fetch.want(modelOf(bytes, "Yard", hashOf(noise(9))));
  await expect.poll(() => fetch.why, SOON).toBe("damaged");
  await fetch.idle();
  expect(fetch.damaged).toBe(1);
  expect(readdirSync(join(scratch, "models"))).toEqual([]);
  fetch.tick();
  await fetch.idle();
  expect(asked).toHaveLength(2);
});

it("makes room by what no camera wants, the oldest first, and keeps what one looks with", async () => {
  const shelf = await openShelf(1_000);
  const [first, second] = [noise(600, 2), noise(600, 3)];
  const fetch = fetchOf(shelf, first);
  fetch.want(modelOf(first));
  await expect.poll(() => fetch.share, SOON).toBe(1);
  const other = fetchOf(shelf, second, Number.POSITIVE_INFINITY, "yard");
  other.want(modelOf(second));
  await expect.poll(() => other.why, SOON).toBe("no_room");
  fetch.want(undefined);
  other.connected();
  await expect.poll(() => other.share, SOON).toBe(1);
  expect(readdirSync(join(scratch, "models"))).toEqual([hashOf(second)]);
});

const nothing: Detector = {
  description: { kind: "onnx", labels: [], inputSize: undefined },
  detect: async () => [],
  close: async () => undefined,
} as unknown as Detector;

async function detectorsWith(model: CameraModel, bytes: Uint8Array) {
  const shelf = await ModelShelf.open(join(scratch, "models"), systemClock);
  for (const file of model.files) if (!shelf.isWhole(file)) await shelf.append(file, bytes);
  const openBuiltIn = async () => nothing;
  return new Detectors({ clock: systemClock, log: silentLogger, shelf, openBuiltIn });
}

it("looks with the chosen model when it is open, and with the one that comes along until then", async () => {
  const bytes = existsSync(YOLOX)
    ? new Uint8Array(readFileSync(YOLOX))
    : stillYolo([32, 32, 16, 16], 0.9, { names: "['person']" });
  const model = modelOf(bytes, "Mine");
  const detectors = await detectorsWith(model, bytes);
  await expect.poll(() => detectors.choose(model).detector, SOON).toBe(nothing);
  expect(detectors.choose(undefined)).toMatchObject({ model: "NanoDet-G 416", isChosen: true });
  await expect.poll(() => detectors.choose(model).isChosen, SOON).toBe(true);
  const { detector, model: name } = detectors.choose(model);
  expect(name).toBe("Mine");
  expect(detector?.description.labels).toContain("person");
  detectors.failed(model);
  expect(detectors.choose(model)).toMatchObject({ isChosen: false, fault: "failed", detector: nothing });
  await detectors.close();
});

it("says of a file that is no model that it does not open, and of one that was changed here that it comes anew", async () => {
  const bytes = noise(5_000);
  const model = modelOf(bytes);
  const detectors = await detectorsWith(model, bytes);
  await expect.poll(() => detectors.choose(model).fault, SOON).toBe("invalid");
  expect(detectors.choose(model).detector).toBe(nothing);
  await detectors.close();

  const path = join(scratch, "models", hashOf(bytes));
  writeFileSync(path, noise(5_000, 5));
  const shelf = await ModelShelf.open(join(scratch, "models"), systemClock);
  expect(await shelf.read(model)).toBeUndefined();
  expect(existsSync(path)).toBe(false);
});
