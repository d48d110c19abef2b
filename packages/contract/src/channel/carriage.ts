import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, UnixMs } from "../schemas.ts";

/** WebSocket of the secure channel: one binary message is one frame. */
export const CHANNEL_PATH = "/api/v1/channel";
/** Media type of one frame. */
export const FRAME_TYPE = "application/vnd.gatehouse.sx";

export const sendEnvelope = endpoint({
  method: "POST",
  path: "/api/v1/channel/messages",
  tag: "device side",
  audience: "public",
  unrecorded: "what devices say is kept as readings, logs and answers",
  summary: "One sealed message (application/vnd.gatehouse.sx); the message itself says who sent it",
  bodyLimitBytes: 131_072,
  body: Type.Unknown(),
  reply: object({
    seq: Type.Integer({ description: "The sequence of the message" }),
    result: Type.Union([Type.Literal("stored"), Type.Literal("duplicate")]),
    serverTimeMs: UnixMs,
  }),
  errors: [
    "envelope.refused",
    "message.malformed",
    "message.too_large",
    "message.too_deep",
    "message.schema",
    "message.not_finite",
    "message.out_of_range",
    "message.timestamp",
    "message.rate_limited",
  ],
});

const SEALED_VERSION = 1;

/** Key id that a sealed message names as its sender's, 16 hex digits; undefined for other frames. */
export function frameSender(frame: Uint8Array): string | undefined {
  if (frame.length < 24 || frame[2] !== SEALED_VERSION) return undefined;
  return Array.from(frame.subarray(8, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const FLAGS_AT = 4;
const FORWARDED = 0x02;

/** Whether the frame holds, or may hold, what another device than the connection's own said: sealed, or forwarded. */
export const isPassedOn = (frame: Uint8Array): boolean =>
  frame[2] === SEALED_VERSION || ((frame[FLAGS_AT] ?? 0) & FORWARDED) !== 0;

/** Sequence of a frame that was accepted: at byte 24 of a sealed message, at 16 of one in a session. */
export function frameSequence(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const at = frame[2] === SEALED_VERSION ? 24 : 16;
  return frame.length < at + 8 ? 0 : Number(view.getBigUint64(at));
}
