import { systemRandom } from "@gatehouse/base";
import { AeadId, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, KdfId } from "@hpke/core";
import { describe, expect, it } from "vitest";
import { gcmOpen, gcmSeal } from "../primitives/aes-gcm.ts";
import { ascii, concat } from "../primitives/bytes.ts";
import { x25519 } from "../primitives/x25519.ts";
import { describeShared, hex, readShared } from "../testing/shared-vectors.ts";
import { createHpke, HPKE_AEAD, kemSharedSecret } from "./hpke.ts";

interface Rfc9180 {
  info: string;
  skEm: string;
  pkEm: string;
  skRm: string;
  pkRm: string;
  enc: string;
  shared_secret: string;
  key: string;
  base_nonce: string;
  encryptions: { seq: number; pt: string; aad: string; nonce: string; ct: string }[];
}

const vector = readShared<Rfc9180>("rfc9180-x25519.json");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("refused");
  return value;
};

describeShared("RFC 9180 Appendix A.1", () => {
  const rfc = vector as Rfc9180;

  it("both sides come to the RFC's key and nonce, which open its messages", () => {
    const hpke = createHpke(HPKE_AEAD.AES_128_GCM, hex(rfc.info));
    const recipient = must(x25519.importKeyPair(hex(rfc.skRm)));
    expect(text(recipient.publicKey.raw)).toBe(rfc.pkRm);
    const ephemeral = must(x25519.importKeyPair(hex(rfc.skEm)));
    const dh = must(x25519.dh(recipient, ephemeral.publicKey));
    expect(text(kemSharedSecret(dh, hex(rfc.enc), recipient.publicKey.raw))).toBe(rfc.shared_secret);

    const sender = must(
      hpke.setupSender(recipient.publicKey, { bytes: () => hex(rfc.skEm), ratio: () => 0 }),
    );
    expect(text(sender.encapsulated)).toBe(rfc.enc);
    for (const keys of [sender.keys, must(hpke.setupRecipient(recipient, hex(rfc.enc)))]) {
      expect([text(keys.key), text(keys.nonce)]).toEqual([rfc.key, rfc.base_nonce]);
      for (const { seq, pt, aad, nonce, ct } of rfc.encryptions) {
        const messageNonce = Uint8Array.from(keys.nonce);
        messageNonce[11] = (messageNonce[11] as number) ^ seq;
        expect(text(messageNonce)).toBe(nonce);
        expect(text(concat(gcmSeal(keys.key, messageNonce, hex(aad), [hex(pt)])))).toBe(ct);
        expect(text(must(gcmOpen(keys.key, messageNonce, hex(aad), hex(ct))))).toBe(pt);
      }
    }
  });
});

describe("HPKE as suite M1 uses it", () => {
  const info = ascii("SX-M1-seal-v1\0");
  const header = hex("5358");
  const payload = hex("0102030405");
  const hpke = createHpke(HPKE_AEAD.AES_256_GCM, info);
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });

  it("is the one another implementation speaks, both ways", async () => {
    expect([suite.kdf.id, suite.aead.id]).toEqual([KdfId.HkdfSha256, AeadId.Aes256Gcm]);
    const recipient = x25519.generateKeyPair(systemRandom);
    const publicKey = await suite.kem.importKey("raw", Uint8Array.from(recipient.publicKey.raw).buffer, true);
    const privateKey = await suite.kem.importKey(
      "raw",
      Uint8Array.from(recipient.privateKey.reveal()).buffer,
      false,
    );

    const theirs = await suite.createSenderContext({ recipientPublicKey: publicKey, info });
    const sealed = new Uint8Array(await theirs.seal(payload, header));
    const keys = must(hpke.setupRecipient(recipient, new Uint8Array(theirs.enc)));
    expect(text(must(gcmOpen(keys.key, keys.nonce, header, sealed)))).toBe(text(payload));

    const ours = must(hpke.setupSender(recipient.publicKey, systemRandom));
    const context = await suite.createRecipientContext({
      recipientKey: privateKey,
      enc: Uint8Array.from(ours.encapsulated),
      info,
    });
    const opened = await context.open(
      Uint8Array.from(concat(gcmSeal(ours.keys.key, ours.keys.nonce, header, [payload]))),
      header,
    );
    expect(text(new Uint8Array(opened))).toBe(text(payload));
  });

  it("gives no keys for a point of small order, of either side", () => {
    const own = x25519.generateKeyPair(systemRandom);
    expect(hpke.setupRecipient(own, new Uint8Array(32))).toBeUndefined();
    expect(hpke.setupSender({ raw: new Uint8Array(32) }, systemRandom)).toBeUndefined();
  });
});
