import { virtualClock } from "@gatehouse/testkit";
import { afterEach, expect, test } from "vitest";
import { QuestionThread } from "./question-thread.ts";

/** Doubles numbers; ends at 0, and never answers a negative one. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (asked) => {
      if (asked === 0) process.exit(1);
      if (asked > 0) parentPort.postMessage(asked * 2);
    });`)}`,
);
const clock = virtualClock();
const limits = { deadlineMs: 1_000, maxWaiting: 2, idleStopMs: 5_000, heapMiB: 32 };
const thread = new QuestionThread<number, number>(program, clock, limits);
afterEach(() => thread.stop());

const busy = expect.objectContaining({ code: "server.busy" });

test("answers each question in its turn, and refuses when too many wait", async () => {
  const both = Promise.all([thread.ask(1), thread.ask(2)]);
  await expect(thread.ask(3)).rejects.toEqual(busy);
  expect(await both).toEqual([2, 4]);
});

test("one that ended or took too long is refused, and the next starts another", async () => {
  await expect(thread.ask(0)).rejects.toEqual(busy);
  expect(thread.isRunning).toBe(false);
  expect(await thread.ask(4)).toBe(8);
  const slow = thread.ask(-1);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(limits.deadlineMs);
  await expect(slow).rejects.toEqual(busy);
  expect(await thread.ask(5)).toBe(10);
});

test("ends when nobody asks any more", async () => {
  await thread.ask(1);
  expect(thread.isRunning).toBe(true);
  clock.advance(limits.idleStopMs);
  expect(thread.isRunning).toBe(false);
});
