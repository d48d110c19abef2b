import { describe, expect, it } from "vitest";
import type { TrueBox } from "./figure.ts";
import { SCENES } from "./places/index.ts";
import { drawScene, type SceneCamera } from "./scene-camera.ts";

// Small pictures: every test draws its place first.
const SIZE = { width: 144, height: 81 };
const cameras = new Map(SCENES.map((name) => [name, drawScene(name, SIZE)]));
const cameraOf = (name: (typeof SCENES)[number]): SceneCamera => cameras.get(name) as SceneCamera;

const isWhole = ({ x, y, width, height, visibleRatio }: TrueBox): boolean =>
  visibleRatio > 0.9 && height > 12 && x > 0 && y + height < SIZE.height && x + width < SIZE.width;

/** The first frame in which somebody is seen whole. */
function busyFrame(camera: SceneCamera) {
  for (const [act, seconds] of camera.story.seconds.entries())
    for (let s = 0; s < seconds; s += 0.5) {
      const frame = camera.draw(camera.story.figuresOfAct(act, s), 5);
      if (frame.boxes.some(isWhole)) return frame;
    }
  throw new Error(`nobody comes to ${camera.name}`);
}

const brightnessOf = (rgb: Uint8ClampedArray): number =>
  rgb.reduce((sum, value) => sum + value, 0) / rgb.length;

describe.each(SCENES)("%s", (name) => {
  const camera = cameraOf(name);

  it("is the same picture whenever the same moment is asked for, and another one later", () => {
    const again = drawScene(name, SIZE);
    const atMs = 1_790_000_000_000;
    expect(again.frame(atMs, "12:00:00").rgb).toEqual(camera.frame(atMs, "12:00:00").rgb);
    expect(camera.frame(atMs + 100).rgb).not.toEqual(camera.frame(atMs).rgb);
  });

  it("is neither dark nor burnt out", () => {
    const brightness = brightnessOf(camera.draw([], 1).rgb);
    expect(brightness).toBeGreaterThan(25);
    expect(brightness).toBeLessThan(190);
  });

  it("differs from the empty place inside the true boxes, and hardly outside", () => {
    const empty = camera.draw([], 5);
    expect(empty.boxes).toEqual([]);
    const { rgb, boxes } = busyFrame(camera);
    let inside = 0;
    let changedInside = 0;
    let outside = 0;
    let changedOutside = 0;
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++) {
        const at = (y * SIZE.width + x) * 3;
        const changed = [0, 1, 2].some(
          (k) => Math.abs((rgb[at + k] as number) - (empty.rgb[at + k] as number)) > 12,
        );
        const isInside = boxes.some(
          (box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height,
        );
        if (isInside) inside++;
        else outside++;
        if (changed && isInside) changedInside++;
        else if (changed) changedOutside++;
      }
    expect(changedInside / inside).toBeGreaterThan(0.25);
    expect(changedOutside / outside).toBeLessThan(0.06);
  });

  it("has acts that fit into their span, and begins them now and then", () => {
    const spanMs = 500_000;
    let busy = 0;
    for (let atMs = 0; atMs < 40 * spanMs; atMs += 5_000) if (camera.story.figuresAt(atMs).length > 0) busy++;
    const share = busy / (8 * spanMs * 0.001);
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.5);
  });
});

it("people are as tall and as upright as people", () => {
  for (const name of SCENES)
    for (const { kind, width, height } of busyFrame(cameraOf(name)).boxes.filter(isWhole))
      if (kind === "person") expect(height / width).toBeGreaterThan(1.2);
});

it("says what a frame costs", () => {
  const camera = drawScene("boiler-room");
  const used = process.cpuUsage();
  const seconds = camera.story.seconds[0] as number;
  for (let i = 0; i < 20; i++) camera.draw(camera.story.figuresOfAct(0, (seconds * i) / 20), i, "12:00:00");
  const { user, system } = process.cpuUsage(used);
  console.info(
    `boiler room, 640 × 360: ${((user + system) / 20_000).toFixed(1)} ms of processor time a frame`,
  );
});
