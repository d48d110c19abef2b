import type { Logger } from "@gatehouse/base";
import { type Identity, ServerKeySchema, verifiedServerKey } from "@gatehouse/device-client";
import { verifyDeviceSettings } from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { parseSettings } from "../config/load.ts";
import { RemoteSettings } from "../config/schema.ts";
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

/** As it lies in the state folder: with the key that signed it, whose own signature is the root's. */
const StoredSettings = Type.Object({ message: SettingsMessage, serverKey: ServerKeySchema });
type StoredSettings = Static<typeof StoredSettings>;

export interface RemoteSettingsParts {
  readonly state: StateFolder;
  readonly identity: Identity;
  /** What holds where the server says nothing. */
  readonly local: RemoteSettings;
  readonly log: Logger;
}

/** The settings in force: the machine's own, with those over them that the server last signed. Its version only rises. */
export class RemoteSettingsKeeper {
  readonly #parts: RemoteSettingsParts;
  #version = 0;
  #effective: RemoteSettings;
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
    const reason = Check(StoredSettings, stored) ? keeper.#verify(stored, parts.identity) : "not readable";
    if (reason !== undefined) parts.log.error({ reason }, "settings.not_loaded");
    return keeper;
  }

  get version(): number {
    return this.#version;
  }

  get effective(): RemoteSettings {
    return this.#effective;
  }

  /**
   * Takes a message of content type 10, one after the other; durable before it is in force. Answers why not, undefined
   * when it is.
   */
  take(payload: Uint8Array, identity: Identity): Promise<string | undefined> {
    const mine = this.#turn.then(() => this.#take(payload, identity));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #take(payload: Uint8Array, identity: Identity): Promise<string | undefined> {
    const message = parse(payload);
    if (!Check(SettingsMessage, message)) return "malformed";
    const { current, next } = identity.server;
    const serverKey = [current, next].find((key) => key?.keyId === message.keyId);
    if (serverKey === undefined) return "signed by a key that is not the server's";
    const before = { version: this.#version, effective: this.#effective };
    const stored: StoredSettings = { message, serverKey };
    const reason = this.#verify(stored, identity);
    if (reason !== undefined) return reason;
    try {
      await this.#parts.state.write("remote.json", Buffer.from(JSON.stringify(stored)));
    } catch (error) {
      this.#version = before.version;
      this.#effective = before.effective;
      throw error;
    }
    return undefined;
  }

  /** Puts it in force when everything about it is right. */
  #verify({ message, serverKey }: StoredSettings, { deviceId, root }: Identity): string | undefined {
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
    if (document.deviceId !== deviceId) return "for another device";
    if (document.version <= this.#version) return `version ${document.version} is not above ${this.#version}`;
    try {
      const merged = over(this.#parts.local, document.settings);
      this.#effective = parseSettings(RemoteSettings, merged, "settings from the server");
    } catch {
      return "not valid";
    }
    this.#version = document.version;
    return undefined;
  }
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
