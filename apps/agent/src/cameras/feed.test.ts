import { AppError, silentLogger, systemRandom } from "@gatehouse/base";
import { type CaptureDeps, type CapturedPicture, PictureQueue } from "@gatehouse/capture";
import { virtualClock } from "@gatehouse/testkit";
import { afterEach, expect, test } from "vitest";
import { Feed } from "./feed.ts";

const clock = virtualClock();
const settle = () => new Promise((resolve) => setImmediate(resolve));
const picture: CapturedPicture = { kind: "jpeg", bytes: Uint8Array.of(1) };

/** A source that the test plays, each time it is opened. */
interface Opened {
  readonly as: string;
  readonly queue: PictureQueue;
  isEnded(): boolean;
}
let feed: Feed;
function open() {
  const opened: Opened[] = [];
  const given: CapturedPicture[] = [];
  feed = new Feed({
    clock,
    random: systemRandom,
    log: silentLogger,
    source: { kind: "folder", path: "/nowhere", framesPerSecond: 1 },
    ffmpeg: async () => "ffmpeg",
    onPicture: (one) => given.push(one),
    open(_source, { as, signal }: CaptureDeps) {
      const queue = new PictureQueue();
      signal.addEventListener("abort", () => queue.end());
      opened.push({ as, queue, isEnded: () => signal.aborted });
      return queue;
    },
  });
  const newest = (): Opened => opened.at(-1) as Opened;
  /** Time goes by in small steps, so that what is due happens when it is. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await settle();
    }
  };
  return { opened, given, newest, pass };
}
afterEach(() => feed.stop());

test("a source is opened when it is wanted, anew when it is wanted otherwise, and not when nobody wants it", async () => {
  const { opened, given, newest } = open();
  expect(opened).toEqual([]);
  feed.want("copy");
  newest().queue.push(picture);
  await settle();
  feed.want("copy");
  expect([opened.length, given.length]).toEqual([1, 1]);
  feed.want("jpeg");
  await settle();
  expect(opened.map(({ as, isEnded }) => [as, isEnded()])).toEqual([
    ["copy", true],
    ["jpeg", false],
  ]);
  feed.want(undefined);
  newest().queue.push(picture);
  await settle();
  expect([opened.length, opened.every(({ isEnded }) => isEnded()), given.length, feed.problem]).toEqual([
    2,
    true,
    1,
    undefined,
  ]);
});

test("one that fails is opened again after pauses that grow, and its problem is told until pictures come", async () => {
  const { opened, newest, pass } = open();
  feed.want("copy");
  const times: number[] = [];
  for (let failure = 0; failure < 8; failure++) {
    times.push(clock.monotonicMs());
    newest().queue.end(new AppError("camera.source_refused", { reason: "credentials" }));
    await settle();
    expect(feed.problem).toEqual({ code: "camera.source_refused", reason: "credentials" });
    const before = opened.length;
    for (let waited = 0; opened.length === before && waited < 200; waited++) await pass(500);
  }
  const pauses = times.slice(1).map((time, at) => time - (times[at] as number));
  expect(pauses[0]).toBeLessThan(2_000);
  expect(pauses.at(-1)).toBeGreaterThan(10_000);
  expect(Math.max(...pauses)).toBeLessThan(62_000);
  newest().queue.push(picture);
  await settle();
  expect(feed.problem).toBeUndefined();
});

test("one that says nothing any more is given up and opened anew", async () => {
  const { opened, newest, pass } = open();
  feed.want("copy");
  for (let second = 0; second < 60; second++) {
    newest().queue.push(picture);
    await pass(1_000);
  }
  expect(opened.length).toBe(1);
  await pass(60_000);
  expect(opened.length).toBeGreaterThan(1);
  expect(opened[0]?.isEnded()).toBe(true);
  expect(feed.problem).toEqual({ code: "camera.source_unreachable", reason: "silent" });
});

test("nothing is opened any more after a stop, also in the middle of a pause", async () => {
  const { opened, newest, pass } = open();
  feed.want("copy");
  newest().queue.end();
  await settle();
  await feed.stop();
  feed.want("copy");
  await pass(120_000);
  expect(opened.length).toBe(1);
});
