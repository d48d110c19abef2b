import { systemRandom } from "@gatehouse/base";
import type { channel } from "@gatehouse/contract";
import { generateKeyBundle, importTrustRoot, SUITE_IDS, verifyServerKey } from "@gatehouse/secure-channel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnrollingDevice, type Twist } from "../../../compose/testing/enrolling-device.ts";
import { createIdentityHouse, type IdentityHouse } from "../../../compose/testing/identities.ts";

let t: IdentityHouse;
beforeAll(async () => {
  t = await createIdentityHouse();
}, 60_000);
afterAll(async () => t[Symbol.asyncDispose]());

let hosts = 0;
/** An address nobody failed from. */
const anywhere = (): string => `198.51.100.${hosts++}`;
const ask = (device: EnrollingDevice, address = anywhere()) =>
  t.channel.enrolment.challenge({ claimId: device.claimId, suite: device.bundle.suite }, address);
const enrol = (request: channel.EnrolRequest, address = anywhere()) =>
  t.channel.enrolment.enrol(request, address);
const invalid = { code: "device.claim_invalid" };

let made = 0;
const addDevice = () => t.addDevice(`d${made++}`);
const decode = (text: string): Uint8Array => Buffer.from(text, "base64url");

test.each([SUITE_IDS.M1, SUITE_IDS.C1])(
  "a device enrols its own keys of suite %i with a code",
  async (suite) => {
    const { device, claim } = await addDevice();
    const own = EnrollingDevice.withCode(claim.code, suite);
    const challenge = ask(own);
    const reply = await enrol(own.request(challenge));
    const answer = own.read(reply);
    expect(answer?.words).toEqual(reply.words);
    expect(answer?.content).toMatchObject({
      deviceId: device.id,
      name: device.name,
      keyId: own.bundle.keyId,
      suite,
      root: challenge.root,
      topics: { up: `gh/${device.name}/up/sx`, down: `gh/${device.name}/down/sx` },
    });
    const { sealedApiKey, server } = (answer as { content: channel.Enrolment }).content;
    const apiKey = own.openApiKey(sealedApiKey);
    expect(JSON.stringify(answer)).not.toContain(apiKey);
    await expect(t.devices.authenticateDevice({ password: apiKey })).resolves.toMatchObject({
      deviceId: device.id,
    });
    const root = importTrustRoot(decode(challenge.root));
    for (const key of [server.current, server.next]) {
      const terms = {
        suite,
        agreementKey: decode(key.agreementKey),
        signingKey: decode(key.signingKey),
        notBeforeMs: key.notBeforeMs,
        notAfterMs: key.notAfterMs,
      };
      expect(root && verifyServerKey(root, terms, decode(key.signature))).toBe(true);
      expect(
        root && verifyServerKey(root, { ...terms, notAfterMs: terms.notAfterMs + 1 }, decode(key.signature)),
      ).toBe(false);
    }
    const seen = await t.channel.viewDevice(t.actor.tenantId, device.id);
    expect(seen.enrolment?.words).toEqual(reply.words);
    expect(seen).toMatchObject({
      keys: [{ keyId: own.bundle.keyId, state: "active", origin: "claim", software: "test-device 1.0" }],
      pin: { suite },
    });
    expect(t.channel.directory.find(own.bundle.keyId)).toMatchObject({ deviceId: device.id });
  },
);

test("a challenge tells nothing of whether a claim exists", async () => {
  const { claim } = await addDevice();
  const known = ask(EnrollingDevice.withCode(claim.code));
  const unknown = ask(EnrollingDevice.withCode("NOBODY-HAS-THIS"));
  expect({ ...unknown, nonce: "" }).toEqual({ ...known, nonce: "" });
  expect(unknown.nonce).toHaveLength(known.nonce.length);
});

const other = generateKeyBundle(SUITE_IDS.M1, systemRandom);
const SPKI_X25519 = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), other.agreement.raw]);
/** Points of order 1, 2, 4 and 8 (RFC 7748 §6.1, and the ones above p). */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map((text) => new Uint8Array(Buffer.from(text, "hex")));

