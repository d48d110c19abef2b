import { createHash, createHmac } from "node:crypto";
import { seededRandom } from "@gatehouse/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateKeyBundle } from "../key-bundle.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import {
  agreementProof,
  answerMac,
  claimOfCode,
  claimOfGroup,
  encodeRotation,
  encodeTranscript,
  fourWords,
  importTrustRoot,
  isRegistrationId,
  openTrustRoot,
  requestMac,
  signRevocations,
  signRotation,
  signServerKey,
  signTranscript,
  verifyRevocations,
  verifyRotation,
  verifyServerKey,
  verifyTranscript,
} from "./index.ts";

const sha = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** Computed apart, in Python. */
const WORDS = ["local", "pioneer", "wrap", "device"];
const suites = [SUITE_IDS.M1, SUITE_IDS.C1] as const;

const termsOf = (suite: (typeof suites)[number], seed = 1) => {
  const device = generateKeyBundle(suite, seededRandom(seed));
  const server = generateKeyBundle(suite, seededRandom(seed + 1));
  const terms = {
    suite,
    claimId: new Uint8Array(32).fill(3),
    nonce: new Uint8Array(64).fill(4),
    agreementKey: device.agreement.raw,
    signingKey: device.signing.raw,
    serverKeyId: server.keyId,
  };
  return { device, server, terms, transcript: encodeTranscript(terms) };
};

test("claim ids and keys are those of docs/channel.md, however the code is typed", () => {
  const code = "7QH2-M0XK-1234-5678-9ABC-DEFG-HJKM";
  const canonical = code.replaceAll("-", "");
  const claim = claimOfCode(" 7qh2 moxk l234 5678 9abc defg hjkm");
  expect(hex(claim.id)).toBe(sha(`claim/${canonical}`));
  expect(hex(claim.key)).toBe(createHmac("sha256", canonical).update("GH-claim-key-v1").digest("hex"));
  const [id, key] = ["6f1c1f3e-8f0b-4c5d-9d3e-0a1b2c3d4e5f", new Uint8Array(32).fill(9)];
  const member = claimOfGroup(id, key, "SN-1");
  expect(hex(member.id)).toBe(sha(`group/${id}/SN-1`));
  expect(hex(member.key)).toBe(createHmac("sha256", key).update("GH-batch-v1\0SN-1").digest("hex"));
});

test("a registration id is one word of 64 characters", () => {
  for (const text of ["a", "SN-0.1_b", "x".repeat(64)]) expect(isRegistrationId(text)).toBe(true);
  for (const text of ["", "a b", "a/b", "é", "x".repeat(65), "a\n"])
    expect(isRegistrationId(text)).toBe(false);
});

describe.each(suites)("suite %i", (suite) => {
  test("both sides prove themselves on the same bytes, and on no others", () => {
    const { device, server, transcript } = termsOf(suite);
    const signature = signTranscript(device, transcript);
    const agreed = agreementProof(device, server.agreement.raw, transcript);
    expect(agreementProof(server, device.agreement.raw, transcript)).toEqual(agreed);
    expect(verifyTranscript(device, transcript, signature)).toBe(true);
    const stranger = generateKeyBundle(suite, seededRandom(99));
    expect(verifyTranscript(stranger, transcript, signature)).toBe(false);
    expect(agreementProof(server, stranger.agreement.raw, transcript)).not.toEqual(agreed);
    fc.assert(
      fc.property(fc.nat(transcript.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Uint8Array.from(transcript);
        other[at] = (other[at] as number) ^ change;
        expect(verifyTranscript(device, other, signature)).toBe(false);
        expect(agreementProof(server, device.agreement.raw, other)).not.toEqual(agreed);
      }),
      { numRuns: 40 },
    );
  });

  test("a change of keys is signed for the two keys that it names", () => {
    const { device, server } = termsOf(suite);
    const transcript = encodeRotation(server.keyId, device.keyId);
    const signature = signRotation(device, transcript);
    expect(verifyRotation(device, transcript, signature)).toBe(true);
    expect(verifyRotation(device, encodeRotation(device.keyId, server.keyId), signature)).toBe(false);
    expect(verifyRotation(server, transcript, signature)).toBe(false);
  });

  test("the root vouches for keys and times together", () => {
    const root = openTrustRoot(new Uint8Array(32).fill(5));
    const known = importTrustRoot(root.publicKey.raw);
    if (known === undefined) throw new Error("a root of our own is sound");
    const { terms } = termsOf(suite);
    const key = { ...terms, notBeforeMs: 1_000, notAfterMs: 2_000 };
    const signature = signServerKey(root, key);
    expect(verifyServerKey(known, key, signature)).toBe(true);
    const other = suite === SUITE_IDS.M1 ? SUITE_IDS.C1 : SUITE_IDS.M1;
    const swapped = { agreementKey: key.signingKey, signingKey: key.agreementKey };
    for (const change of [{ suite: other }, swapped, { notBeforeMs: 0 }, { notAfterMs: 2_001 }])
      expect(verifyServerKey(known, { ...key, ...change }, signature)).toBe(false);
  });
});

test("points of small order and keys of another form agree with nobody", () => {
  const { server, transcript } = termsOf(SUITE_IDS.M1);
  for (const raw of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(44)])
    expect(agreementProof(server, raw, transcript)).toBeUndefined();
});

test("request and answer have MACs of their own, each over everything", () => {
  const key = new Uint8Array(32).fill(6);
  const { transcript } = termsOf(SUITE_IDS.M1);
  const answer = Buffer.from("{}");
  expect(hex(requestMac(key, transcript))).toBe(
    createHmac("sha256", key).update("request\0").update(transcript).digest("hex"),
  );
  expect(hex(answerMac(key, transcript, answer))).toBe(
    createHmac("sha256", key)
      .update("answer\0")
      .update(createHash("sha256").update(transcript).digest())
      .update(answer)
      .digest("hex"),
  );
});

test("the four words are the same in every version, and other ones for any other bytes", () => {
  const transcript = Buffer.from("transcript");
  expect(fourWords(transcript, Buffer.from("answer"))).toEqual(WORDS);
  expect(fourWords(transcript, Buffer.from("answer."))).not.toEqual(WORDS);
  expect(fourWords(Buffer.from("transcript."), Buffer.from("answer"))).not.toEqual(WORDS);
});

test("a list of revocations is signed with its version, its time and every entry in its place", () => {
  const root = openTrustRoot(new Uint8Array(32).fill(5));
  const entries = [
    { kind: "channel", id: "0011223344556677", fromMs: 5 },
    { kind: "api_key", id: "abcDEF0123", fromMs: 6 },
  ] as const;
  const terms = { version: 3, issuedMs: 7, entries };
  const signature = signRevocations(root, terms);
  expect(verifyRevocations(root.publicKey, terms, signature)).toBe(true);
  const changes = [
    { version: 4 },
    { issuedMs: 8 },
    { entries: entries.slice(1) },
    { entries: [...entries].reverse() },
    { entries: [{ ...entries[0], fromMs: 50 }, entries[1]] },
  ];
  for (const change of changes)
    expect(verifyRevocations(root.publicKey, { ...terms, ...change }, signature)).toBe(false);
});
