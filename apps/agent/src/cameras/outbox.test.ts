import type { CapturedPicture } from "@gatehouse/capture";
import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";

/** A line whose far end reads when the test says so. */
function open() {
  const line: { readonly name: string; read(): void; lose(): void }[] = [];
  const state = { connected: true };
  const outbox = new Outbox({
    isConnected: () => state.connected,
    post: ({ bytes }) =>
      new Promise((resolve, reject) => {
        const name = Buffer.from(bytes).toString();
        line.push({ name, read: resolve, lose: () => reject(new Error("lost")) });
      }),
  });
  const offer = (kind: CapturedPicture["kind"], name: string): void =>
    outbox.offer({ kind, bytes: Buffer.from(name) });
  const names = (): string[] => line.map(({ name }) => name);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { outbox, offer, line, names, state, settle };
}

test("three pictures are on their way, and of those that come meanwhile the newest is next", async () => {
  const { outbox, offer, line, names, settle } = open();
  for (let n = 1; n <= 9; n++) offer("jpeg", String(n));
  expect(names()).toEqual(["1", "2", "3"]);
  line[0]?.read();
  await settle();
  expect(names()).toEqual(["1", "2", "3", "9"]);
  for (const one of line) one.read();
  await settle();
  expect(names()).toHaveLength(4);
  expect(outbox.counts).toEqual({ sent: 4, skipped: 5 });
});

test("an initialisation goes in front of the first piece that needs it, once in a session", async () => {
  const { outbox, offer, line, names, settle } = open();
  offer("h264-init", "init");
  expect(names()).toEqual([]);
  offer("h264-fragment", "a");
  for (const one of line) one.read();
  await settle();
  offer("h264-fragment", "b");
  expect(names()).toEqual(["init", "a", "b"]);
  outbox.renew();
  offer("h264-fragment", "c");
  expect(names()).toEqual(["init", "a", "b", "init", "c"]);
  offer("h264-init", "another");
  for (const one of line) one.read();
  await settle();
  offer("h264-fragment", "d");
  expect(names().slice(-2)).toEqual(["another", "d"]);
});

test("nothing waits for a line that is away, nor for another session", async () => {
  const { outbox, offer, line, names, state, settle } = open();
  state.connected = false;
  offer("jpeg", "1");
  state.connected = true;
  for (let n = 2; n <= 5; n++) offer("jpeg", String(n));
  outbox.renew();
  for (const one of line) one.lose();
  await settle();
  expect(names()).toEqual(["2", "3", "4"]);
  offer("jpeg", "6");
  expect(names()).toEqual(["2", "3", "4", "6"]);
});

test("a pace lets through so many a second, also of a source that is a little too early or late", () => {
  const through = (everyMs: (n: number) => number, perSecond: number): number => {
    const pace = new Pace();
    let nowMs = 1_000;
    let taken = 0;
    for (let n = 0; nowMs < 11_000; n++) {
      if (pace.takes(nowMs, perSecond)) taken++;
      nowMs += everyMs(n);
    }
    return taken;
  };
  expect(through(() => 20, 5)).toBeLessThanOrEqual(52);
  expect(through(() => 20, 5)).toBeGreaterThanOrEqual(49);
  expect(through((n) => (n % 2 === 0 ? 90 : 110), 10)).toBeGreaterThanOrEqual(99);
  expect(through(() => 1, 60)).toBeLessThanOrEqual(605);
});
