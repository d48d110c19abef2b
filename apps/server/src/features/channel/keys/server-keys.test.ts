import { SUITE_IDS } from "@gatehouse/secure-channel";
import { expect, test } from "vitest";
import { createIdentityHouse } from "../../../compose/testing/identities.ts";

const DAY_MS = 86_400_000;

test("the next key is known 90 days before it is used, and the last one is read for 30 days after", async () => {
  await using t = await createIdentityHouse();
  const { serverKeys } = t.channel;
  const [first, second] = [serverKeys.get(SUITE_IDS.M1, "current"), serverKeys.get(SUITE_IDS.M1, "next")];
  expect(second.notBeforeMs - first.notBeforeMs).toBe(90 * DAY_MS);
  await serverKeys.upkeep();
  expect(serverKeys.get(SUITE_IDS.M1, "current").bundle.keyId).toBe(first.bundle.keyId);
  t.clock.setWall(t.clock.nowMs() + 90 * DAY_MS);
  await serverKeys.upkeep();
  expect(serverKeys.get(SUITE_IDS.M1, "current").bundle.keyId).toBe(second.bundle.keyId);
  expect(serverKeys.view(SUITE_IDS.M1).next.notBeforeMs).toBe(second.notBeforeMs + 90 * DAY_MS);
  expect(serverKeys.findRecipient(first.bundle.keyId)?.keyId).toBe(first.bundle.keyId);
  t.clock.setWall(t.clock.nowMs() + 30 * DAY_MS);
  expect(serverKeys.findRecipient(first.bundle.keyId)).toBeUndefined();
  await serverKeys.upkeep();
  const { rows } = await t.database.pool.query("select key_id from channel_server_keys where suite = 2");
  expect(rows.map(({ key_id }) => key_id)).not.toContain(first.bundle.keyId);
});

test("a rotation by hand holds after a restart, and two at once are two", async () => {
  await using t = await createIdentityHouse();
  const before = t.channel.serverKeys.list().length;
  await Promise.all([t.channel.serverKeys.rotate(SUITE_IDS.C1), t.channel.serverKeys.rotate(SUITE_IDS.C1)]);
  expect(t.channel.serverKeys.list()).toHaveLength(before + 2);
  const was = t.channel.serverKeys.view(SUITE_IDS.C1);
  await t.restart();
  expect(t.channel.serverKeys.view(SUITE_IDS.C1)).toEqual(was);
  expect(was.current.notBeforeMs).toBe(t.clock.nowMs());
});

test("private halves are stored sealed", async () => {
  await using t = await createIdentityHouse();
  const { rows } = await t.database.pool.query(
    "select encode(sealed, 'hex') as sealed from channel_server_keys",
  );
  const stored = rows.map(({ sealed }) => sealed).join();
  for (const { bundle } of t.channel.serverKeys.list())
    for (const { privateKey } of [bundle.agreementPair, bundle.signingPair])
      expect(stored).not.toContain(Buffer.from(privateKey.reveal()).toString("hex"));
});
