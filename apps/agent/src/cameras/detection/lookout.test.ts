import { execFileSync } from "node:child_process";
import { silentLogger } from "@gatehouse/base";
import { findFfmpeg } from "@gatehouse/capture";
import type { Detection, Detector } from "@gatehouse/detect";
import { virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { SoundPicture } from "../sound-pictures.ts";
import { type DetectionOrders, type Finding, Lookout } from "./lookout.ts";

const SIZE = { width: 64, height: 48 };
const ORDERS: DetectionOrders = {
  ...{ classes: ["person"], minScore: 0.45, minHeight: 0.03 },
  ...{ minSeconds: 0, endAfterSeconds: 3, zones: [] },
};
const ASKING: DetectionOrders = {
  ...ORDERS,
  maxHeight: 0.8,
  zones: [
    {
      ...{ name: "Door", kind: "watch", minScore: 0.6, loiterSeconds: 2 },
      area: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    },
  ],
};
const PERSON: Detection = { label: "person", score: 0.7, x1: 10, y1: 10, x2: 20, y2: 40 };

let picture: SoundPicture;
beforeAll(async () => {
  const grey = ["-f", "lavfi", "-i", `color=c=gray:size=${SIZE.width}x${SIZE.height}`, "-frames:v", "1"];
  const bytes = execFileSync(await findFfmpeg(), [
    ...["-v", "error", ...grey, "-pix_fmt", "yuvj420p"],
    ...["-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"],
  ]);
  picture = { kind: "jpeg", bytes, ...SIZE, coded: () => ({ codec: "jpeg", bytes }) };
});

const clock = virtualClock();
let found: readonly Detection[];
let findings: Finding[];
let told: () => void;
let lookout: Lookout;
beforeEach(() => {
  [found, findings, told] = [[], [], () => undefined];
  const detector: Detector = {
    description: { kind: "onnx", labels: ["person"], inputSize: SIZE },
    detect: async () => found,
    close: async () => undefined,
  };
  lookout = new Lookout({
    ...{ clock, log: silentLogger, ffmpeg: findFfmpeg },
    choose: () => ({ detector, model: "Test", problem: undefined, fault: undefined, isChosen: true }),
    failed: () => undefined,
    moves: () => true,
    found(finding) {
      findings.push(finding);
      told();
    },
  });
});
afterEach(() => lookout.stop());

/** Five looks a second, one after the other. Answers the visits that began. */
async function watch(seconds: number, what: readonly Detection[]) {
  found = what;
  const before = findings.length;
  for (let look = 0; look < seconds * 5; look++) {
    clock.advance(200);
    await new Promise<void>((resolve) => {
      told = resolve;
      lookout.see(picture, clock.nowMs());
    });
  }
  const changes = findings.slice(before).flatMap((finding) => finding.changes);
  return changes.filter(({ kind }) => kind === "began").map(({ visit }) => visit);
}

it("counts in a zone who is sure, fits and stays, as its orders ask", { timeout: 60_000 }, async () => {
  lookout.set(ASKING);
  expect(await watch(3, [{ ...PERSON, score: 0.55 }])).toEqual([]);
  expect(await watch(3, [{ ...PERSON, y1: 1 }])).toEqual([]);
  expect(findings.flatMap(({ things }) => things)).toEqual([]);
  expect(await watch(1, [PERSON])).toEqual([]);
  expect(findings.at(-1)?.things).toHaveLength(1);
  await watch(5, []);
  const cameMs = clock.nowMs() + 200;
  expect(await watch(3, [PERSON])).toMatchObject([
    { zones: ["Door"], startMs: cameMs, sureMs: cameMs + 2_000 },
  ]);
});

it("counts everybody at once where its orders ask for nothing", { timeout: 60_000 }, async () => {
  lookout.set(ORDERS);
  const cameMs = clock.nowMs() + 200;
  const large = { ...PERSON, score: 0.5, y1: 0, y2: SIZE.height };
  expect(await watch(1, [large])).toMatchObject([{ startMs: cameMs, sureMs: cameMs + 400 }]);
});
