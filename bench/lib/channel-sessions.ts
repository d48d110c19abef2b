import { type Random, systemRandom } from "@gatehouse/base";
import {
  acceptHello,
  CONTENT_TYPES,
  generateKeyBundle,
  Handshake,
  parseHello,
  type Session,
  SUITE_IDS,
  type SuiteId,
} from "@gatehouse/secure-channel";
import { SIZES } from "./channel-sealed.ts";
import { median } from "./report.ts";

const SUITES = { m1: SUITE_IDS.M1, c1: SUITE_IDS.C1 } as const;
/** Sealed before they are opened: enough messages for one reading of the clock, few enough bytes to stay real. */
const BATCH_BYTES = 8 * 1_048_576;
const MAX_BATCH_MESSAGES = 2_000;
const ROUNDS = 5;
const ROUND_SECONDS = 0.2;

/** CPU of the whole process (garbage collection too), so that what else the machine does is not counted. */
function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Makes whole handshakes of one device and one server that know each other. */
function shaker(suite: SuiteId, random: Random): () => readonly [Session, Session] {
  const device = generateKeyBundle(suite, random);
  const server = generateKeyBundle(suite, random);
  const suites = { allowed: [suite], pinned: suite };
  return () => {
    const handshake = new Handshake({ own: device, peer: server, random });
    const hello = parseHello(handshake.hello);
    const accepted = acceptHello(hello, { own: server, peer: device, suites, random, nowMs: 0 });
    return [handshake.finish(accepted.answer, 0), accepted.session];
  };
}

function measureHandshakes(shake: () => unknown): number {
  const rates = Array.from({ length: ROUNDS }, () => {
    let [count, seconds] = [0, 0];
    for (; seconds < ROUND_SECONDS; count += 10)
      seconds += cpuSeconds(() => {
        for (let i = 0; i < 10; i++) shake();
      });
    return count / seconds;
  });
  return median(rates);
}

/** Messages of one size sealed, and opened, per second. */
function measureData([sender, receiver]: readonly [Session, Session], bytes: number) {
  const message = { contentType: CONTENT_TYPES.json, payload: new Uint8Array(bytes).fill(0x5a) };
  const batch = Math.min(MAX_BATCH_MESSAGES, Math.ceil(BATCH_BYTES / bytes));
  const rounds = Array.from({ length: ROUNDS }, () => {
    let [count, seal, open] = [0, 0, 0];
    for (; seal < ROUND_SECONDS || open < ROUND_SECONDS; count += batch) {
      const frames: Uint8Array[] = [];
      seal += cpuSeconds(() => {
        for (let i = 0; i < batch; i++) frames.push(sender.seal(message, 0) as Uint8Array);
      });
      open += cpuSeconds(() => {
        for (const frame of frames) receiver.open(frame, 0);
      });
    }
    return { seal: count / seal, open: count / open };
  });
  return { seal: median(rounds.map(({ seal }) => seal)), open: median(rounds.map(({ open }) => open)) };
}

/** Whole handshakes (both sides) and DATA, per second of one core. */
export function measureSessions(): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const [name, suite] of Object.entries(SUITES)) {
    const shake = shaker(suite, systemRandom);
    figures[`${name} handshakes/s`] = measureHandshakes(shake);
    for (const [size, bytes] of Object.entries(SIZES)) {
      const { seal, open } = measureData(shake(), bytes);
      figures[`${name} data seal ${size}/s`] = seal;
      figures[`${name} data open ${size}/s`] = open;
    }
  }
  return figures;
}

/** Figures to reach with 256-byte messages on one core. */
export const SESSION_TARGETS: Readonly<Record<string, string>> = {
  "m1 data seal 256b/s": ">= 90000",
  "m1 data open 256b/s": ">= 90000",
  "c1 data seal 256b/s": ">= 50000",
  "c1 data open 256b/s": ">= 50000",
};
