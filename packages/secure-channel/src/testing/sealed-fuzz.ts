import { type Random, seededRandom } from "@gatehouse/base";
import {
  type KeyBundle,
  open,
  parseEnvelope,
  type RefusalReason,
  refusalReason,
  SUITE_IDS,
  seal,
} from "../index.ts";
import { below } from "./mutate.ts";
import { createParties } from "./parties.ts";

/** What a receiver has and what was really sent to it. */
interface Receiver {
  readonly own: ReadonlyMap<string, KeyBundle>;
  readonly senders: ReadonlyMap<string, KeyBundle>;
  readonly sent: readonly Uint8Array[];
}

export interface FuzzReport {
  readonly tried: number;
  /** Hex of each altered envelope that was taken as genuine: must be empty. */
  readonly accepted: readonly string[];
  /** Any error but the channel's one: must be empty. */
  readonly strange: readonly string[];
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly slowestMs: number;
}

function createReceiver(random: Random): Receiver {
  const own = new Map<string, KeyBundle>();
  const senders = new Map<string, KeyBundle>();
  const sent: Uint8Array[] = [];
  for (const suite of [SUITE_IDS.C1, SUITE_IDS.M1]) {
    for (const seed of [1, 2]) {
      const { device, server, request } = createParties(suite, seed);
      own.set(server.keyId, server);
      senders.set(device.keyId, device);
      for (const length of [0, 15, 16, 48, 200])
        sent.push(seal(request({ sequence: BigInt(length + 1), payload: random.bytes(length) }), random));
    }
  }
  return { own, senders, sent };
}

type Mutation = (bytes: Uint8Array, random: Random, receiver: Receiver) => Uint8Array;

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const altered = Uint8Array.from(bytes);
  altered[at] = change(altered[at] as number);
  return altered;
}

const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff];

/** Ways to spoil an envelope; those that keep its keys known are the ones that reach the cryptography. */
const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => withByte(bytes, below(random, bytes.length), (byte) => byte ^ (1 << below(random, 8))),
  (bytes, random) => withByte(bytes, 48 + below(random, bytes.length - 48), () => below(random, 256)),
  (bytes, random) =>
    withByte(bytes, bytes.length - 1 - below(random, 48), (byte) => byte ^ (1 + below(random, 255))),
  // Header fields that no key lookup reads: flags, content type, sequence, time, boot id.
  (bytes, random) =>
    withByte(
      bytes,
      [5, 7, 24 + below(random, 20)][below(random, 3)] ?? 5,
      () => EDGES[below(random, 6)] ?? 0,
    ),
  // Cut or lengthened, with and without a body length that agrees.
  (bytes, random) => bytes.slice(0, below(random, bytes.length)),
  (bytes, random) => setLength(bytes.slice(0, 48 + below(random, bytes.length - 48))),
  (bytes, random) => setLength(join(bytes, random.bytes(1 + below(random, 40)))),
  // Blocks of one message moved, doubled or swapped: what CBC without a MAC would let through.
  (bytes, random) => moveBlock(bytes, random),
  // A header of one genuine message with the body of another.
  (bytes, random, { sent }) => setLength(join(bytes.slice(0, 48), pick(sent, random).slice(48))),
  // Keys of other genuine messages in this one's header.
  (bytes, random, { sent }) => {
    const altered = Uint8Array.from(bytes);
    const at = 8 + 8 * below(random, 2);
    altered.set(pick(sent, random).subarray(at, at + 8), at);
    return altered;
  },
  (bytes, random) => withByte(bytes, 3, () => 1 + below(random, 4)),
  (_, random) => random.bytes(below(random, 400)),
];

const pick = (all: readonly Uint8Array[], random: Random): Uint8Array =>
  all[below(random, all.length)] as Uint8Array;

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function setLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= 48) new DataView(bytes.buffer, bytes.byteOffset).setUint32(44, bytes.length - 48);
  return bytes;
}

function moveBlock(bytes: Uint8Array, random: Random): Uint8Array {
  const altered = Uint8Array.from(bytes);
  const blocks = Math.floor((bytes.length - 48) / 16);
  const from = 48 + 16 * below(random, blocks);
  altered.copyWithin(48 + 16 * below(random, blocks), from, from + 16);
  return altered;
}

/** Alters genuine envelopes of both suites `tries` times, the same way for the same seed, and offers each to a receiver. */
export function fuzzSealed(tries: number, seed: number): FuzzReport {
  const random = seededRandom(seed);
  const receiver = createReceiver(random);
  const genuine = new Set(receiver.sent.map((bytes) => Buffer.from(bytes).toString("latin1")));
  const report = { accepted: [] as string[], strange: [] as string[], refused: {} as Record<string, number> };
  let tried = 0;
  let slowestMs = 0;
  while (tried < tries) {
    const mutate = MUTATIONS[below(random, MUTATIONS.length)] as Mutation;
    let bytes = mutate(pick(receiver.sent, random), random, receiver);
    // Some are altered twice.
    if (bytes.length > 96 && random.ratio() < 0.2) bytes = mutate(bytes, random, receiver);
    if (genuine.has(Buffer.from(bytes).toString("latin1"))) continue;
    tried++;
    const startedMs = performance.now();
    const reason = offer(receiver, bytes);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (reason === "accepted") report.accepted.push(Buffer.from(bytes).toString("hex"));
    else if (reason instanceof Error) report.strange.push(String(reason.stack));
    else report.refused[reason] = (report.refused[reason] ?? 0) + 1;
  }
  return { tried, slowestMs, ...report };
}

/** A receiver's way with a message, without the database: shape, known keys, cryptography. */
function offer(receiver: Receiver, bytes: Uint8Array): RefusalReason | "accepted" | Error {
  try {
    const envelope = parseEnvelope(bytes);
    const own = receiver.own.get(envelope.header.recipientKeyId);
    const sender = receiver.senders.get(envelope.header.senderKeyId);
    if (own === undefined || sender === undefined) return "unknown_key";
    open(envelope, own, sender);
    return "accepted";
  } catch (error) {
    return refusalReason(error) ?? (error instanceof Error ? error : new Error(String(error)));
  }
}