const HOSTILE: [string, Twist][] = [
  ["a MAC under another key", { macKey: new Uint8Array(32) }],
  ["a signature by another key", { proveWith: { signature: other } }],
  ["an agreement by another key", { proveWith: { agreement: other } }],
  ["somebody else's agreement key", { shown: { agreementKey: other.agreement.raw } }],
  ["somebody else's signing key", { shown: { signingKey: other.signing.raw } }],
  ["an SPKI instead of a raw key", { shown: { agreementKey: SPKI_X25519 } }],
  ["a key of 31 bytes", { shown: { agreementKey: other.agreement.raw.subarray(1) } }],
  [
    "one key for both purposes",
    { shown: { agreementKey: other.signing.raw, signingKey: other.signing.raw } },
  ],
  ...SMALL_ORDER.map((agreementKey): [string, Twist] => [
    "a point of small order",
    { shown: { agreementKey } },
  ]),
  ["a signing key of small order", { shown: { signingKey: new Uint8Array(32) } }],
];

test("every wrong proof and every key that is none is the one refusal, and the code stays good", async () => {
  const { device, claim } = await addDevice();
  const own = EnrollingDevice.withCode(claim.code);
  for (const [what, twist] of HOSTILE) {
    const outcome = enrol(own.request(ask(own), twist)).then(
      () => "enrolled",
      (error) => error.code,
    );
    expect([what, await outcome]).toEqual([what, "device.claim_invalid"]);
  }
  expect((await t.channel.viewDevice(t.actor.tenantId, device.id)).keys).toEqual([]);
  await enrol(own.request(ask(own)));
  const refused = t.heardOf("message.refused").filter(({ deviceId }) => deviceId === device.id);
  expect(refused).toHaveLength(HOSTILE.length);
});

test("swapped keys, points off the curve and uncompressed ones are no keys of suite C1", async () => {
  const { claim } = await addDevice();
  const own = EnrollingDevice.withCode(claim.code, SUITE_IDS.C1);
  const { agreement, signing } = own.bundle;
  const off = Uint8Array.from(agreement.raw);
  // x = 5 is on no point of secp256k1.
  off.fill(0, 1);
  off[32] = 5;
  const uncompressed = new Uint8Array(65).fill(1);
  uncompressed[0] = 4;
  const keys = [
    { agreementKey: signing.raw, signingKey: agreement.raw },
    { agreementKey: off },
    { signingKey: off },
    { agreementKey: uncompressed },
  ];
  for (const shown of keys)
    await expect(enrol(own.request(ask(own), { shown }))).rejects.toMatchObject(invalid);
  await enrol(own.request(ask(own)));
});

test("a request that was seen on the wire works once", async () => {
  const { claim } = await addDevice();
  const own = EnrollingDevice.withCode(claim.code);
  const request = own.request(ask(own));
  await enrol(request);
  await expect(enrol(request)).rejects.toMatchObject(invalid);
});

test("keys of one device cannot be enrolled as another's", async () => {
  const one = await addDevice();
  const own = EnrollingDevice.withCode(one.claim.code);
  await enrol(own.request(ask(own)));
  const two = await addDevice();
  const thief = EnrollingDevice.withCode(two.claim.code);
  Object.assign(thief, { bundle: own.bundle });
  await expect(enrol(thief.request(ask(thief)))).rejects.toMatchObject(invalid);
});

test("a nonce is good for two minutes, for its own claim, and not when any bit of it changes", async () => {
  const { claim } = await addDevice();
  const own = EnrollingDevice.withCode(claim.code);
  const old = ask(own);
  t.clock.advance(120_000);
  await expect(enrol(own.request(old))).rejects.toMatchObject(invalid);
  const foreign = ask(EnrollingDevice.withCode((await addDevice()).claim.code));
  await expect(enrol(own.request(foreign))).rejects.toMatchObject(invalid);
  const fresh = ask(own);
  for (const at of [0, 7, 8, 31, 32, 63]) {
    const nonce = Uint8Array.from(decode(fresh.nonce));
    nonce[at] = (nonce[at] as number) ^ 1;
    const changed = { ...fresh, nonce: Buffer.from(nonce).toString("base64url") };
    await expect(enrol(own.request(changed))).rejects.toMatchObject(invalid);
  }
  await enrol(own.request(fresh));
});

