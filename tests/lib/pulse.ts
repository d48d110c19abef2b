import { pbkdf2 } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const EVERY_MS = 10;
/** A fraction of a millisecond of work beside the main thread. */
const ITERATIONS = 500;
/** What passes from one beat to the next counts for no more: where it is longer, the machine did something else. */
const MOST_MS = 30;

const work = promisify(pbkdf2);

/** The time that a machine had for us: a second in which it stood still is no second. */
export interface Pulse extends AsyncDisposable {
  /** Of what passed between two instants of `Date.now()`, ms. */
  msBetween(fromMs: number, toMs: number): number;
}

export function takePulse(): Pulse {
  const beats: number[] = [];
  let isOver = false;
  const beating = (async () => {
    while (!isOver) {
      await work("a beat", "salt", ITERATIONS, 32, "sha256");
      beats.push(Date.now());
      await sleep(EVERY_MS);
    }
  })();
  return {
    msBetween(fromMs, toMs) {
      const marks = [fromMs, ...beats.filter((atMs) => atMs > fromMs && atMs < toMs), toMs];
      return marks.slice(1).reduce((sum, atMs, n) => sum + Math.min(atMs - (marks[n] as number), MOST_MS), 0);
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await beating;
    },
  };
}
