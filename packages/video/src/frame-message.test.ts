import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrameMessage, parseFrameMessage } from "./frame-message.ts";

test("a frame message says what was put in", () => {
  fc.assert(
    fc.property(
      fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }), { nil: undefined }),
      fc.integer({ min: 1, max: 3 }),
      fc.option(fc.integer({ min: 1, max: 2 ** 45 }), { nil: undefined }),
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      (cameraId, kind, takenMs, bytes) => {
        const sender = cameraId?.every((byte) => byte === 0) ? undefined : cameraId;
        const message = { cameraId: sender, kind, takenMs, bytes };
        expect(parseFrameMessage(encodeFrameMessage(message))).toEqual(message);
      },
    ),
  );
});

test("what is too short, of another kind or has something in its zeros is none", () => {
  const message = encodeFrameMessage({ cameraId: undefined, kind: 1, takenMs: 1, bytes: new Uint8Array(1) });
  expect(parseFrameMessage(message.subarray(0, -1))).toBeUndefined();
  const changed = (at: number, value: number) => parseFrameMessage(message.slice().fill(value, at, at + 1));
  expect([changed(16, 0), changed(16, 4), changed(17, 1), changed(19, 1), changed(20, 255)]).toEqual(
    Array(5).fill(undefined),
  );
});
