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
import { median } from "./report.ts";

const SIZES = { "256b": 256, "4k": 4_096, "1m": 1_048_576 } as const;
/** Bytes sealed before they are opened: enough messages to time, little enough to stay in the cache's reach. */
const BATCH_BYTES = 8 * 1_048_576;
const MAX_BATCH_MESSAGES = 4_000;
const ROUNDS = 7;
const HANDSHAKES = 100;

/** Process CPU, so that what else the machine does is not counted; GC threads are. */
function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function connect(suite: SuiteId, random: Random): () => readonly [Session, Session] {
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

/** Messages sealed and opened per second of one core. */
function measureData([sender, receiver]: readonly [Session, Session], bytes: number) {
  const message = { contentType: CONTENT_TYPES.json, payload: systemRandom.bytes(Math.min(bytes, 65_536)) };
  if (bytes > 65_536) message.payload = new Uint8Array(bytes).fill(0x5a);
  const count = Math.min(MAX_BATCH_MESSAGES, Math.ceil(BATCH_BYTES / bytes));
  const rates = Array.from({ length: ROUNDS + 1 }, () => {
    const frames: Uint8Array[] = [];
    const seal = cpuSeconds(() => {
      for (let i = 0; i < count; i++) frames.push(sender.seal(message, 0) as Uint8Array);
    });
    const open = cpuSeconds(() => {
      for (const frame of frames) receiver.open(frame, 0);
    });
    return { seal: count / seal, open: count / open };
  }).slice(1);
  return { seal: median(rates.map(({ seal }) => seal)), open: median(rates.map(({ open }) => open)) };
}

/** Figures of sessions: whole handshakes (both sides) and DATA, per second of one core. */
export function measureSessions(): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const [name, suite] of [
    ["m1", SUITE_IDS.M1],
    ["c1", SUITE_IDS.C1],
  ] as const) {
    const handshake = connect(suite, systemRandom);
    const seconds = cpuSeconds(() => {
      for (let i = 0; i < HANDSHAKES; i++) handshake();
    });
    figures[`${name} handshakes/s`] = HANDSHAKES / seconds;
    for (const [size, bytes] of Object.entries(SIZES)) {
      const { seal, open } = measureData(handshake(), bytes);
      figures[`${name} data seal ${size}/s`] = seal;
      figures[`${name} data open ${size}/s`] = open;
    }
  }
  return figures;
}

/** design: 256-byte messages on one core. */
export const SESSION_TARGETS: Readonly<Record<string, string>> = {
  "m1 data seal 256b/s": ">= 90000",
  "m1 data open 256b/s": ">= 90000",
  "c1 data seal 256b/s": ">= 50000",
  "c1 data open 256b/s": ">= 50000",
};
