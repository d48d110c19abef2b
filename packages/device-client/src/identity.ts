import { AppError } from "@gatehouse/base";
import { importKeyBundle, isSuiteId, type KeyBundle, type SuiteId } from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { encodeJson, fromBase64url, parseJson, toBase64url } from "./json.ts";
import { ServerKeysJson } from "./server-keys.ts";

const KeysJson = Type.Object({
  keyId: Type.String(),
  agreement: Type.String(),
  signing: Type.String(),
});

const IdentityJson = Type.Object({
  version: Type.Literal(1),
  url: Type.String(),
  deviceId: Type.String(),
  name: Type.String(),
  typeId: Type.String(),
  suite: Type.Integer(),
  keys: KeysJson,
  pendingKeys: Type.Optional(KeysJson),
  server: ServerKeysJson,
  root: Type.String(),
  ca: Type.Optional(Type.String()),
  apiKey: Type.Optional(Type.String()),
  topics: Type.Object({ up: Type.String(), down: Type.String() }),
  words: Type.Array(Type.String()),
  enrolledMs: Type.Integer(),
});
type IdentityJson = Static<typeof IdentityJson>;

/** Everything a device has from its enrolment, private keys included. */
export interface Identity extends Omit<IdentityJson, "version" | "suite" | "keys" | "pendingKeys"> {
  readonly suite: SuiteId;
  readonly keys: KeyBundle;
  /** New keys that were announced and are not confirmed yet. */
  readonly pendingKeys?: KeyBundle;
}

/** Where a device keeps what must survive it. Each write is whole or not at all, and durable when it resolves. */
export interface DeviceStore {
  loadIdentity(): Promise<Uint8Array | undefined>;
  saveIdentity(bytes: Uint8Array): Promise<void>;
  /** Small and written often; by name. */
  loadState(name: "counters"): Promise<Uint8Array | undefined>;
  saveState(name: "counters", bytes: Uint8Array): Promise<void>;
}

export function encodeIdentity({ keys, pendingKeys, ...rest }: Identity): Uint8Array {
  const json: IdentityJson = {
    version: 1,
    ...rest,
    keys: encodeKeys(keys),
    ...(pendingKeys === undefined ? {} : { pendingKeys: encodeKeys(pendingKeys) }),
  };
  return encodeJson(json);
}

/** Refuses `secret.unreadable` when the bytes are no whole identity. */
export function parseIdentity(bytes: Uint8Array): Identity {
  try {
    const { version: _, suite, keys, pendingKeys, ...rest } = parseJson(IdentityJson, bytes);
    if (!isSuiteId(suite)) throw new AppError("message.malformed");
    return {
      ...rest,
      suite,
      keys: parseKeys(suite, keys),
      ...(pendingKeys === undefined ? {} : { pendingKeys: parseKeys(suite, pendingKeys) }),
    };
  } catch (cause) {
    throw new AppError("secret.unreadable", {}, { cause });
  }
}

const encodeKeys = ({ keyId, agreementPair, signingPair }: KeyBundle): Static<typeof KeysJson> => ({
  keyId,
  agreement: toBase64url(agreementPair.privateKey.reveal()),
  signing: toBase64url(signingPair.privateKey.reveal()),
});

function parseKeys(suite: SuiteId, json: Static<typeof KeysJson>): KeyBundle {
  const bundle = importKeyBundle(suite, fromBase64url(json.agreement), fromBase64url(json.signing));
  if (bundle?.keyId !== json.keyId) throw new AppError("message.malformed");
  return bundle;
}
