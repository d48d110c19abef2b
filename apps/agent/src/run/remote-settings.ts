import type { Logger } from "@gatehouse/base";
import { type Identity, ServerKeySchema, verifiedServerKey } from "@gatehouse/device-client";
import { verifyDeviceSettings } from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { parseSettings } from "../config/load.ts";
import { RemoteSettings } from "../config/schema.ts";
import { faultOf } from "../sensors/files.ts";
import type { StateFolder } from "../state/state-folder.ts";

/** Content type 10, down (docs/agent.md): settings under the server's own signature. */
const SettingsMessage = Type.Object({
  kind: Type.Literal("settings"),
  /** UTF-8 JSON, base64url: the bytes that are signed. */
  document: Type.String({ maxLength: 64 * 1024 }),
  keyId: Type.String({ pattern: "^[0-9a-f]{16}$" }),
  signature: Type.String({ maxLength: 128 }),
});

const SettingsDocument = Type.Object({
  deviceId: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  issuedMs: Type.Integer({ minimum: 0 }),
  settings: Type.Unknown(),
});
type SettingsDocument = Static<typeof SettingsDocument>;

/** As it lies in the state folder: with the key that signed it, whose own signature is the root's. */
const StoredSettings = Type.Object({ message: SettingsMessage, serverKey: ServerKeySchema });
type StoredSettings = Static<typeof StoredSettings>;

/** What became of a message. */
export interface Taken {
  /** Other settings are in force than before. False also for a message that came again. */
  readonly isNew: boolean;
  /** Why it is refused. */
  readonly refused?: string;
}

/** What the server is told of the settings. */
interface Standing {
  readonly version: number;
  /** What was refused last, since this start. */
  readonly refused?: { readonly version: number; readonly reason: string };
}

export interface RemoteSettingsParts {
  readonly state: StateFolder;
  readonly identity: Identity;
  /** What holds where the server says nothing. */
  readonly local: RemoteSettings;
  /** Whether the machine's owner lets the server set any. */
  readonly takes: boolean;
  readonly log: Logger;
}

const MAX_REASON_LENGTH = 200;

/** The settings in force: the machine's own, with those over them that the server last signed. Its version only rises. */
export class RemoteSettingsKeeper {
  readonly #parts: RemoteSettingsParts;
  #version = 0;
  #effective: RemoteSettings;
  /** What is in force, as it was signed. */
  #signed = "";
  #refused: Standing["refused"];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: RemoteSettingsParts) {
    this.#parts = parts;
    this.#effective = parts.local;
  }

  static async open(parts: RemoteSettingsParts): Promise<RemoteSettingsKeeper> {
    const keeper = new RemoteSettingsKeeper(parts);
    const bytes = await parts.state.read("remote.json");
    if (bytes === undefined) return keeper;
    const stored = parse(bytes);
    const document = Check(StoredSettings, stored) ? readSigned(stored, parts.identity) : "not readable";
    const reason =
      typeof document === "string" ? document : await keeper.#adopt(document, stored as StoredSettings);
    if (reason !== undefined) parts.log.error({ reason }, "settings.not_loaded");
    return keeper;
  }

  get version(): number {
    return this.#version;
  }

  get effective(): RemoteSettings {
    return this.#effective;
  }

  /** For the server. */
  get standing(): Standing {
    return { version: this.#version, ...(this.#refused === undefined ? {} : { refused: this.#refused }) };
  }

  /** Takes a message of content type 10, one after the other; durable before it is in force. */
  take(payload: Uint8Array, identity: Identity): Promise<Taken> {
    const mine = this.#turn.then(() => this.#take(parse(payload), identity));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #take(message: unknown, identity: Identity): Promise<Taken> {
    if (!Check(SettingsMessage, message)) return refusal("malformed");
    if (message.document === this.#signed) return { isNew: false };
    const { current, next } = identity.server;
    const serverKey = [current, next].find((key) => key?.keyId === message.keyId);
    if (serverKey === undefined) return refusal("signed by a key that is not the server's");
    const stored = { message, serverKey };
    const document = readSigned(stored, identity);
    if (typeof document === "string") return refusal(document);
    const reason = await this.#adopt(document, stored, this.#parts.state).catch(faultOf);
    if (reason === undefined) return { isNew: true };
    const { version } = document;
    if (version > this.#version) this.#refused = { version, reason: reason.slice(0, MAX_REASON_LENGTH) };
    return refusal(reason);
  }

  /** Puts in force what the server signed, once it is kept in `state`. Answers why not. */
  async #adopt(
    document: SettingsDocument,
    stored: StoredSettings,
    state?: StateFolder,
  ): Promise<string | undefined> {
    const { takes, local } = this.#parts;
    const { version, settings } = document;
    if (!takes) return "this machine's configuration takes none";
    if (version <= this.#version) return `version ${version} is not above ${this.#version}`;
    let effective: RemoteSettings;
    try {
      effective = parseSettings(RemoteSettings, over(local, settings), "settings from the server");
    } catch {
      return "not valid";
    }
    await state?.write("remote.json", Buffer.from(JSON.stringify(stored)));
    this.#version = version;
    this.#effective = effective;
    this.#signed = stored.message.document;
    this.#refused = undefined;
    return undefined;
  }
}

const refusal = (refused: string): Taken => ({ isNew: false, refused });

/** What the server said to this device, or why it is not that. */
function readSigned(
  { message, serverKey }: StoredSettings,
  { deviceId, root }: Identity,
): SettingsDocument | string {
  const bytes = Buffer.from(message.document, "base64url");
  const signature = Buffer.from(message.signature, "base64url");
  try {
    const { bundle } = verifiedServerKey(serverKey, root);
    if (serverKey.keyId !== message.keyId || !verifyDeviceSettings(bundle, bytes, signature))
      return "signature wrong";
  } catch {
    return "the key is not signed by the root";
  }
  const document = parse(bytes);
  if (!Check(SettingsDocument, document)) return "malformed";
  return document.deviceId === deviceId ? document : "for another device";
}

/** `given` where it says something, `base` elsewhere; objects within objects likewise. */
function over(base: unknown, given: unknown): unknown {
  if (given === undefined) return base;
  if (!isObject(base) || !isObject(given)) return given;
  const names = new Set([...Object.keys(base), ...Object.keys(given)]);
  return Object.fromEntries([...names].map((name) => [name, over(base[name], given[name])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
