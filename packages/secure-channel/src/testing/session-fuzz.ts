import { isAppError, type Random, seededRandom } from "@gatehouse/base";
import { HEADER_BYTES } from "../session/frames.ts";
import { acceptHello, Handshake, parseHello } from "../session/handshake.ts";
import type { Session } from "../session/session.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { connect, sealed } from "./connect.ts";
import { createParties, type Parties } from "./parties.ts";

/** What became of altered frames. */
export interface FuzzTally {
  tried: number;
  /** Opened, although altered. */
  accepted: number;
  /** Anything thrown but the one code. */
  foreign: number;
  slowestMs: number;
}

const below = (random: Random, limit: number): number => Math.floor(random.ratio() * limit);

/** Alters a frame in one of the ways that break parsers: bits, bytes, lengths, repeats, swaps, splices. */
export function mutate(frame: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = below(random, frame.length);
  const copy = Uint8Array.from(frame);
  switch (below(random, 8)) {
    case 0:
      return frame.slice(0, at);
    case 1:
      return Uint8Array.from([...frame, ...random.bytes(1 + below(random, 64))]);
    case 2:
      return Uint8Array.from([...frame.subarray(0, at), ...frame.subarray(at + 1)]);
    case 3:
      return Uint8Array.from([...frame.subarray(0, at), ...other.subarray(at)]);
    case 4:
      copy.fill(random.ratio() < 0.5 ? 0 : 0xff, at, at + 1 + below(random, 16));
      return copy;
    case 5:
      copy[below(random, Math.min(HEADER_BYTES, copy.length))] = below(random, 256);
      return copy;
    default:
      for (let flips = 1 + below(random, 3); flips > 0; flips--) {
        const byte = below(random, copy.length);
        copy[byte] = (copy[byte] as number) ^ (1 << below(random, 8));
      }
      return copy;
  }
}

function attempt(tally: FuzzTally, run: () => unknown): void {
  const startedMs = performance.now();
  try {
    run();
    tally.accepted++;
  } catch (error) {
    if (!isAppError(error, "envelope.refused") || Object.keys(error.fields).length > 0) tally.foreign++;
  }
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedMs);
  tally.tried++;
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Altered DATA against a session, most of it so that the header still passes; then the true frame must open. */
function fuzzData(tally: FuzzTally, [device, server]: readonly [Session, Session], random: Random): void {
  const frame = sealed(device, random.bytes(below(random, 80)));
  const other = sealed(device, random.bytes(below(random, 80)));
  for (let i = 0; i < 20; i++) {
    const altered = mutate(frame, other, random);
    if (!isSame(altered, frame) && !isSame(altered, other)) attempt(tally, () => server.open(altered, 0));
  }
  server.open(frame, 0);
}

/** Altered HELLO and ANSWER. A device's own state is used up by a wrong ANSWER, so each gets a fresh one. */
function fuzzHandshake(tally: FuzzTally, parties: Parties): void {
  const { device, server, random } = parties;
  const begin = () => new Handshake({ own: device, peer: server, random });
  const suites = { allowed: [SUITE_IDS.C1, SUITE_IDS.M1], pinned: undefined };
  const accept = (frame: Uint8Array) =>
    acceptHello(parseHello(frame), { own: server, peer: device, suites, random, nowMs: 0 });
  const handshake = begin();
  const other = begin().hello;
  const { answer } = accept(handshake.hello);
  for (let i = 0; i < 8; i++) {
    const altered = mutate(handshake.hello, other, random);
    if (!isSame(altered, handshake.hello) && !isSame(altered, other)) attempt(tally, () => accept(altered));
  }
  const altered = mutate(answer, handshake.hello, random);
  if (!isSame(altered, answer)) attempt(tally, () => handshake.finish(altered, 0));
}

/** Tries at least `count` altered frames: one in `handshakeShare` is of a handshake, which costs a hundred times as much. */
export function fuzzSessions(count: number, seed: number, handshakeShare = 20): FuzzTally {
  const tally: FuzzTally = { tried: 0, accepted: 0, foreign: 0, slowestMs: 0 };
  const random = seededRandom(seed);
  const both = [createParties(SUITE_IDS.M1, seed), createParties(SUITE_IDS.C1, seed)] as const;
  for (const [at, parties] of both.entries()) {
    const until = Math.ceil((count * (at + 1)) / both.length);
    const handshakes = tally.tried + Math.ceil(count / both.length / handshakeShare);
    while (tally.tried < handshakes) fuzzHandshake(tally, parties);
    const { device, server } = connect(parties);
    while (tally.tried < until) fuzzData(tally, [device, server], random);
  }
  return tally;
}
