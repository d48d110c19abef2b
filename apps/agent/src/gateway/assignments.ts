import { importPublicBundle, isSuiteId, type KeyId, type PublicBundle } from "@gatehouse/secure-channel";
import { Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";
import { AssignedJson, type AssignedMessage, MAX_DEVICES } from "./messages.ts";

const Stored = Type.Object({
  version: Type.Integer({ minimum: 0 }),
  devices: Type.Array(AssignedJson, { maxItems: MAX_DEVICES }),
});

/** A device that this gateway speaks for, and with which of its keys. */
export interface AssignedDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly typeId: string;
  readonly keyIds: readonly KeyId[];
}

interface Known {
  readonly device: AssignedDevice;
  /** Undefined where the server gave no public keys. */
  readonly bundle: PublicBundle | undefined;
}

/** A list that comes in parts is taken when its last one came. */
interface Assembly {
  readonly version: number;
  readonly parts: Map<number, readonly AssignedJson[]>;
}

/**
 * Whom this gateway speaks for, as the server last said: on disk, so that a gateway without its server goes on. Only
 * whole lists count.
 */
export class Assignments {
  readonly #state: Pick<StateFolder, "read" | "write">;
  readonly #byId = new Map<string, AssignedDevice>();
  readonly #byName = new Map<string, AssignedDevice>();
  readonly #byKey = new Map<KeyId, Known>();
  #assembly: Assembly | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(state: Pick<StateFolder, "read" | "write">) {
    this.#state = state;
  }

  static async open(state: Pick<StateFolder, "read" | "write">): Promise<Assignments> {
    const assignments = new Assignments(state);
    const bytes = await state.read("gateway-devices.json");
    const stored: unknown = bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
    if (Check(Stored, stored)) assignments.#use(stored.devices);
    return assignments;
  }

  get count(): number {
    return this.#byId.size;
  }

  find(deviceId: string): AssignedDevice | undefined {
    return this.#byId.get(deviceId);
  }

  named(name: string): AssignedDevice | undefined {
    return this.#byName.get(name);
  }

  ofKey(keyId: KeyId): Known | undefined {
    return this.#byKey.get(keyId);
  }

  /** True once a whole list was taken, durably, and is in force. */
  take({ version, part = 1, parts = 1, devices }: AssignedMessage): Promise<boolean> {
    const mine = this.#turn.then(async () => {
      const whole = this.#assemble(version, part, parts, devices);
      if (whole === undefined) return false;
      const stored = { version, devices: whole };
      await this.#state.write("gateway-devices.json", Buffer.from(JSON.stringify(stored)));
      this.#use(whole);
      return true;
    });
    this.#turn = mine.catch(() => {});
    return mine;
  }

  #assemble(
    version: number,
    part: number,
    parts: number,
    devices: readonly AssignedJson[],
  ): readonly AssignedJson[] | undefined {
    if (this.#assembly?.version !== version) this.#assembly = { version, parts: new Map() };
    this.#assembly.parts.set(part, devices);
    if (this.#assembly.parts.size < parts) return undefined;
    const whole = [...this.#assembly.parts.values()].flat().slice(0, MAX_DEVICES);
    this.#assembly = undefined;
    return whole;
  }

  #use(devices: readonly AssignedJson[]): void {
    for (const map of [this.#byId, this.#byName, this.#byKey]) map.clear();
    for (const { keys = [], deviceId, name, typeId, keyIds } of devices) {
      const device = { deviceId, name, typeId, keyIds };
      this.#byId.set(deviceId, device);
      this.#byName.set(name, device);
      for (const keyId of keyIds) this.#byKey.set(keyId, { device, bundle: undefined });
      for (const key of keys) {
        const bundle = importKey(key);
        if (bundle?.keyId === key.keyId && keyIds.includes(key.keyId))
          this.#byKey.set(key.keyId, { device, bundle });
      }
    }
  }
}

function importKey({ suite, agreementKey, signingKey }: NonNullable<AssignedJson["keys"]>[number]) {
  if (!isSuiteId(suite)) return undefined;
  const [agreement, signing] = [Buffer.from(agreementKey, "base64url"), Buffer.from(signingKey, "base64url")];
  return importPublicBundle(suite, new Uint8Array(agreement), new Uint8Array(signing));
}
