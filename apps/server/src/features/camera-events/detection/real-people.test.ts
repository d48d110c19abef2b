import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findFfmpeg, JpegSplitter } from "@gatehouse/capture";
import type { cameras, ReplyOf } from "@gatehouse/contract";
import { DEFAULT_MODEL, openDetector, readDefaultModel } from "@gatehouse/detect";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { openHouse } from "../testing/house.ts";

const VIDEO = fileURLToPath(
  new URL("../../../../../../../shared/media/one-by-one-person-detection.mp4", import.meta.url),
);
/** Two pieces of the film: from this second, so many seconds; and when somebody is to be seen in it. */
const PIECES = [
  { fromSecond: 2, seconds: 20, visit: [6, 19] },
  { fromSecond: 71, seconds: 20, visit: [75, 86] },
] as const;
const FPS = 2.5;
const OFF_BY_SECONDS = 2;

/** Pictures of both pieces, one after the other, as JPEG. */
async function pictures(): Promise<Uint8Array[]> {
  const output = [
    "-vf",
    `fps=${FPS},scale=640:480`,
    "-q:v",
    "6",
    "-f",
    "image2pipe",
    "-c:v",
    "mjpeg",
    "pipe:1",
  ];
  const ffmpeg = await findFfmpeg();
  return PIECES.flatMap(({ fromSecond, seconds }) => {
    const input = ["-ss", String(fromSecond), "-i", VIDEO, "-t", String(seconds)];
    const args = ["-v", "error", "-nostdin", ...input, ...output];
    const made = execFileSync(ffmpeg, args, { maxBuffer: 256 * 1_048_576 });
    return [...new JpegSplitter().push(made)];
  });
}

/** Seconds of the pictures in which somebody is to be seen. */
function visits(): [number, number][] {
  let beganAt = 0;
  return PIECES.map(({ fromSecond, seconds, visit: [from, to] }) => {
    const offset = beganAt - fromSecond;
    beganAt += seconds;
    return [from + offset, to + offset];
  });
}

test.skipIf(!existsSync(VIDEO))(
  "real people before a camera are one event a visit, found by the model that comes along (skipped when ../shared/media is not beside the checkout)",
  { timeout: 180_000 },
  async () => {
    const file = await readDefaultModel();
    const detector = await openDetector({ kind: "onnx", file }, virtualClock());
    await using house = await openHouse({
      open: async () => ({ detector, name: DEFAULT_MODEL.name }),
      chosen: async () => undefined,
      readPiece: async () => undefined,
      onChanged: () => () => undefined,
    });
    const camera = await house.addCamera();
    house.look(camera, { enabled: true, cooldownSeconds: 0 });
    const startMs = house.clock.nowMs();
    for (const bytes of await pictures()) {
      house.give(await house.frame(camera, { bytes }));
      await house.feature.idle();
      house.clock.advance(1_000 / FPS);
    }
    await house.pass(5_000);
    const { items } = await house.call<ReplyOf<typeof cameras.listCameraEvents>>(
      "GET /api/v1/camera-events",
      { query: { kinds: "person,object" } },
    );
    await detector.close();
    const found = items.map(({ startMs: fromMs, endMs }) =>
      [fromMs, endMs ?? 0].map((atMs) => (atMs - startMs) / 1_000),
    );
    expect(found).toHaveLength(PIECES.length);
    for (const [i, visit] of visits().entries())
      for (const edge of [0, 1] as const)
        expect(Math.abs((found.at(-1 - i)?.[edge] ?? 0) - visit[edge])).toBeLessThanOrEqual(OFF_BY_SECONDS);
    for (const { kind, detection } of items) {
      expect(kind).toBe("person");
      expect(detection).toMatchObject({ by: "server", model: DEFAULT_MODEL.name, labels: ["person"] });
      expect(detection).toMatchObject({ mostAtOnce: 1, counted: 1, armed: true });
      expect(detection?.score).toBeGreaterThan(0.7);
    }
  },
);