test("of two devices that race for one code one gets in, and so does a claim for an API key", async () => {
  const { device, claim } = await addDevice();
  const racers = Array.from({ length: 4 }, () => EnrollingDevice.withCode(claim.code));
  const requests = racers.map((racer) => racer.request(ask(racer)));
  const tries = await Promise.allSettled(requests.map((request) => enrol(request)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await t.channel.viewDevice(t.actor.tenantId, device.id)).keys).toHaveLength(1);
});

test("codes that ended and devices that were revoked do not enrol", async () => {
  const { claim } = await addDevice();
  const late = EnrollingDevice.withCode(claim.code);
  t.clock.advance(600_000);
  await expect(enrol(late.request(ask(late)))).rejects.toMatchObject(invalid);
  const gone = await addDevice();
  const own = EnrollingDevice.withCode(gone.claim.code);
  await t.devices.revokeDevice(t.actor, gone.device.id);
  await expect(enrol(own.request(ask(own)))).rejects.toMatchObject(invalid);
});

test("an enrolment ends the keys of before, at once and for good", async () => {
  const { device, claim } = await addDevice();
  const first = EnrollingDevice.withCode(claim.code);
  await enrol(first.request(ask(first)));
  const before = t.heardOf("device.credentials_ended").length;
  const { code } = await t.newCode(device.id);
  const second = EnrollingDevice.withCode(code);
  await enrol(second.request(ask(second)));
  expect(t.channel.directory.find(first.bundle.keyId)).toBeUndefined();
  expect(t.channel.directory.find(second.bundle.keyId)).toBeDefined();
  expect(t.heardOf("device.credentials_ended").slice(before)).toEqual([
    { tenantId: t.actor.tenantId, deviceId: device.id, credentialIds: [first.bundle.keyId] },
  ]);
  const again = EnrollingDevice.withCode((await t.newCode(device.id)).code);
  Object.assign(again, { bundle: first.bundle });
  await expect(enrol(again.request(ask(again)))).rejects.toMatchObject(invalid);
});

test("a weaker suite than the device has used waits for a person to reset the pin", async () => {
  const { device, claim } = await addDevice();
  const strong = EnrollingDevice.withCode(claim.code);
  await enrol(strong.request(ask(strong)));
  const weak = EnrollingDevice.withCode((await t.newCode(device.id)).code, SUITE_IDS.C1);
  await expect(enrol(weak.request(ask(weak)))).rejects.toMatchObject({ code: "channel.suite_refused" });
  expect(t.channel.directory.find(strong.bundle.keyId)).toBeDefined();
  await t.channel.policy.resetPin(t.actor, device.id, "the module was replaced");
  await enrol(weak.request(ask(weak)));
  expect((await t.channel.viewDevice(t.actor.tenantId, device.id)).pin).toMatchObject({
    suite: SUITE_IDS.C1,
  });
});

test("guessing takes ever longer from one address, and nobody else waits", async () => {
  const { claim } = await addDevice();
  const address = anywhere();
  const guess = EnrollingDevice.withCode("WRONG-CODE");
  const request = guess.request(ask(guess, address));
  for (let i = 0; i < 4; i++) await expect(enrol(request, address)).rejects.toMatchObject(invalid);
  await expect(enrol(request, address)).rejects.toMatchObject({
    code: "auth.throttled",
    fields: { retryAfterSeconds: 1 },
  });
  expect(() => ask(guess, address)).toThrow(/auth\.throttled/);
  const own = EnrollingDevice.withCode(claim.code);
  await enrol(own.request(ask(own)));
});
