import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemRandom } from "@gatehouse/base";
import type { VisitChange } from "@gatehouse/detect";
import { CameraVisit, type CameraWord } from "@gatehouse/device-types/camera-words";
import { virtualClock } from "@gatehouse/testkit";
import { Check } from "typebox/value";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStateFolder, type StateFolder } from "../../state/state-folder.ts";
import { VisitBook } from "./visit-book.ts";

const START_MS = 1_795_000_000_000;
let scratch: string;
let state: StateFolder;
let isConnected = true;
let answer: string | undefined;
let said: CameraVisit[] = [];
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "agent visits "));
  state = await openStateFolder(join(scratch, "state"), systemRandom);
  [isConnected, answer, said] = [true, undefined, []];
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const open = (): Promise<VisitBook> =>
  VisitBook.open({
    ...{ clock: virtualClock(START_MS), random: systemRandom, log: silentLogger, state },
    isConnected: () => isConnected,
    async say(word: CameraWord) {
      if (!isConnected) throw new Error("cut");
      if (!Check(CameraVisit, word)) throw new TypeError(JSON.stringify(word));
      if (answer === undefined) said.push(word);
      return answer;
    },
  });

function change(kind: VisitChange["kind"], fromMs: number, seconds: number): VisitChange {
  const best = { label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.4, track: 1 };
  return {
    kind,
    visit: {
      ...{
        startMs: fromMs,
        lastMs: fromMs + seconds * 1_000,
        sureMs: fromMs + 400,
        labels: ["person"],
        zones: [],
      },
      ...{ mostAtOnce: 1, counted: 1, bestMs: fromMs, best, path: [[0.15, 0.6]], areaRatio: 0.04 },
    },
  };
}

it("tells of a visit when it begins and ends, also when nothing was to be told at first", async () => {
  const book = await open();
  book.connected();
  book.tell();
  await book.idle();
  book.note(change("began", START_MS, 1), "test", false);
  await book.idle();
  book.note(change("went_on", START_MS, 2), "test", false);
  await book.idle();
  expect(said).toHaveLength(1);
  book.note(change("went_on", START_MS, 7), "test", false);
  await book.idle();
  book.note(change("ended", START_MS, 8), "test", false);
  await book.idle();
  expect(said.map(({ id }) => id)).toEqual([0, 1, 2].map(() => said[0]?.id));
  expect(said.map(({ endMs }) => endMs)).toEqual([undefined, undefined, START_MS + 8_000]);
  expect(book.visits).toEqual([]);
});

it("keeps what the server has not heard over a crash, and tells it later with its own times, the oldest first", async () => {
  isConnected = false;
  const book = await open();
  for (const at of [0, 60_000]) {
    book.note(change("began", START_MS + at, 1), "test", true);
    book.note(change("ended", START_MS + at, 9), "test", true);
  }
  book.note(change("began", START_MS + 120_000, 1), "test", true);
  await book.idle();
  expect(book.counts).toMatchObject({ visitsWaiting: 2 });

  const again = await open();
  isConnected = true;
  again.connected();
  await again.idle();
  expect(said.map(({ startMs }) => startMs - START_MS)).toEqual([0, 60_000, 120_000]);
  expect(said.at(-1)).toMatchObject({ endMs: START_MS + 121_000, kept: true });
  expect(again.visits).toEqual([]);
  expect((await open()).visits).toEqual([]);
});

it("tries again what the server has no time for, and gives up what it will never take", async () => {
  const book = await open();
  answer = "server.busy";
  book.note(change("began", START_MS, 1), "test", false);
  book.note(change("ended", START_MS, 3), "test", false);
  await book.idle();
  expect(book.visits).toHaveLength(1);
  answer = undefined;
  book.tell();
  await book.idle();
  expect([said.length, book.visits.length]).toEqual([1, 0]);
  answer = "message.timestamp";
  book.note(change("ended", START_MS + 50_000, 3), "test", false);
  await book.idle();
  expect(book.counts).toMatchObject({ visitsRefused: 1, visitsWaiting: 0 });
});
