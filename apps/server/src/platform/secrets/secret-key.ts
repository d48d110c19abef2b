import { createSecretKey, type KeyObject } from "node:crypto";

const prepared = new WeakMap<Uint8Array, KeyObject>();

/** The key as OpenSSL wants it. To prepare one costs more than to use it, so that it is done once for each array. */
export function secretKeyOf(bytes: Uint8Array): KeyObject {
  let key = prepared.get(bytes);
  if (key === undefined) {
    key = createSecretKey(bytes);
    prepared.set(bytes, key);
  }
  return key;
}
