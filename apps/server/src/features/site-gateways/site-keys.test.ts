import { systemRandom } from "@gatehouse/base";
import { generateKeyBundle, type KeyBundle, SUITE_IDS, verifySiteKey } from "@gatehouse/secure-channel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SiteHouse } from "../../compose/testing/site-house.ts";

let house: SiteHouse;
beforeEach(async () => {
  house = await SiteHouse.open(4);
}, 60_000);
afterEach(async () => house?.end());

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const messageOf = (...bundles: KeyBundle[]): object => ({
  kind: "site-keys",
  keys: bundles.map(({ suite, agreement, signing }) => ({
    suite,
    agreementKey: text(agreement.raw),
    signingKey: text(signing.raw),
  })),
});
const [m1, c1, other] = [SUITE_IDS.M1, SUITE_IDS.C1, SUITE_IDS.M1].map((suite) =>
  generateKeyBundle(suite, systemRandom),
) as [KeyBundle, KeyBundle, KeyBundle];

test("a gateway's keys at its site are remembered over a restart, and vouched for by the root", async () => {
  const gateway = house.add("site-gateway", "g1");
  house.connect(gateway);
  expect(await house.control(gateway, messageOf(m1, c1))).toBeUndefined();
  const { to, message } = house.sent.filter((sent) => sent.message.kind === "site-keys").at(-1) ?? {};
  expect([to, message?.gatewayId]).toEqual([gateway, gateway]);
  const told = message as { issuedMs: number; keys: { suite: number; keyId: string; signature: string }[] };
  expect(told.keys.map(({ keyId }) => keyId)).toEqual([m1.keyId, c1.keyId]);
  for (const [i, bundle] of [m1, c1].entries()) {
    const terms = {
      gatewayId: gateway,
      suite: bundle.suite,
      agreementKey: bundle.agreement.raw,
      signingKey: bundle.signing.raw,
      issuedMs: told.issuedMs,
    };
    const signature = new Uint8Array(Buffer.from(told.keys[i]?.signature ?? "", "base64url"));
    expect(verifySiteKey(house.root.publicKey, terms, signature)).toBe(true);
    expect(verifySiteKey(house.root.publicKey, { ...terms, gatewayId: "another" }, signature)).toBe(false);
    expect(verifySiteKey(house.root.publicKey, { ...terms, issuedMs: 0 }, signature)).toBe(false);
  }
  await house.restart();
  expect([m1, c1, other].map(({ keyId }) => house.sites.hasSiteKey(gateway, keyId))).toEqual([
    true,
    true,
    false,
  ]);
});

test("keys are those that the gateway said last, of gateways alone, and sound", async () => {
  const [gateway, second, meter] = [
    house.add("site-gateway", "g1"),
    house.add("site-gateway", "g2"),
    house.add("meter", "m1"),
  ];
  await house.control(gateway, messageOf(m1));
  await house.control(gateway, messageOf(other));
  expect([m1, other].map(({ keyId }) => house.sites.hasSiteKey(gateway, keyId))).toEqual([false, true]);
  expect(house.sites.hasSiteKey(second, other.keyId)).toBe(false);
  expect(await house.control(meter, messageOf(m1))).toBe("message.schema");
  expect(await house.control(second, messageOf(m1, other))).toBe("message.schema");
  const point = text(new Uint8Array(32));
  const keys = [{ suite: 2, agreementKey: point, signingKey: point }];
  expect(await house.control(second, { kind: "site-keys", keys })).toBe("message.schema");
});
