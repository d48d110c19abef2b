import { expect, test } from "vitest";
import { createTestHouse } from "../testing/house.ts";

const ADDRESS = "192.0.2.10";
const invalid = { code: "device.claim_invalid" };

test("a code is exchanged for a key of its own; the key of the first screen stays valid", async () => {
  await using t = await createTestHouse();
  const { device, key, claim } = await t.addDevice("one");
  const got = await t.house.claims.exchange(claim.code, ADDRESS);
  expect(got).toMatchObject({ deviceId: device.id, name: "one" });
  expect(got.apiKey).not.toBe(key.apiKey);
  for (const password of [got.apiKey, key.apiKey])
    expect(t.house.authenticator.login({ password })).toHaveProperty("identity");
  await expect(t.house.claims.exchange(claim.code, ADDRESS)).rejects.toMatchObject(invalid);
});

test("of many exchanges of one code at once exactly one gets a key", async () => {
  await using t = await createTestHouse();
  const { device, claim } = await t.addDevice("one");
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => t.house.claims.exchange(claim.code, `192.0.2.${i}`)),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await t.house.credentials.list(t.actor.tenantId, device.id)).items).toHaveLength(2);
});

test("a code has 140 bits, is read as people type it, and is stored as a hash", async () => {
  await using t = await createTestHouse();
  const { claim } = await t.addDevice("one");
  expect(claim.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(claim.url).toBe(`https://gate.example/claim#${claim.code}`);
  const { rows } = await t.database.pool.query("select * from device_claims");
  expect(JSON.stringify(rows)).not.toContain(claim.code.slice(0, 9));
  const typed = claim.code.toLowerCase().replaceAll("-", " ").replaceAll("1", "l").replaceAll("0", "o");
  expect(await t.house.claims.exchange(typed, ADDRESS)).toHaveProperty("apiKey");
});

test("codes end after ten minutes, printed ones after a day, and when a later one is made", async () => {
  await using t = await createTestHouse();
  const { device, claim } = await t.addDevice("one");
  const printed = await t.house.claims.create(t.actor, device.id, true);
  await expect(t.house.claims.exchange(claim.code, ADDRESS)).rejects.toMatchObject(invalid);
  t.clock.advance(24 * 3_600_000 - 1_000);
  expect(await t.house.claims.exchange(printed.code, ADDRESS)).toHaveProperty("apiKey");
  const onScreen = await t.house.claims.create(t.actor, device.id, false);
  expect(onScreen.expiresMs - t.clock.nowMs()).toBe(600_000);
  t.clock.advance(600_000);
  await expect(t.house.claims.exchange(onScreen.code, ADDRESS)).rejects.toMatchObject(invalid);
});

test("guessing takes ever longer from one address, and nobody else waits", async () => {
  await using t = await createTestHouse();
  const { claim } = await t.addDevice("one");
  const guess = (address = ADDRESS) =>
    t.house.claims.exchange("AAAA-BBBB", address).then(
      () => ["let in"],
      (error) => [error.code, error.fields.retryAfterSeconds],
    );
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await guess());
  expect(answers.map(([code]) => code)).toEqual([...Array(4).fill("device.claim_invalid"), "auth.throttled"]);
  t.clock.advance(1_000);
  expect(await guess()).toEqual(["device.claim_invalid", undefined]);
  expect(await guess()).toEqual(["auth.throttled", 2]);
  await expect(t.house.claims.exchange(claim.code, ADDRESS)).rejects.toMatchObject({
    code: "auth.throttled",
  });
  expect(await t.house.claims.exchange(claim.code, "192.0.2.11")).toHaveProperty("apiKey");
  const codes = t.heardOf("message.refused").map(({ code }) => code);
  expect(codes.filter((code) => code === "auth.throttled")).toHaveLength(3);
});

test("many guesses at the same moment count one by one", async () => {
  await using t = await createTestHouse();
  const guesses = Array.from({ length: 50 }, (_, i) =>
    t.house.claims.exchange(`GUESS-${i}`, ADDRESS).catch((error) => error.code as string),
  );
  const answers = await Promise.all(guesses);
  expect(answers.filter((code) => code === "device.claim_invalid")).toHaveLength(4);
});

test("one IPv6 host is one address however many it uses", async () => {
  await using t = await createTestHouse();
  for (let i = 0; i < 4; i++) await t.house.claims.exchange("WRONG", `2001:db8::${i}`).catch(() => undefined);
  await expect(t.house.claims.exchange("WRONG", "2001:db8::ffff")).rejects.toMatchObject({
    code: "auth.throttled",
  });
});
