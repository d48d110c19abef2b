import { createCipheriv } from "node:crypto";
import { Secret, systemClock, systemRandom } from "@gatehouse/base";
import { CIPHERS } from "@gatehouse/video";
import { expect, test } from "vitest";
import { fastestCipher, newRecordingKey, openRecordingKey, segmentCrypto } from "./index.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const master = new Secret(new Uint8Array(32).fill(1));
const name = { cameraId: "camera", segmentId: "segment" };

test("the wrapping is the one of RFC 5649 §6", () => {
  const kek = hex("5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8");
  const wrap = (key: Buffer) => {
    const cipher = createCipheriv("id-aes192-wrap-pad", kek, hex("a65959a6"));
    return Buffer.concat([cipher.update(key), cipher.final()]).toString("hex");
  };
  expect(wrap(hex("c37b7e6492584340 bed1220780894115 5068f738"))).toBe(
    "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
  );
  expect(wrap(hex("466f7250617369"))).toBe("afbeb0f07dfbf5419200f2ccb50bb24f");
});

test("a segment's key opens under its own name, organisation, generation and installation, and nowhere else", () => {
  const sealed = newRecordingKey(master, "tenant", 1, systemRandom);
  const keys = openRecordingKey(master, "tenant", 1, sealed);
  const key = systemRandom.bytes(32);
  const wrapped = keys.wrap(name, key);
  expect(wrapped).toHaveLength(40);
  expect(Buffer.from(keys.unwrap(name, wrapped)).equals(key)).toBe(true);
  const refused = { code: "secret.unreadable" };
  const throws = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(throws(() => keys.unwrap({ ...name, segmentId: "other" }, wrapped))).toMatchObject(refused);
  expect(throws(() => keys.unwrap({ ...name, cameraId: "other" }, wrapped))).toMatchObject(refused);
  for (let bit = 0; bit < wrapped.length * 8; bit += 7) {
    const altered = Buffer.from(wrapped);
    altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(throws(() => keys.unwrap(name, altered))).toMatchObject(refused);
  }
  expect(throws(() => keys.unwrap(name, wrapped.subarray(0, 32)))).toMatchObject(refused);
  expect(throws(() => openRecordingKey(master, "other", 1, sealed))).toMatchObject(refused);
  expect(throws(() => openRecordingKey(master, "tenant", 2, sealed))).toMatchObject(refused);
  const stranger = new Secret(new Uint8Array(32).fill(2));
  expect(throws(() => openRecordingKey(stranger, "tenant", 1, sealed))).toMatchObject(refused);
  const another = openRecordingKey(master, "tenant", 1, newRecordingKey(master, "tenant", 1, systemRandom));
  expect(throws(() => another.unwrap(name, wrapped))).toMatchObject(refused);
});

test.each(Object.values(CIPHERS))(
  "cipher %i opens what it sealed, and nothing that was changed",
  (cipher) => {
    const [key, nonce, aad] = [systemRandom.bytes(32), systemRandom.bytes(12), systemRandom.bytes(92)];
    const plain = systemRandom.bytes(1_000);
    const sealed = segmentCrypto.seal(cipher, key, nonce, aad, plain);
    expect(sealed).toHaveLength(1_016);
    const opened = segmentCrypto.open(cipher, key, nonce, aad, sealed);
    expect(opened && Buffer.from(opened).equals(plain)).toBe(true);
    for (const at of [0, 500, 999, 1_000, 1_015]) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 0x80;
      expect(segmentCrypto.open(cipher, key, nonce, aad, altered)).toBeUndefined();
    }
    expect(segmentCrypto.open(cipher, key, nonce, aad.slice(1), sealed)).toBeUndefined();
    expect(segmentCrypto.open(cipher, key, nonce, aad, sealed.subarray(0, 10))).toBeUndefined();
  },
);

test("the cipher for this machine is one of the two", () => {
  expect(Object.values(CIPHERS)).toContain(fastestCipher(systemClock));
});
