import { expect, it } from "vitest";
import type { LiveFrame } from "../../data/camera-live.ts";
import { JpegPainter } from "./jpeg-painter.ts";

const frame = (number: number): LiveFrame => ({
  kind: 1,
  number,
  takenMs: number * 100,
  bytes: new Uint8Array([number]).buffer,
});

/** Decodes when told to; a frame of number 0 is no picture. */
function surface() {
  const open: (() => void)[] = [];
  const painted: number[] = [];
  return {
    painted,
    decodeNext: async () => {
      open.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
    of: {
      decode: (bytes: ArrayBuffer) =>
        new Promise<number>((resolve, reject) => {
          const number = new Uint8Array(bytes)[0] ?? 0;
          open.push(() => (number === 0 ? reject(new Error("no picture")) : resolve(number)));
        }),
      paint: (picture: number) => void painted.push(picture),
    },
  };
}

it("draws the newest of what came while it was busy, and answers for each frame once", async () => {
  const { of, painted, decodeNext } = surface();
  const drawn: number[] = [];
  const done: number[] = [];
  const painter = new JpegPainter(of, ({ number }) => drawn.push(number));
  for (const number of [1, 2, 3, 4]) painter.show(frame(number), () => done.push(number));
  expect(done).toEqual([2, 3]);
  await decodeNext();
  expect(done).toEqual([2, 3, 1]);
  await decodeNext();
  expect(painted).toEqual([1, 4]);
  expect(drawn).toEqual([1, 4]);
  expect(done).toEqual([2, 3, 1, 4]);
});

it("goes on after what is no picture, and answers for it too", async () => {
  const { of, painted, decodeNext } = surface();
  const done: number[] = [];
  const painter = new JpegPainter(of, () => undefined);
  painter.show(frame(0), () => done.push(0));
  await decodeNext();
  painter.show(frame(5), () => done.push(5));
  await decodeNext();
  expect(painted).toEqual([5]);
  expect(done).toEqual([0, 5]);
});

it("draws nothing after its end, not even what was being decoded", async () => {
  const { of, painted, decodeNext } = surface();
  const done: number[] = [];
  const painter = new JpegPainter(of, () => undefined);
  painter.show(frame(1), () => done.push(1));
  painter.show(frame(2), () => done.push(2));
  painter.end();
  await decodeNext();
  expect(painted).toEqual([]);
  expect(done).toEqual([2, 1]);
});
