// `npm run soak [-- TRIES]`: what takes too long for `npm test`. Hostile input by the million: none accepted, no error
// but the one, no growth of memory on or off the heap, no slow path.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fuzzLink } from "../apps/server/src/features/channel/testing/link-fuzz.ts";
import { fuzzSealed } from "../packages/secure-channel/src/testing/sealed-fuzz.ts";
import { fuzzSessions } from "../packages/secure-channel/src/testing/session-fuzz.ts";

interface SoakReport {
  readonly tried: number;
  readonly accepted: readonly string[];
  readonly strange: readonly string[];
  readonly slowestMs?: number;
}

/** Alters genuine messages `tries` times, differently for each seed. */
type Fuzz = (tries: number, seed: number) => SoakReport;

const FUZZES: Readonly<Record<string, Fuzz>> = {
  "single messages": fuzzSealed,
  sessions: fuzzSessions,
  "the server's link": fuzzLink,
};

const ROUNDS = 20;
const MAX_GROWTH_BYTES = 8 * 2 ** 20;
/** A frame costs two milliseconds at most; the rest is for a busy machine, which must not decide this. */
const MAX_FRAME_MS = 1_000;
const tries = Number(process.argv[2] ?? 1_000_000);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What is in use after a collection: objects, and buffers outside of the heap. */
function usedBytes(): { heap: number; buffers: number } {
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: Math.max(external, arrayBuffers) };
}

/** Runs one fuzz in rounds; the memory after the first round is what the later ones are compared with. */
function soak(name: string, fuzz: Fuzz): boolean {
  let tried = 0;
  let wrong = 0;
  let slowestMs = 0;
  let first = { heap: 0, buffers: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    const report = fuzz(Math.ceil(tries / ROUNDS), round);
    tried += report.tried;
    wrong += report.accepted.length + report.strange.length;
    slowestMs = Math.max(slowestMs, report.slowestMs ?? 0);
    for (const text of [...report.accepted, ...report.strange].slice(0, 5)) console.error(`${name}: ${text}`);
    if (round === 1) first = usedBytes();
    console.log(
      `${name}: ${tried.toLocaleString("en")} tried, ${wrong} wrong, slowest ${slowestMs.toFixed(1)} ms`,
    );
  }
  const last = usedBytes();
  const [heap, buffers] = [last.heap - first.heap, last.buffers - first.buffers];
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;
  console.log(`${name}: since the first round the heap grew by ${kib(heap)}, buffers by ${kib(buffers)}`);
  return wrong === 0 && heap + buffers < MAX_GROWTH_BYTES && slowestMs < MAX_FRAME_MS;
}

let ok = true;
for (const [name, fuzz] of Object.entries(FUZZES)) ok = soak(name, fuzz) && ok;
console.log(ok ? "soak: ok" : "soak: failed");
process.exitCode = ok ? 0 : 1;
