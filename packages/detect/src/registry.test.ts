import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isAppError, systemClock } from "@gatehouse/base";
import { expect, onTestFinished, test } from "vitest";
import type { Detector, Picture } from "./detector.ts";
import { type DetectorChoice, openDetector } from "./registry.ts";
import { stillYolo } from "./testing/still-model.ts";

const names = { names: "['person']" };
const picture = (atMs = 0, grey = 80, width = 128, height = 64): Picture => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3).fill(grey),
  atMs,
  jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
});

async function open(choice: DetectorChoice): Promise<Detector> {
  const detector = await openDetector(choice, systemClock);
  onTestFinished(() => detector.close());
  return detector;
}

const model = (bytes: Uint8Array): DetectorChoice => ({ kind: "onnx", file: { format: "onnx", bytes } });

test("a model finds things in the picture's own pixels, whatever the size it looks at", async () => {
  const detector = await open(model(stillYolo([32, 32, 16, 16], 0.9, names)));
  expect(detector.description).toMatchObject({
    kind: "onnx",
    family: "yolo",
    labels: ["person"],
    inputSize: { width: 64, height: 64 },
  });
  expect(await detector.detect(picture(), { minScore: 0.5 })).toEqual([
    { x1: 48, y1: 16, x2: 80, y2: 48, score: expect.closeTo(0.9, 5), label: "person" },
  ]);
  expect(await detector.detect(picture(), { minScore: 0.95 })).toEqual([]);
  expect(await detector.detect(picture(), { minScore: 0.5, labels: ["dog"] })).toEqual([]);
});

test("looks that overlap are each answered; too many at once are refused", async () => {
  const detector = await open(model(stillYolo([32, 32, 16, 16], 0.9, names)));
  const looks = Array.from({ length: 6 }, () => detector.detect(picture(), { minScore: 0.5 }));
  const answers = await Promise.allSettled(looks);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
  for (const answer of answers)
    if (answer.status === "rejected") expect(isAppError(answer.reason, "server.busy")).toBe(true);
  expect(await detector.detect(picture(), { minScore: 0.5 })).toHaveLength(1);
});

test("a picture whose bytes do not fit its size is the caller's mistake", async () => {
  const detector = await open(model(stillYolo([32, 32, 16, 16], 0.9, names)));
  const short = { ...picture(), rgb: new Uint8Array(5) };
  await expect(detector.detect(short, { minScore: 0.5 })).rejects.toThrow(RangeError);
});

test("a closed detector answers what waits, and answers no more", async () => {
  const detector = await open(model(stillYolo([32, 32, 16, 16], 0.9, names)));
  const look = expect(detector.detect(picture(), { minScore: 0.5 })).rejects.toThrow(/detector\.failed/);
  await detector.close();
  await look;
  await expect(detector.detect(picture(), { minScore: 0.5 })).rejects.toThrow(/detector\.failed/);
  await detector.close();
});

test.each([
  ["what is no model", Uint8Array.of(1, 2, 3), /no ONNX file/],
  [
    "a model with more names than classes",
    stillYolo([1, 1, 1, 1], 1, { names: "['a', 'b', 'c']" }),
    /of no detector/,
  ],
])("refuses %s", async (_what, bytes, reason) => {
  const opening = openDetector(model(bytes), systemClock);
  await expect(opening).rejects.toMatchObject({
    code: "detector.model_invalid",
    fields: { reason: expect.stringMatching(reason) },
  });
});

test("none finds nothing", async () => {
  const detector = await open({ kind: "none" });
  expect(await detector.detect(picture(), { minScore: 0 })).toEqual([]);
});

test("motion puts a box around what moves, and nothing around what is still", async () => {
  const detector = await open({ kind: "motion", sensitivity: 50 });
  const still = (atMs: number): Picture => picture(atMs, 80, 384, 288);
  const look = (one: Picture) => detector.detect(one, { minScore: 0.5 });
  for (let atMs = 0; atMs < 5_000; atMs += 200) expect(await look(still(atMs))).toEqual([]);
  let found = await look(still(5_000));
  for (let step = 1; step <= 5; step++) {
    const moved = still(5_000 + step * 200);
    for (let y = 96; y < 192; y++)
      moved.rgb.fill(220, (y * 384 + 150 + step * 8) * 3, (y * 384 + 214 + step * 8) * 3);
    found = await look(moved);
  }
  expect(found).toHaveLength(1);
  const [box] = found;
  expect(box).toMatchObject({ label: "motion", score: 1 });
  expect(box?.y1).toBeGreaterThanOrEqual(80);
  expect(box?.y2).toBeLessThanOrEqual(208);
  expect(box?.x1).toBeGreaterThan(120);
  expect(box?.x2).toBeLessThan(290);
});

test("a detector elsewhere is asked with the picture as it came, and only sound boxes are believed", async () => {
  const seen: string[] = [];
  const answers = [
    {
      success: true,
      predictions: [
        { label: "person", confidence: 0.6, x_min: -5, y_min: 2, x_max: 50, y_max: 900 },
        { label: "person", confidence: 0.9, x_min: 1, y_min: 2, x_max: 5, y_max: 6 },
        { label: "dog", confidence: 0.9, x_min: 1, y_min: 2, x_max: 5, y_max: 6 },
        { label: "person", confidence: 7, x_min: 1, y_min: 2, x_max: 5, y_max: 6 },
        { label: "person", confidence: 0.9, x_min: "1", y_min: 2, x_max: 5, y_max: 6 },
        { label: "person", confidence: 0.9, x_min: 9, y_min: 2, x_max: 5, y_max: 6 },
        null,
      ],
    },
    { success: false },
  ];
  const server = createServer((request, reply) => {
    request.setEncoding("latin1");
    let body = "";
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      seen.push(body);
      reply.end(JSON.stringify(answers[seen.length - 1] ?? "?"));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/vision/detection`;
  const detector = await open({
    kind: "remote",
    async post(form) {
      const reply = await fetch(url, { method: "POST", body: form });
      return { status: reply.status, text: await reply.text() };
    },
  });
  expect(await detector.detect(picture(), { minScore: 0.5, labels: ["person"] })).toEqual([
    { label: "person", score: 0.9, x1: 1, y1: 2, x2: 5, y2: 6 },
    { label: "person", score: 0.6, x1: 0, y1: 2, x2: 50, y2: 64 },
  ]);
  expect(seen[0]).toContain('name="image"; filename="picture.jpg"');
  expect(seen[0]).toContain("\xff\xd8\xff\xd9");
  expect(seen[0]).toContain('name="min_confidence"\r\n\r\n0.5');
  await expect(detector.detect(picture(), { minScore: 0.5 })).rejects.toThrow(/detector\.failed/);
  await expect(detector.detect(picture(), { minScore: 0.5 })).rejects.toThrow(/detector\.failed/);
});
