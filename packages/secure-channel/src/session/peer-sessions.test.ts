import { beforeEach, describe, expect, it } from "vitest";
import { refusalReason } from "../refusal.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { answerTo, type Connected, connect, flipped, sealed } from "../testing/connect.ts";
import { createParties } from "../testing/parties.ts";
import { MAX_OFFERS, OFFER_MS, PeerSessions } from "./peer-sessions.ts";

const parties = createParties(SUITE_IDS.M1);

function refusalOf(sessions: PeerSessions, frame: Uint8Array, nowMs = 0): string | undefined {
  try {
    sessions.open(frame, nowMs);
    return undefined;
  } catch (error) {
    return refusalReason(error) ?? String(error);
  }
}

describe("the sessions of one device", () => {
  let sessions: PeerSessions;
  let first: Connected;
  const offer = (nowMs = 0): Connected => {
    const connected = connect(parties, nowMs);
    sessions.offer(connected.server, nowMs);
    return connected;
  };
  const command = { contentType: 4, payload: Uint8Array.of(1) } as const;

  beforeEach(() => {
    sessions = new PeerSessions();
    first = offer();
  });

  it("have none that is live before the first valid DATA", () => {
    expect(sessions.live).toBeUndefined();
    expect(sessions.seal(command, 0)).toBeUndefined();
    expect(refusalOf(sessions, flipped(sealed(first.device), 30))).toBe("not_authentic");
    expect(sessions.live).toBeUndefined();
    sessions.open(sealed(first.device), 0);
    expect(sessions.live).toBe(first.server);
    expect(first.device.open(sessions.seal(command, 0) as Uint8Array, 0).contentType).toBe(4);
  });

  it("keep the live one when its HELLO, or an older one, is replayed", () => {
    sessions.open(sealed(first.device), 0);
    for (let i = 0; i < 20; i++) {
      sessions.offer(answerTo(first.hello, parties).session, 0);
      expect(sessions.live).toBe(first.server);
      expect(refusalOf(sessions, sealed(first.device))).toBeUndefined();
      expect(first.device.open(sessions.seal(command, 0) as Uint8Array, 0).contentType).toBe(4);
    }
  });

  it("change over with the new one's first DATA, and then the old one is over", () => {
    sessions.open(sealed(first.device), 0);
    const late = sealed(first.device);
    const second = offer(10);
    expect(refusalOf(sessions, sealed(first.device), 10)).toBeUndefined();
    sessions.open(sealed(second.device), 10);
    expect(sessions.live).toBe(second.server);
    expect(first.server.isOver(10)).toBe(true);
    expect(refusalOf(sessions, late, 10)).toBe("unknown_key");
  });

  it("let an offer wait for half a minute", () => {
    const waiting = offer(1_000);
    expect(refusalOf(sessions, sealed(first.device), OFFER_MS - 1)).toBeUndefined();
    expect(refusalOf(sessions, sealed(waiting.device), 1_000 + OFFER_MS)).toBe("unknown_key");
  });

  it("hold no more than four offers, the newest", () => {
    const offers = Array.from({ length: MAX_OFFERS }, () => offer());
    expect(refusalOf(sessions, sealed(first.device))).toBe("unknown_key");
    expect(refusalOf(sessions, sealed((offers[0] as Connected).device))).toBeUndefined();
  });

  it("are all over at the end", () => {
    sessions.open(sealed(first.device), 0);
    const second = offer();
    sessions.end();
    expect(sessions.seal(command, 0)).toBeUndefined();
    expect(refusalOf(sessions, sealed(first.device))).toBe("unknown_key");
    expect(refusalOf(sessions, sealed(second.device))).toBe("unknown_key");
  });
});
