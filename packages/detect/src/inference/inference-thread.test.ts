import { virtualClock } from "@gatehouse/testkit";
import { expect, onTestFinished, test } from "vitest";
import type { Picture } from "../detector.ts";
import { ModelDetector } from "../kinds/model-detector.ts";
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
