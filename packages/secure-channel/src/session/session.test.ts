import { isAppError } from "@gatehouse/base";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalReason } from "../refusal.ts";
import { MAX_BODY_BYTES } from "../sealed/header.ts";
import { type Connected, connect, flipped, SUITES, sealed } from "../testing/connect.ts";
import { createParties, type Parties } from "../testing/parties.ts";
import { EPOCH_MESSAGES, EPOCH_MS, LATE_MS, MAX_EPOCHS_AHEAD } from "./epochs.ts";
import { HEADER_BYTES } from "./frames.ts";
import { WINDOW_MESSAGES } from "./replay-window.ts";
import { HANDSHAKE_DUE_MS, NO_CONTENT, SESSION_MAX_MS, type Session } from "./session.ts";

/** Why the frame was refused; undefined when it was opened. Anything but the one error fails the test. */
function refusalOf(session: Session, frame: Uint8Array, nowMs = 0): string | undefined {
  try {
    session.open(frame, nowMs);
    return undefined;
  } catch (error) {
    expect(isAppError(error, "envelope.refused")).toBe(true);
    return refusalReason(error);
  }
}

describe.each(SUITES)("a session of %s", (name, suite) => {
  let parties: Parties;
  let pair: Connected;
  beforeAll(() => {
    parties = createParties(suite);
  });
  const fresh = (): Connected => {
    pair = connect(parties);
    return pair;
  };

  it("carries content, type and flags both ways", () => {
    const { device, server } = fresh();
    const payload = new TextEncoder().encode('{"temperature":21.5}');
    const up = device.seal({ contentType: 7, storedLate: true, forwarded: true, payload }, 5) as Uint8Array;
    expect(server.open(up, 9)).toMatchObject({
      contentType: 7,
      forwarded: true,
      command: false,
      storedLate: true,
      sequence: 0,
      epoch: 0,
    });
    const down = server.seal({ contentType: 4, command: true, payload }, 9) as Uint8Array;
    const opened = device.open(down, 12);
    expect(opened).toMatchObject({ contentType: 4, command: true, forwarded: false, storedLate: false });
    expect(Buffer.from(opened.payload)).toEqual(Buffer.from(payload));
  });

  it("adds 40 bytes in M1 and 57 to 72 in C1", () => {
    const { device } = fresh();
    for (let bytes = 0; bytes <= 33; bytes++) {
      const overhead = sealed(device, new Uint8Array(bytes)).length - bytes;
      if (name === "M1") expect(overhead).toBe(40);
      else {
        expect(overhead).toBeGreaterThanOrEqual(57);
        expect(overhead).toBeLessThanOrEqual(72);
      }
    }
  });

  it("carries nothing and the largest body, and no more", () => {
    const { device, server } = fresh();
    const empty = device.seal({ contentType: NO_CONTENT, payload: new Uint8Array(0) }, 0) as Uint8Array;
    expect(server.open(empty, 0)).toMatchObject({ contentType: NO_CONTENT });
    const largest = sealed(device, new Uint8Array(MAX_BODY_BYTES));
    expect(server.open(largest, 0).payload.length).toBe(MAX_BODY_BYTES);
    expect(() => sealed(device, new Uint8Array(MAX_BODY_BYTES + 1))).toThrow(/message.too_large/);
    const longer = new Uint8Array(largest.length + 64);
    longer.set(sealed(device));
    expect(refusalOf(server, longer)).toBe("malformed");
  });

  it("has the same id on both sides, another in every session", () => {
    const one = fresh();
    const other = fresh();
    expect(one.device.id).toBe(one.server.id);
    expect(one.device.id).toMatch(/^[0-9a-f]{16}$/);
    expect(other.device.id).not.toBe(one.device.id);
  });

  it("refuses a frame with any bit changed, and then still takes the true one", () => {
    const { device, server } = fresh();
    const frame = sealed(device);
    for (let at = 0; at < frame.length; at++) {
      for (const mask of [0x01, 0x80]) expect(refusalOf(server, flipped(frame, at, mask))).toBeDefined();
    }
    expect(refusalOf(server, frame)).toBeUndefined();
  });

  it("refuses a frame cut short or made longer", () => {
    const { device, server } = fresh();
    const frame = sealed(device);
    for (let length = 0; length < frame.length; length++)
      expect(refusalOf(server, frame.subarray(0, length))).toBeDefined();
    expect(refusalOf(server, Uint8Array.from([...frame, 0]))).toBe("not_authentic");
    expect(refusalOf(server, Uint8Array.from([...frame, ...new Uint8Array(16)]))).toBe("not_authentic");
  });

  it("refuses its own frames sent back", () => {
    const { device } = fresh();
    expect(refusalOf(device, sealed(device))).toBe("not_authentic");
  });

  it("tells apart only what the header shows: everything after it is not_authentic", () => {
    const { device, server } = fresh();
    const frame = sealed(device);
    expect(refusalOf(server, flipped(frame, 0))).toBe("malformed");
    expect(refusalOf(server, flipped(frame, 2, 0x03))).toBe("suite");
    expect(refusalOf(server, flipped(frame, 2, 0x04))).toBe("suite");
    expect(refusalOf(server, flipped(frame, 3, 0x30))).toBe("malformed");
    expect(refusalOf(server, flipped(frame, 4, 0x01))).toBe("malformed");
    expect(refusalOf(server, flipped(frame, 5, 0x40))).toBe("malformed");
    expect(refusalOf(server, flipped(frame, 8))).toBe("unknown_key");
    expect(refusalOf(server, flipped(frame, 16, 0x20))).toBe("malformed");
    expect(refusalOf(server, flipped(frame, 6))).toBe("unknown_key");
    for (const at of [4, 5, 7, 22]) expect(refusalOf(server, flipped(frame, at, 2))).toBe("not_authentic");
    for (let at = HEADER_BYTES; at < frame.length; at++)
      expect(refusalOf(server, flipped(frame, at))).toBe("not_authentic");
    expect(refusalOf(server, frame)).toBeUndefined();
    expect(refusalOf(server, frame)).toBe("replayed");
  });

  it("does not let a forged sequence move the window", () => {
    const { device, server } = fresh();
    const frame = sealed(device);
    expect(refusalOf(server, flipped(frame, 19, 0xff))).toBe("not_authentic");
    expect(refusalOf(server, frame)).toBeUndefined();
  });

  it("takes what comes late within 1,024 messages and refuses what comes later", () => {
    const { device, server } = fresh();
    const [first, second] = [sealed(device), sealed(device)];
    for (let i = 2; i < WINDOW_MESSAGES; i++) sealed(device);
    expect(refusalOf(server, sealed(device))).toBeUndefined();
    expect(refusalOf(server, second)).toBeUndefined();
    expect(refusalOf(server, first)).toBe("replayed");
  });

  it("opens nothing from before a restart, in either direction", () => {
    const before = fresh();
    const old = [sealed(before.device), sealed(before.device)];
    const commands = [sealed(before.server)];
    expect(refusalOf(before.server, old[0] as Uint8Array)).toBeUndefined();
    const after = fresh();
    for (const frame of old) expect(refusalOf(after.server, frame)).toBe("unknown_key");
    for (const frame of commands) expect(refusalOf(after.device, frame)).toBe("unknown_key");
    // Not even when the session id is written over.
    const relabelled = Uint8Array.from(old[1] as Uint8Array);
    relabelled.set(sealed(after.device).subarray(8, 16), 8);
    expect(refusalOf(after.server, relabelled)).toBe("not_authentic");
  });

  it("asks for a new handshake after a day and ends an hour later", () => {
    const { device, server } = fresh();
    expect(device.isHandshakeDue(HANDSHAKE_DUE_MS - 1)).toBe(false);
    expect(device.isHandshakeDue(HANDSHAKE_DUE_MS)).toBe(true);
    const frame = sealed(device, undefined, SESSION_MAX_MS - 1);
    expect(device.seal({ contentType: 2, payload: frame }, SESSION_MAX_MS)).toBeUndefined();
    expect(refusalOf(server, frame, SESSION_MAX_MS)).toBe("unknown_key");
    expect(refusalOf(server, frame, SESSION_MAX_MS - 1)).toBeUndefined();
  });

  it("forgets its keys when ended", () => {
    const { device, server } = fresh();
    const frame = sealed(device);
    server.end();
    expect(server.isOver(0)).toBe(true);
    expect(refusalOf(server, frame)).toBe("unknown_key");
    expect(server.seal({ contentType: 2, payload: frame }, 0)).toBeUndefined();
  });

  describe("epochs", () => {
    const epochOf = (frame: Uint8Array) => Buffer.from(frame).readUInt16BE(6);

    it("step after 4,096 messages", () => {
      const { device, server } = fresh();
      for (let i = 0; i < EPOCH_MESSAGES - 1; i++) sealed(device);
      const [last, next] = [sealed(device), sealed(device)];
      expect([epochOf(last), epochOf(next)]).toEqual([0, 1]);
      expect(server.open(next, 0)).toMatchObject({ epoch: 1, sequence: EPOCH_MESSAGES });
      expect(server.open(last, 0)).toMatchObject({ epoch: 0, sequence: EPOCH_MESSAGES - 1 });
    });

    it("step with the first message after 10 minutes, once however long it was silent", () => {
      const { device } = fresh();
      const at = (nowMs: number) => epochOf(sealed(device, undefined, nowMs));
      expect([at(EPOCH_MS - 1), at(EPOCH_MS), at(2 * EPOCH_MS - 1), at(9 * EPOCH_MS)]).toEqual([0, 1, 1, 2]);
    });

    it("step in each direction by itself", () => {
      const { device, server } = fresh();
      expect(server.open(sealed(device, undefined, EPOCH_MS), EPOCH_MS).epoch).toBe(1);
      expect(epochOf(sealed(server, undefined, EPOCH_MS - 1))).toBe(0);
    });

    it("read what was sent before the step for a minute, then no more", () => {
      const { device, server } = fresh();
      const [one, other] = [sealed(device), sealed(device)];
      server.open(sealed(device, undefined, EPOCH_MS), EPOCH_MS);
      expect(refusalOf(server, one, EPOCH_MS + LATE_MS)).toBeUndefined();
      expect(refusalOf(server, other, EPOCH_MS + LATE_MS + 1)).toBe("unknown_key");
      expect(refusalOf(server, other, EPOCH_MS + LATE_MS)).toBe("unknown_key");
    });

    it("follow a sender whose messages were lost for eight steps, and no further", () => {
      const { device, server } = fresh();
      const frames = Array.from({ length: MAX_EPOCHS_AHEAD + 2 }, (_, i) =>
        sealed(device, undefined, i * EPOCH_MS),
      );
      expect(refusalOf(server, frames[MAX_EPOCHS_AHEAD + 1] as Uint8Array)).toBe("unknown_key");
      expect(refusalOf(server, frames[MAX_EPOCHS_AHEAD] as Uint8Array)).toBeUndefined();
      expect(refusalOf(server, frames[MAX_EPOCHS_AHEAD - 1] as Uint8Array)).toBeUndefined();
      expect(refusalOf(server, frames[MAX_EPOCHS_AHEAD - 2] as Uint8Array)).toBe("unknown_key");
      expect(refusalOf(server, frames[MAX_EPOCHS_AHEAD + 1] as Uint8Array)).toBeUndefined();
    });

    it("are not stepped by a forged frame", () => {
      const { device, server } = fresh();
      const [one, other] = [sealed(device), sealed(device)];
      expect(refusalOf(server, flipped(one, 7, 8))).toBe("not_authentic");
      expect(refusalOf(server, flipped(one, 7, 1))).toBe("not_authentic");
      expect([refusalOf(server, one), refusalOf(server, other)]).toEqual([undefined, undefined]);
    });

    it("go on in order after a forged frame made the receiver look ahead", () => {
      const { device, server } = fresh();
      expect(refusalOf(server, flipped(sealed(device), 7, 8))).toBe("not_authentic");
      for (let i = 1; i <= 2 * MAX_EPOCHS_AHEAD; i++)
        expect(server.open(sealed(device, undefined, i * EPOCH_MS), i * EPOCH_MS).epoch).toBe(i);
    });

    it("give up the one before once the window has passed it, even within the minute", () => {
      const { device, server } = fresh();
      const [one, other] = [sealed(device), sealed(device)];
      server.open(sealed(device, undefined, EPOCH_MS), EPOCH_MS);
      for (let i = 1; i < WINDOW_MESSAGES; i++) sealed(device, undefined, EPOCH_MS);
      server.open(sealed(device, undefined, EPOCH_MS), EPOCH_MS);
      expect(refusalOf(server, other, EPOCH_MS)).toBe("unknown_key");
      expect(refusalOf(server, one, EPOCH_MS)).toBe("unknown_key");
    });
  });
});
