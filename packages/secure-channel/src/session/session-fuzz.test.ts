import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { answerTo, connect, flipped, SUITES, sealed } from "../testing/connect.ts";
import { createParties } from "../testing/parties.ts";
import { fuzzSessions } from "../testing/session-fuzz.ts";
import { PeerSessions } from "./peer-sessions.ts";

describe("altered frames", () => {
  it("20,000 of them, of handshakes and sessions: none is accepted, one code answers them all", () => {
    const { tried, accepted, strange } = fuzzSessions(20_000, 20_260_101);
    expect({ accepted, strange }).toEqual({ accepted: [], strange: [] });
    expect(tried).toBeGreaterThanOrEqual(20_000);
  }, 60_000);
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe.each(SUITES)("memory (%s)", (_, suite) => {
  it("does not grow with messages, refusals, replays and replayed handshakes", () => {
    const parties = createParties(suite);
    const sessions = new PeerSessions();
    const { device, server, hello } = connect(parties);
    sessions.offer(server, 0);
    const round = () => {
      for (let i = 0; i < 1_000; i++) {
        const frame = sealed(device);
        sessions.open(frame, 0);
        expect(() => sessions.open(frame, 0)).toThrow();
        expect(() => sessions.open(flipped(frame, 19, 1 + (i % 255)), 0)).toThrow();
        expect(() => sessions.open(flipped(frame, 7, 1 + (i % 8)), 0)).toThrow();
      }
      for (let i = 0; i < 5; i++) sessions.offer(answerTo(hello, parties).session, 0);
    };
    round();
    const before = usedBytes();
    for (let i = 0; i < 5; i++) round();
    expect(usedBytes() - before).toBeLessThan(512 * 1024);
  }, 60_000);
});
