// `npm run soak [-- TRIES]`: what takes too long for `npm test`. Hostile input by the million: none accepted, no error
// but the one, no growth of memory.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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

const FUZZES: Readonly<Record<string, Fuzz>> = { "single messages": fuzzSealed, sessions: fuzzSessions };

const ROUNDS = 20;
const MAX_GROWTH_BYTES = 8 * 2 ** 20;
const tries = Number(process.argv[2] ?? 1_000_000);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Runs one fuzz in rounds; the heap of the first round is what the later ones are compared with. */
function soak(name: string, fuzz: Fuzz): boolean {
  let tried = 0;
  let wrong = 0;
  let slowestMs = 0;
  let firstHeapBytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const report = fuzz(Math.ceil(tries / ROUNDS), round);
    tried += report.tried;
    wrong += report.accepted.length + report.strange.length;
    slowestMs = Math.max(slowestMs, report.slowestMs ?? 0);
    for (const text of [...report.accepted, ...report.strange].slice(0, 5)) console.error(`${name}: ${text}`);
    if (round === 1) firstHeapBytes = heapBytes();
    console.log(
      `${name}: ${tried.toLocaleString("en")} tried, ${wrong} wrong, slowest ${slowestMs.toFixed(1)} ms`,
    );
  }
  const growthBytes = heapBytes() - firstHeapBytes;
  console.log(`${name}: heap grew by ${(growthBytes / 1024).toFixed(0)} KiB since the first round`);
  return wrong === 0 && growthBytes < MAX_GROWTH_BYTES;
}

let ok = true;
for (const [name, fuzz] of Object.entries(FUZZES)) ok = soak(name, fuzz) && ok;
console.log(ok ? "soak: ok" : "soak: failed");
process.exitCode = ok ? 0 : 1;
