import { virtualClock } from "@gatehouse/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WebSocketProgress } from "./websocket-progress.ts";

/** A frame of RFC 6455 §5.2 as clients send it. */
function frame(payloadBytes: number, { opcode = 2, fin = true, masked = true } = {}): Buffer {
  const header = Buffer.alloc(payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10);
  header[0] = (fin ? 0x80 : 0) | opcode;
  header[1] = masked ? 0x80 : 0;
  if (payloadBytes < 126) header[1] |= payloadBytes;
  else if (payloadBytes < 65_536) {
    header[1] |= 126;
    header.writeUInt16BE(payloadBytes, 2);
  } else {
    header[1] |= 127;
    header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  }
  return Buffer.concat([header, Buffer.alloc(masked ? 4 : 0), Buffer.alloc(payloadBytes, 0xff)]);
}

test("what is promised is known with the header, and over with the last byte", () => {
  const clock = virtualClock();
  const progress = new WebSocketProgress(clock);
  const whole = frame(70_000);
  clock.advance(5);
  progress.push(whole.subarray(0, 14));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([5, 70_000]);
  clock.advance(5);
  progress.push(whole.subarray(14, -1));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([5, 70_000]);
  progress.push(whole.subarray(-1));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([undefined, 0]);
});

test("half a header, and a message in pieces with a ping between them, are on the way", () => {
  const clock = virtualClock();
  const progress = new WebSocketProgress(clock);
  progress.push(frame(10).subarray(0, 1));
  expect(progress.sinceMs).toBe(0);
  progress.push(frame(10).subarray(1));
  expect(progress.sinceMs).toBeUndefined();
  progress.push(frame(100, { fin: false }));
  clock.advance(7);
  progress.push(frame(4, { opcode: 9 }));
  progress.push(frame(200, { opcode: 0, fin: false }));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([0, 300]);
  progress.push(frame(0, { opcode: 0 }));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([undefined, 0]);
});

test("a message that begins in the piece in which another ends counts from then", () => {
  const clock = virtualClock();
  const progress = new WebSocketProgress(clock);
  progress.push(frame(300).subarray(0, 50));
  clock.advance(9);
  progress.push(Buffer.concat([frame(300).subarray(50), frame(20).subarray(0, 8)]));
  expect([progress.sinceMs, progress.messageBytes]).toEqual([9, 20]);
});

test("however the bytes are cut, it ends where the messages end", () => {
  const one = fc.record({
    bytes: fc.oneof(fc.nat(130), fc.integer({ min: 65_530, max: 65_540 })),
    masked: fc.boolean(),
    opcode: fc.constantFrom(1, 2, 9),
  });
  fc.assert(
    fc.property(
      fc.array(one, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(70_000), { maxLength: 6 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ bytes: length, ...more }) => frame(length, more)));
        const progress = new WebSocketProgress(virtualClock());
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        let from = 0;
        for (const to of ends) {
          progress.push(bytes.subarray(from, to));
          from = to;
        }
        expect([progress.sinceMs, progress.messageBytes]).toEqual([undefined, 0]);
        progress.push(bytes.subarray(0, 1));
        expect(progress.sinceMs).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
