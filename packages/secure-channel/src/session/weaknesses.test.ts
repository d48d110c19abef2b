/**
 * The three weaknesses of hand-made meter protocols (weak randomness, freshness by time stamp alone, CBC without
 * authentication), each tried against ours.
 */
import { createDecipheriv } from "node:crypto";
import { isAppError, type Random, seededRandom } from "@gatehouse/base";
import { describe, expect, it, vi } from "vitest";
import { generateKeyBundle } from "../key-bundle.ts";
import { toHex } from "../primitives/bytes.ts";
import { refusalReason } from "../refusal.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { answerTo, connect, flipped, SUITES, sealed } from "../testing/connect.ts";
import { createParties } from "../testing/parties.ts";
import { HEADER_BYTES } from "./frames.ts";
import { acceptHello, Handshake, parseHello } from "./handshake.ts";
import { PeerSessions } from "./peer-sessions.ts";
import type { Session } from "./session.ts";

vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, createDecipheriv: vi.fn(crypto.createDecipheriv) };
});

const CLOCK_MS = 1_700_000_000_000;

function refusalOf(session: Session | PeerSessions, frame: Uint8Array): string | undefined {
  try {
    session.open(frame, CLOCK_MS);
    return undefined;
  } catch (error) {
    expect(isAppError(error, "envelope.refused")).toBe(true);
    return refusalReason(error);
  }
}

/** A generator without entropy: the same bytes at every start. */
const stuck = (): Random => seededRandom(1234);

describe.each(SUITES)("weak randomness (%s)", (_, suite) => {
  const parties = createParties(suite);

  it("two handshakes at the same time with the same long-term keys share no session key", () => {
    const [one, other] = [connect(parties, CLOCK_MS), connect(parties, CLOCK_MS)];
    const payload = new Uint8Array(64);
    const body = (session: Session) => toHex(sealed(session, payload, CLOCK_MS).subarray(HEADER_BYTES));
    const bodies = [one.device, other.device, one.server, other.server].map(body);
    expect(new Set(bodies).size).toBe(4);
    expect(refusalOf(other.server, sealed(one.device, payload, CLOCK_MS))).toBe("unknown_key");
  });

  it("a device whose generator always starts alike still gets another key each time: the server adds its own", () => {
    const handshakes = [0, 1].map(() => {
      const own = new Handshake({ own: parties.device, peer: parties.server, random: stuck() });
      const { answer, session } = answerTo(own.hello, parties, CLOCK_MS);
      return { hello: own.hello, device: own.finish(answer, CLOCK_MS), server: session };
    });
    const [one, other] = handshakes;
    if (!one || !other) throw new Error("unreachable");
    expect(toHex(one.hello)).toBe(toHex(other.hello));
    expect(one.device.id).not.toBe(other.device.id);
    const frame = sealed(one.device, new Uint8Array(64), CLOCK_MS);
    const same = sealed(other.device, new Uint8Array(64), CLOCK_MS);
    expect(toHex(frame.subarray(HEADER_BYTES))).not.toBe(toHex(same.subarray(HEADER_BYTES)));
    // With the other session's id on it, it is still not of the other session.
    frame.set(same.subarray(8, 16), 8);
    expect(refusalOf(other.server, frame)).toBe("not_authentic");
  });

  it("and so does a server whose generator always starts alike", () => {
    const [one, other] = [0, 1].map(() => {
      const own = new Handshake({ own: parties.device, peer: parties.server, random: parties.random });
      const { answer } = answerTo(own.hello, parties, CLOCK_MS, stuck());
      return own.finish(answer, CLOCK_MS);
    });
    expect(one?.id).not.toBe(other?.id);
  });
});

