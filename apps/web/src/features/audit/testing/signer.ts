import { generateKeyPairSync, sign } from "node:crypto";

/** Tests: a key of its own, 32 bytes, and how to sign with it. */
export function ed25519() {
  const pair = generateKeyPairSync("ed25519");
  const { x = "" } = pair.publicKey.export({ format: "jwk" });
  return {
    publicKey: new Uint8Array(Buffer.from(x, "base64url")),
    sign: (bytes: Uint8Array): Uint8Array => sign(null, bytes, pair.privateKey),
  };
}
