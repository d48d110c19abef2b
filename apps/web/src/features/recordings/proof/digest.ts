import { defaultHash } from "@gatehouse/ledger";

/** SHA-256 by the browser itself where it may (in secure contexts only), else by our own. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) return defaultHash(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