describe.each(SUITES)("freshness by time alone (%s)", (_, suite) => {
  const parties = createParties(suite);

  it("a HELLO replayed at the very same time gains nothing: no DATA that was recorded opens, the live one stays", () => {
    const sessions = new PeerSessions();
    const { device, server, hello } = connect(parties, CLOCK_MS);
    sessions.offer(server, CLOCK_MS);
    const recorded = [sealed(device, undefined, CLOCK_MS), sealed(device, undefined, CLOCK_MS)];
    for (const frame of recorded) sessions.open(frame, CLOCK_MS);
    const again = answerTo(hello, parties, CLOCK_MS);
    sessions.offer(again.session, CLOCK_MS);
    for (const frame of recorded) {
      expect(refusalOf(sessions, frame)).toBe("replayed");
      const relabelled = Uint8Array.from(frame);
      relabelled.set(Buffer.from(again.session.id, "hex"), 8);
      expect(refusalOf(sessions, relabelled)).toBe("not_authentic");
    }
    expect(sessions.live).toBe(server);
    expect(refusalOf(sessions, sealed(device, undefined, CLOCK_MS))).toBeUndefined();
  });

  it("nothing recorded passes a server that restarted within the same millisecond", () => {
    const before = connect(parties, CLOCK_MS);
    const recorded = sealed(before.device, undefined, CLOCK_MS);
    const restarted = new PeerSessions();
    restarted.offer(answerTo(before.hello, parties, CLOCK_MS).session, CLOCK_MS);
    expect(refusalOf(restarted, recorded)).toBe("unknown_key");
  });

  it("a HELLO recorded before the server's key changed is refused", () => {
    const { hello } = connect(parties, CLOCK_MS);
    const next = generateKeyBundle(suite, parties.random);
    const accept = () =>
      acceptHello(parseHello(hello), {
        own: next,
        peer: parties.device,
        suites: { allowed: [suite], pinned: suite },
        random: parties.random,
        nowMs: CLOCK_MS,
      });
    expect(accept).toThrow(/envelope.refused/);
  });
});

describe("CBC without authentication (C1)", () => {
  const { device, server } = connect(createParties(SUITE_IDS.C1), CLOCK_MS);
  const BLOCK_BYTES = 16;

  it("a flipped bit in any block, or in the tag, is one refusal, and CBC is never touched", () => {
    const frame = sealed(device, new Uint8Array(4 * BLOCK_BYTES), CLOCK_MS);
    vi.mocked(createDecipheriv).mockClear();
    const reasons = new Set<string | undefined>();
    for (let at = HEADER_BYTES; at < frame.length; at++) reasons.add(refusalOf(server, flipped(frame, at)));
    expect([...reasons]).toEqual(["not_authentic"]);
    expect(createDecipheriv).not.toHaveBeenCalled();
    expect(refusalOf(server, frame)).toBeUndefined();
    expect(createDecipheriv).toHaveBeenCalledTimes(1);
  });

  it("a padding oracle gets the same answer for every last byte it tries, without one decryption", () => {
    const frame = sealed(device, new Uint8Array(2 * BLOCK_BYTES), CLOCK_MS);
    vi.mocked(createDecipheriv).mockClear();
    const lastOfBlockBefore = frame.length - 32 - BLOCK_BYTES - 1;
    const answers = Array.from({ length: 255 }, (_, guess) => {
      try {
        return server.open(flipped(frame, lastOfBlockBefore, guess + 1), CLOCK_MS);
      } catch (error) {
        return isAppError(error) && [error.code, error.message, error.fields, error.cause];
      }
    });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(createDecipheriv).not.toHaveBeenCalled();
  });

  it("a block moved, doubled or dropped is refused the same way", () => {
    const frame = sealed(device, new Uint8Array(4 * BLOCK_BYTES), CLOCK_MS);
    const block = (at: number) =>
      frame.subarray(HEADER_BYTES + at * BLOCK_BYTES, HEADER_BYTES + (at + 1) * BLOCK_BYTES);
    const tail = frame.subarray(frame.length - 32);
    const header = frame.subarray(0, HEADER_BYTES);
    const orders = [[1, 0, 2, 3, 4], [0, 0, 1, 2, 3, 4], [0, 1, 2, 3], [4]];
    for (const order of orders)
      expect(refusalOf(server, Buffer.concat([header, ...order.map(block), tail]))).toBe("not_authentic");
  });
});
