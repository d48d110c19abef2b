import { describe, expect, it } from "vitest";
import { describeShared, hex, wycheproof } from "../testing/shared-vectors.ts";
import { CBC_HMAC_TAG_BYTES, cbcHmacOpen, cbcHmacSeal } from "./aes-cbc-hmac.ts";
import { concat } from "./bytes.ts";
import { equalInConstantTime, hkdfSha256, hmacSha256 } from "./hash.ts";
import { prepareHmac } from "./prepared-hmac.ts";

const iv = hex("000102030405060708090a0b0c0d0e0f");
const keys = { encryption: new Uint8Array(32).fill(1), mac: prepareHmac(new Uint8Array(32).fill(2)) };
const header = hex("5358010110");

describe("AES-256-CBC with HMAC", () => {
  const sealed = concat(cbcHmacSeal(keys, iv, [header], [hex("aa"), hex("bbcc")]));

  it("opens what it sealed, whatever the length", () => {
    for (const length of [0, 1, 15, 16, 17, 255, 256, 4_096]) {
      const plaintext = new Uint8Array(length).fill(7);
      const both = concat(cbcHmacSeal(keys, iv, [header], [plaintext]));
      expect(both.length).toBe((Math.floor(length / 16) + 1) * 16 + CBC_HMAC_TAG_BYTES);
      expect(cbcHmacOpen(keys, iv, [header], both)).toEqual(Buffer.from(plaintext));
    }
  });

  it("refuses every flipped bit of ciphertext, tag, IV and associated data", () => {
    const flips = (bytes: Uint8Array, open: (altered: Uint8Array) => Uint8Array | undefined): void => {
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const altered = Uint8Array.from(bytes);
        altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(open(altered)).toBeUndefined();
      }
    };
    flips(sealed, (altered) => cbcHmacOpen(keys, iv, [header], altered));
    flips(iv, (altered) => cbcHmacOpen(keys, altered, [header], sealed));
    flips(header, (altered) => cbcHmacOpen(keys, iv, [altered], sealed));
  });

  it("tells associated data from ciphertext: bytes cannot move from one to the other", () => {
    const moved = concat([hex("00".repeat(16)), sealed]);
    expect(cbcHmacOpen(keys, iv, [header, hex("00".repeat(16))], sealed)).toBeUndefined();
    expect(cbcHmacOpen(keys, iv, [header], moved)).toBeUndefined();
  });

  it("refuses what is too short or no whole number of blocks", () => {
    for (const length of [0, 16, 31, 32, 47, 49, 63])
      expect(cbcHmacOpen(keys, iv, [header], new Uint8Array(length))).toBeUndefined();
  });
});

interface CbcTest {
  key: string;
  iv: string;
  msg: string;
  ct: string;
}
const cbcTests = wycheproof<CbcTest>("aes_cbc_pkcs5");

describeShared("Wycheproof AES-CBC-PKCS5", () => {
  it("every vector: valid ones both ways, bad padding refused although authentic, other key sizes not taken", () => {
    for (const test of cbcTests) {
      const own = { encryption: hex(test.key), mac: keys.mac };
      const seal = (): Uint8Array => concat(cbcHmacSeal(own, hex(test.iv), [], [hex(test.msg)]));
      if (own.encryption.length !== 32) {
        expect(seal, `${test.tcId}`).toThrow();
        continue;
      }
      const ciphertext = hex(test.ct);
      const lengths = new Uint8Array(16);
      new DataView(lengths.buffer).setBigUint64(8, BigInt(8 * ciphertext.length));
      const tag = own.mac([hex(test.iv), ciphertext, lengths]);
      const opened = cbcHmacOpen(own, hex(test.iv), [], concat([ciphertext, tag]));
      if (test.result === "valid") {
        expect(opened, `${test.tcId}`).toEqual(Buffer.from(hex(test.msg)));
        expect(seal()).toEqual(concat([ciphertext, tag]));
      } else expect(opened, `${test.tcId} ${test.comment}`).toBeUndefined();
    }
    expect(cbcTests).toHaveLength(216);
  });
});

