import { systemClock } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, onTestFinished, test } from "vitest";
import type { Picture } from "../detector.ts";
import { ModelDetector } from "../kinds/model-detector.ts";
import { GraphWriter } from "../onnx/graph-writer.ts";
import { stillYolo } from "../testing/still-model.ts";
import { InferenceThread } from "./inference-thread.ts";

const settings = {
  file: { format: "onnx", bytes: stillYolo([32, 32, 16, 16], 0.9, { names: "['person']" }) },
} as const;
const picture: Picture = { width: 64, height: 64, rgb: new Uint8Array(64 * 64 * 3), atMs: 0 };

test("a look that takes too long is rejected with all that wait, and the next one starts another thread", async () => {
  const clock = virtualClock();
  const detector = await ModelDetector.open(settings, clock);
  onTestFinished(() => detector.close());
  clock.advance(60_000);
  const looks = [0, 1].map(() => detector.detect(picture, { minScore: 0.5 }));
  const rejected = looks.map((look) =>
    expect(look).rejects.toMatchObject({ code: "detector.failed", fields: { detail: "it took too long" } }),
  );
  clock.advance(10_000);
  await Promise.all(rejected);
  expect(await detector.detect(picture, { minScore: 0.5 })).toHaveLength(1);
});

test("a thread that fails soon after its start is started anew only after a pause", async () => {
  const clock = virtualClock();
  const detector = await ModelDetector.open(settings, clock);
  onTestFinished(() => detector.close());
  const look = () => detector.detect(picture, { minScore: 0.5 });
  const rejected = expect(look()).rejects.toThrow(/detector\.failed/);
  clock.advance(10_000);
  await rejected;
  await expect(look()).rejects.toThrow(/detector\.failed/);
  clock.advance(20_000);
  expect(await look()).toHaveLength(1);
});

test("looks that were answered leave no deadline behind", async () => {
  const clock = virtualClock();
  const thread = await InferenceThread.start(settings, clock);
  onTestFinished(() => thread.close());
  await Promise.all([thread.detect(picture, { minScore: 0.5 }), thread.detect(picture, { minScore: 0.5 })]);
  clock.advance(120_000);
  expect(thread.isOver).toBe(false);
  expect(await thread.detect(picture, { minScore: 0.5 })).toHaveLength(1);
});

test("a model that takes too long to load is given up", async () => {
  const clock = virtualClock();
  const starting = expect(InferenceThread.start(settings, clock)).rejects.toMatchObject({
    code: "detector.failed",
  });
  clock.advance(60_000);
  await starting;
});

/** Answers as a YOLO does; of a white picture it first makes 3.8 GB, of a grey or black one nothing. */
function patient(): Uint8Array {
  const writer = new GraphWriter();
  const mean = writer.add("Reshape", [writer.add("ReduceMean", ["images"]), writer.integers([1])]);
  const isWhite = writer.add("Cast", [writer.add("Greater", [mean, writer.floats([0.9], [1])])], { to: 7 });
  const times = writer.add("Add", [
    writer.add("Mul", [isWhite, writer.integers([279])]),
    writer.integers([1]),
  ]);
  const repeats = writer.add("Concat", [writer.integers([1, 1]), times, times], { axis: 0 });
  const most = writer.add("ReduceMax", [writer.add("Tile", ["images", repeats])]);
  const nothing = writer.add("Mul", [
    writer.add("Reshape", [most, writer.integers([1, 1, 1])]),
    writer.floats([0], []),
  ]);
  const value = writer.add("Add", [writer.floats(new Float32Array(5 * 84).fill(0.5), [1, 5, 84]), nothing]);
  return writer.finish(
    { name: "images", dims: [1, 3, 64, 64] },
    [{ name: "output", dims: [1, 5, 84], value }],
    { names: "['person']" },
  );
}

test("a model from outside that a picture makes ask for all memory takes nothing of ours", async () => {
  const file = { format: "onnx", bytes: patient() } as const;
  const thread = await InferenceThread.start({ file, isForeign: true }, systemClock);
  onTestFinished(() => thread.close());
  expect(await thread.detect(picture, { minScore: 0.4 })).not.toEqual([]);
  const white = { ...picture, rgb: new Uint8Array(64 * 64 * 3).fill(255) };
  const before = process.memoryUsage().rss;
  await expect(thread.detect(white, { minScore: 0.4 })).rejects.toMatchObject({ code: "detector.failed" });
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
}, 60_000);

test("a model from outside is ended in the middle of a look", async () => {
  const clock = virtualClock();
  const thread = await InferenceThread.start({ ...settings, isForeign: true }, clock);
  const look = thread.detect(picture, { minScore: 0.5 });
  const rejected = expect(look).rejects.toMatchObject({ fields: { detail: "it took too long" } });
  clock.advance(10_000);
  await rejected;
  expect(thread.isOver).toBe(true);
  await thread.close();
}, 60_000);
