import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, isAppError, type Random } from "@gatehouse/base";
import { ensurePrivateFolder } from "@gatehouse/base/private-file";
import { encodeIdentity, type Identity } from "@gatehouse/device-client";
import { openStateFolder, type StateFolder } from "../state/state-folder.ts";
import { type CameraSource, parseSource } from "./camera-source.ts";

/** One machine has a handful. */
const MAX_CAMERAS = 16;
const ID = /^[0-9a-f-]{36}$/;

/** A camera of this machine: a device of its own, with its own keys. */
export interface KeptCamera {
  readonly deviceId: string;
  readonly state: StateFolder;
  readonly identity: Identity;
  readonly source: CameraSource;
}

/** A folder that holds no whole camera, and why. */
export interface DamagedCamera {
  readonly deviceId: string;
  readonly fault: string;
}

/** Cameras on disk, a folder each below `cameras/` in the agent's state: identity, counters and where pictures come from. */
export class KeptCameras {
  readonly #folder: string;
  readonly #random: Random;

  constructor(state: Pick<StateFolder, "path">, random: Random) {
    this.#folder = join(state.path, "cameras");
    this.#random = random;
  }

  /** By name. One that cannot be read takes no other with it. */
  async list(): Promise<{ cameras: KeptCamera[]; damaged: DamagedCamera[] }> {
    const cameras: KeptCamera[] = [];
    const damaged: DamagedCamera[] = [];
    for (const deviceId of await this.#ids()) {
      try {
        const camera = await this.#load(deviceId);
        if (camera !== undefined) cameras.push(camera);
      } catch (error) {
        damaged.push({ deviceId, fault: isAppError(error) ? error.code : String(error) });
      }
    }
    cameras.sort((a, b) => a.identity.name.localeCompare(b.identity.name, "en", { numeric: true }));
    return { cameras, damaged };
  }

  /** Asked before a claim code is used up. Refuses `limit.reached`. */
  async assertRoom(): Promise<void> {
    if ((await this.#ids()).length >= MAX_CAMERAS) throw new AppError("limit.reached", { max: MAX_CAMERAS });
  }

  /** On disk when it resolves; the identity last, for without it there is no camera. */
  async add(identity: Identity, source: CameraSource): Promise<KeptCamera> {
    const { deviceId } = identity;
    await ensurePrivateFolder(this.#folder);
    const state = await this.#open(deviceId);
    await state.write("source.json", Buffer.from(JSON.stringify(source)));
    await state.saveIdentity(encodeIdentity(identity));
    return { deviceId, state, identity, source };
  }

  /** By id or name. Undefined: there is none. */
  async remove(which: string): Promise<{ readonly deviceId: string; readonly name: string } | undefined> {
    const { cameras, damaged } = await this.list();
    const camera = cameras.find(({ deviceId, identity }) => [deviceId, identity.name].includes(which));
    const deviceId = camera?.deviceId ?? damaged.find((one) => one.deviceId === which)?.deviceId;
    if (deviceId === undefined) return undefined;
    await rm(join(this.#folder, deviceId), { recursive: true, force: true });
    return { deviceId, name: camera?.identity.name ?? deviceId };
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names.filter((name) => ID.test(name));
  }

  /** Undefined: its enrolment was interrupted. */
  async #load(deviceId: string): Promise<KeptCamera | undefined> {
    const state = await this.#open(deviceId);
    if ((await state.loadIdentity()) === undefined) return undefined;
    const source = parseSource(await state.read("source.json"));
    return { deviceId, state, identity: await state.getIdentity(), source };
  }

  #open(deviceId: string): Promise<StateFolder> {
    return openStateFolder(join(this.#folder, deviceId), this.#random);
  }
}
