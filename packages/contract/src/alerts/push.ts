import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, UnixMs, Uuid } from "../schemas.ts";
import { Failure } from "./failure.ts";
import { QuietHours } from "./quiet-hours.ts";
import { Severity } from "./rules.ts";

/** A browser in which a person is told by push (RFC 8030). */
export const PushDevice = object({
  id: Uuid,
  label: Type.String(),
  /** The session that asks is the one it belongs to: it ends with it. */
  current: Type.Boolean(),
  /** First 16 hex digits of the SHA-256 of its address, so that a browser knows itself in the list. */
  fingerprint: Type.String(),
  createdMs: UnixMs,
  lastOkMs: Type.Optional(UnixMs),
  /** Since the last success. */
  failures: Type.Integer(),
});
export type PushDevice = Static<typeof PushDevice>;

/** Which alerts reach a person by push, and when. */
export const PushChoices = object({ minSeverity: Severity, quietHours: Type.Optional(QuietHours) });
export type PushChoices = Static<typeof PushChoices>;

const self = { tag: "notifications", audience: "operator", permission: "self" } as const;
/** Key of 65 bytes and secret of 16, base64url (RFC 8291 §2). */
const base64url = (length: number) => Type.String({ pattern: `^[A-Za-z0-9_-]{${length}}$` });

export const getPush = endpoint({
  ...self,
  method: "GET",
  path: "/api/v1/push",
  summary: "In which browsers one is told by push, and of what",
  reply: object({
    /** VAPID (RFC 8292): P-256 point, base64url. */
    publicKey: Type.String(),
    devices: Type.Array(PushDevice),
    choices: PushChoices,
    /** Channels of the organisation that push, to oneself too: without one no rule does. */
    channels: Type.Integer(),
  }),
});
export const addPushDevice = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/push/devices",
  summary: "Be told in this browser, until its session ends",
  body: object({
    endpoint: Type.String({ minLength: 8, maxLength: 1_024, pattern: "^https?://[\\x21-\\x7e]+$" }),
    p256dh: base64url(87),
    auth: base64url(22),
    label: line(80),
  }),
  reply: PushDevice,
  status: 201,
  records: ["push_device.added"],
  errors: ["push.invalid", "url.forbidden", "limit.reached"],
  perMinute: 20,
});
export const removePushDevice = endpoint({
  ...self,
  method: "DELETE",
  path: "/api/v1/push/devices/:id",
  summary: "Do not be told there any more",
  params: IdParams,
  reply: Done,
  records: ["push_device.removed"],
  errors: ["push.not_found"],
});
export const testPushDevice = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/push/devices/:id/test",
  summary: "Send a test message there now and say what happened",
  params: IdParams,
  body: object({}),
  reply: object({ ok: Type.Boolean(), failure: Type.Optional(Failure) }),
  unrecorded: "a message to oneself",
  errors: ["push.not_found"],
  perMinute: 10,
});
export const choosePush = endpoint({
  ...self,
  method: "PUT",
  path: "/api/v1/push",
  summary: "Of what one is told by push, and when not",
  body: PushChoices,
  reply: PushChoices,
  unrecorded: "of what one is told is one's own affair",
  errors: ["push.invalid"],
});
