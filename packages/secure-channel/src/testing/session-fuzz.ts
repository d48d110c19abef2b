import { isAppError, type Random, seededRandom } from "@gatehouse/base";
import { sameBytes, toHex } from "../primitives/bytes.ts";
import { acceptHello, Handshake, parseHello } from "../session/handshake.ts";
import type { Session } from "../session/session.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { connect, sealed } from "./connect.ts";
import { below, mutate } from "./mutate.ts";
import { createParties, type Parties } from "./parties.ts";
import type { FuzzReport } from "./sealed-fuzz.ts";

/** As of single messages: both lists must be empty. */
type Report = Pick<FuzzReport, "tried" | "accepted" | "strange" | "slowestMs">;

interface Tally {
  tried: number;
  slowestMs: number;
  readonly accepted: string[];
  readonly strange: string[];
}

/** Offers an altered frame; nothing but the one error without a field may come of it. */
function attempt(tally: Tally, altered: Uint8Array, offer: (frame: Uint8Array) => unknown): void {
  const startedMs = performance.now();
  try {
    offer(altered);
    tally.accepted.push(toHex(altered));
  } catch (error) {
    if (!isAppError(error, "envelope.refused") || Object.keys(error.fields).length > 0)
      tally.strange.push(error instanceof Error ? String(error.stack) : String(error));
  }
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedMs);
  tally.tried++;
}

/** Altered DATA against a session, most of it so that the header still passes; then the true frame must open. */
function fuzzData(tally: Tally, [device, server]: readonly [Session, Session], random: Random): void {
  const frame = sealed(device, random.bytes(below(random, 80)));
  const other = sealed(device, random.bytes(below(random, 80)));
  for (let i = 0; i < 20; i++) {
    const altered = mutate(frame, other, random);
    if (!sameBytes(altered, frame) && !sameBytes(altered, other))
      attempt(tally, altered, (bytes) => server.open(bytes, 0));
  }
  server.open(frame, 0);
}

/** Altered HELLO and ANSWER. A device's own state is used up by a wrong ANSWER, so each gets a fresh one. */
function fuzzHandshake(tally: Tally, parties: Parties): void {
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
    if (!sameBytes(altered, handshake.hello) && !sameBytes(altered, other)) attempt(tally, altered, accept);
  }
  const altered = mutate(answer, handshake.hello, random);
  if (!sameBytes(altered, answer)) attempt(tally, altered, (bytes) => handshake.finish(bytes, 0));
}

/** One try in so many is of a handshake, which costs as much as a hundred messages. */
const HANDSHAKE_SHARE = 20;

/** Alters frames of sessions of both suites at least `tries` times, the same way for the same seed. */
export function fuzzSessions(tries: number, seed: number): Report {
  const tally: Tally = { tried: 0, slowestMs: 0, accepted: [], strange: [] };
  const random = seededRandom(seed);
  const suites = [SUITE_IDS.M1, SUITE_IDS.C1] as const;
  for (const [at, suite] of suites.entries()) {
    const parties = createParties(suite, seed);
    const until = Math.ceil((tries * (at + 1)) / suites.length);
    const handshakesUntil = tally.tried + tries / suites.length / HANDSHAKE_SHARE;
    while (tally.tried < handshakesUntil) fuzzHandshake(tally, parties);
    const { device, server } = connect(parties);
    while (tally.tried < until) fuzzData(tally, [device, server], random);
  }
  return tally;
}
