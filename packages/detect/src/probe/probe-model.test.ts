import { systemClock } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import type { ModelSettings } from "../inference/loaded-model.ts";
import { GraphWriter } from "../onnx/graph-writer.ts";
import { stillYolo } from "../testing/still-model.ts";
import { probeModel } from "./probe-model.ts";

const settings = (bytes: Uint8Array): ModelSettings => ({ file: { format: "onnx", bytes } });
const sound = settings(stillYolo([32, 32, 16, 16], 0.9, { names: "['person']" }));

/** A few hundred bytes that ask for 3.8 GB when they run. */
function hungry(): Uint8Array {
  const writer = new GraphWriter();
  const value = writer.add("Tile", ["images", writer.integers([1, 1, 280, 280])]);
  return writer.finish(
    { name: "images", dims: [1, 3, 64, 64] },
    [{ name: "output", dims: [1, 3, 1, 1], value }],
    {},
  );
}

test("a model that can be used says what it is", { timeout: 90_000 }, async () => {
  expect(await probeModel(sound, systemClock)).toEqual({
    family: "yolo",
    labels: ["person"],
    inputSize: { width: 64, height: 64 },
  });
});

test("a small file that asks for all memory is refused, and costs only the process that tried it", {
  timeout: 90_000,
}, async () => {
  await expect(probeModel(settings(hungry()), systemClock)).rejects.toMatchObject({
    code: "detector.model_invalid",
    fields: { reason: "it fails on a grey picture", detail: expect.stringMatching(/bad_alloc/) },
  });
});

test("what is refused is refused with its reason", { timeout: 90_000 }, async () => {
  await expect(probeModel(settings(Uint8Array.of(1, 2, 3)), systemClock)).rejects.toMatchObject({
    code: "detector.model_invalid",
    fields: { reason: expect.stringMatching(/no ONNX file/) },
  });
});

test("one that takes too long is ended", { timeout: 90_000 }, async () => {
  const clock = virtualClock();
  const refused = expect(probeModel(sound, clock)).rejects.toMatchObject({
    fields: { reason: expect.stringMatching(/memory or time/) },
  });
  clock.advance(60_000);
  await refused;
});
