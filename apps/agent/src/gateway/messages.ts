import { type Static, Type } from "typebox";

const Id = Type.String({ minLength: 1, maxLength: 64 });
const KeyId = Type.String({ pattern: "^[0-9a-f]{16}$" });
const Key = Type.String({ maxLength: 128 });

/** Devices behind one gateway (docs/gateways.md). */
export const MAX_DEVICES = 2_000;
const MAX_IDS = 500;
const MAX_PARTS = 64;

/** A device that the server assigned to this gateway, as the server says it. */
export const AssignedJson = Type.Object({
  deviceId: Id,
  name: Type.String({ maxLength: 120 }),
  typeId: Type.String({ maxLength: 60 }),
  keyIds: Type.Array(KeyId, { maxItems: 8 }),
  /** Public keys, base64url: without them its messages are passed on and no session with it is ended here. */
  keys: Type.Optional(
    Type.Array(Type.Object({ keyId: KeyId, suite: Type.Integer(), agreementKey: Key, signingKey: Key }), {
      maxItems: 8,
    }),
  ),
});
export type AssignedJson = Static<typeof AssignedJson>;

/** Down: everything that is assigned, in parts numbered from 1. */
export const AssignedMessage = Type.Object({
  kind: Type.Literal("assigned"),
  version: Type.Integer({ minimum: 0 }),
  part: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_PARTS })),
  parts: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PARTS })),
  devices: Type.Array(AssignedJson, { maxItems: MAX_DEVICES }),
});
export type AssignedMessage = Static<typeof AssignedMessage>;

/** Down: these meters are to be read; several messages may make one request. */
export const ReadMessage = Type.Object({
  kind: Type.Literal("read"),
  requestId: Id,
  /** Unix ms of the server's clock. */
  deadlineMs: Type.Integer({ minimum: 0 }),
  devices: Type.Array(Id, { maxItems: MAX_IDS }),
});
export type ReadMessage = Static<typeof ReadMessage>;

export const CancelMessage = Type.Object({ kind: Type.Literal("cancel"), requestId: Id });

/** Down: the trust root's signatures under our keys at the site. */
export const SiteKeysMessage = Type.Object({
  kind: Type.Literal("site-keys"),
  gatewayId: Id,
  issuedMs: Type.Integer({ minimum: 0 }),
  keys: Type.Array(Type.Object({ keyId: KeyId, signature: Key }), { maxItems: 8 }),
});
export type SiteKeysMessage = Static<typeof SiteKeysMessage>;

/** Why there is no reading: it was asked and did not answer, it was never here, or it could not be asked. */
export type Verdict = "silent" | "unreachable" | "failed";

export interface VerdictItem {
  readonly deviceId: string;
  readonly verdict: Verdict;
  readonly detail?: string;
}

/** Verdicts in one message up. */
export const MAX_VERDICTS = MAX_IDS;