const hkdfTests = wycheproof<{ ikm: string; salt: string; info: string; size: number; okm: string }>(
  "hkdf_sha256",
);

describeShared("Wycheproof HKDF-SHA-256", () => {
  it("every vector; more than RFC 5869 allows is refused", () => {
    for (const { ikm, salt, info, size, okm, result, tcId } of hkdfTests) {
      const derive = (): Uint8Array => hkdfSha256(hex(ikm), hex(salt), [hex(info)], size);
      if (result === "valid") expect(derive(), `${tcId}`).toEqual(hex(okm));
      else expect(derive, `${tcId}`).toThrow(RangeError);
    }
    expect(hkdfTests).toHaveLength(86);
  });
});

const hmacTests = wycheproof<{ key: string; msg: string; tag: string }, { tagSize: number }>("hmac_sha256");

describeShared("Wycheproof HMAC-SHA-256", () => {
  it("every vector, in one piece and in two", () => {
    for (const { key, msg, tag, group, result, tcId } of hmacTests) {
      const message = hex(msg);
      const half = message.length >> 1;
      const mac = hmacSha256(hex(key), [message.subarray(0, half), message.subarray(half)]);
      const isEqual = equalInConstantTime(mac.subarray(0, group.tagSize / 8), hex(tag));
      expect(isEqual, `${tcId}`).toBe(result === "valid");
      expect(mac).toEqual(hmacSha256(hex(key), [message]));
      if (key.length <= 128) expect(prepareHmac(hex(key))([message])).toEqual(mac);
    }
    expect(hmacTests).toHaveLength(174);
  });
});

describe("HMAC under a prepared key", () => {
  it("is HMAC, for lengths on both sides of where it changes its way, and forgets the message before", () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => at);
    const mac = prepareHmac(key);
    for (const length of [1_025, 0, 1, 1_024, 63, 64, 65, 2_000, 1_023, 5]) {
      const message = new Uint8Array(length).fill(length);
      const pieces = [message.subarray(0, length >> 1), message.subarray(length >> 1)];
      expect(mac(pieces)).toEqual(hmacSha256(key, [message]));
    }
  });

  it("does not follow the caller's key when that is overwritten, and takes none that is too long", () => {
    const key = new Uint8Array(64).fill(9);
    const mac = prepareHmac(key);
    key.fill(0);
    const long = new Uint8Array(3_000);
    for (const message of [iv, long])
      expect(mac([message])).toEqual(hmacSha256(new Uint8Array(64).fill(9), [message]));
    expect(() => prepareHmac(new Uint8Array(65))).toThrow(RangeError);
  });
});

/** PBKDF2 (RFC 8018 §5.2), which the channel does not use: 594,000 calls of its HMAC whose every bit counts. */
function pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array {
  const output = new Uint8Array(Math.ceil(length / 32) * 32);
  for (let block = 1; block <= output.length / 32; block++) {
    let link = hmacSha256(password, [salt, Uint8Array.of(0, 0, block >> 8, block & 255)]);
    const sum = output.subarray(32 * (block - 1), 32 * block);
    sum.set(link);
    for (let round = 1; round < iterations; round++) {
      link = hmacSha256(password, [link]);
      for (let at = 0; at < 32; at++) sum[at] = (sum[at] as number) ^ (link[at] as number);
    }
  }
  return output.subarray(0, length);
}

const pbkdf2Tests = wycheproof<{
  password: string;
  salt: string;
  iterationCount: number;
  dkLen: number;
  dk: string;
}>("pbkdf2_hmacsha256");

describeShared("Wycheproof PBKDF2-HMAC-SHA-256", () => {
  it("every vector, built on the channel's HMAC", () => {
    for (const { password, salt, iterationCount, dkLen, dk, tcId } of pbkdf2Tests)
      expect(pbkdf2(hex(password), hex(salt), iterationCount, dkLen), `${tcId}`).toEqual(hex(dk));
    expect(pbkdf2Tests).toHaveLength(60);
  }, 120_000);
});
