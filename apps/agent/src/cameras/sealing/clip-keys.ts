import { AppError, type Random } from "@gatehouse/base";
import { segmentCrypto } from "@gatehouse/secure-channel";
import { CIPHERS } from "@gatehouse/video";
import type { StateFolder } from "../../state/state-folder.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const FILE = "clip-key.bin";
const LABEL = new TextEncoder().encode("gatehouse clip key v1");

/** Keys of one camera's segments at this machine, each wrapped under a key of the camera's folder. */
export class ClipKeys {
  readonly #key: Uint8Array;
  readonly #cameraId: string;
  readonly #random: Random;

  private constructor(key: Uint8Array, cameraId: string, random: Random) {
    this.#key = key;
    this.#cameraId = cameraId;
    this.#random = random;
  }

  /** Makes the folder's key when there is none. Refuses `secret.unreadable` for what is none. */
  static async open(
    state: Pick<StateFolder, "read" | "write">,
    cameraId: string,
    random: Random,
  ): Promise<ClipKeys> {
    const known = await state.read(FILE);
    const key = known ?? random.bytes(KEY_BYTES);
    if (key.length !== KEY_BYTES) throw new AppError("secret.unreadable", { file: FILE });
    if (known === undefined) await state.write(FILE, key);
    return new ClipKeys(Uint8Array.from(key), cameraId, random);
  }

  make(): Uint8Array {
    return this.#random.bytes(KEY_BYTES);
  }

  /** Nonce 12 · AES-256-GCM of the key, bound to camera and segment. */
  wrap(segmentId: string, key: Uint8Array): Uint8Array {
    const nonce = this.#random.bytes(NONCE_BYTES);
    const sealed = segmentCrypto.seal(CIPHERS.aes256gcm, this.#key, nonce, this.#nameOf(segmentId), key);
    return Buffer.concat([nonce, sealed]);
  }

  /** Undefined for the key of another segment, or one that was changed. */
  unwrap(segmentId: string, wrapped: Uint8Array): Uint8Array | undefined {
    const [nonce, sealed] = [wrapped.subarray(0, NONCE_BYTES), wrapped.subarray(NONCE_BYTES)];
    const key = segmentCrypto.open(CIPHERS.aes256gcm, this.#key, nonce, this.#nameOf(segmentId), sealed);
    return key?.length === KEY_BYTES ? key : undefined;
  }

  #nameOf(segmentId: string): Uint8Array {
    return Buffer.concat([LABEL, Buffer.from(`${this.#cameraId}/${segmentId}`)]);
  }
}
