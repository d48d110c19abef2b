import { randomUUID } from "node:crypto";
import type { alerts } from "@gatehouse/contract";
import { beforeEach, expect, test } from "vitest";
import { saying } from "../testing/doubles.ts";
import { type OutboxHouse, openOutboxHouse } from "../testing/outbox-house.ts";
import { decrypt, type PushService, pushService } from "../testing/push-service.ts";

const unbase64 = (text: string): Buffer => Buffer.from(text, "base64url");
const NO_PRIVATE = { allowPrivate: false };
const PUSH: alerts.ChannelSettings = { kind: "web_push", personIds: [] };

const person = () => ({ personId: randomUUID(), sessionId: randomUUID() });
type Person = ReturnType<typeof person>;

const subscribe = (house: OutboxHouse, who: Person, service: PushService, part: object = {}) =>
  house.call<alerts.PushDevice>("POST /api/v1/push/devices", {
    body: { ...service.subscribe(), label: "Firefox", ...part },
    who,
  });
const mine = (house: OutboxHouse, who: Person) =>
  house.call<{ devices: alerts.PushDevice[]; publicKey: string; channels: number }>("GET /api/v1/push", {
    who,
  });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The row of each browser, without the one that was spread. */
const pushed = async (house: OutboxHouse) =>
  (await house.outbox()).filter(({ to }) => to !== "Web Push" && to !== "");

let ada: Person;
let bob: Person;
beforeEach(() => {
  ada = person();
  bob = person();
});

test("the double decrypts the example of RFC 8291, appendix A", () => {
  const body = unbase64(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
  const keys = {
    privateKey: unbase64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
    publicKey: unbase64(
      "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    ),
    auth: unbase64("BTBZMqHH6r4Tts7J_aSIgg"),
  };
  expect(decrypt(body, keys).toString()).toBe("When I grow up, I want to be a watermelon");
  body[body.length - 20] = (body[body.length - 20] as number) ^ 1;
  expect(() => decrypt(body, keys)).toThrow();
});

test("an alert reaches every browser that listens, signed by the installation and readable there alone", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  house.languages.set(bob.personId, "fr");
  const channel = await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  await subscribe(house, bob, service);
  const { publicKey, channels } = await mine(house, ada);
  expect(channels).toBe(1);
  await house.notify([channel.id]);
  expect(service.refused).toEqual([]);
  const [first, second] = service.messages.toSorted((a, b) => a.path.localeCompare(b.path));
  expect(first).toMatchObject({
    senderKey: publicKey,
    claims: { aud: service.url, sub: "https://gatehouse.example" },
    headers: { urgency: "high", ttl: "43200", topic: "0198f00000007000800000000000" + "0001" },
    payload: {
      title: "Too warm: cellar-1",
      url: "/alerts/0198f000-0000-7000-8000-000000000001",
      tag: "0198f000-0000-7000-8000-000000000001",
      actions: [
        { action: "acknowledge", title: "Acknowledge" },
        { action: "open", title: "Open" },
      ],
    },
  });
  // Each in the language of who reads it, and each of the same length.
  expect(second?.payload.actions[1]?.title).toBe("Ouvrir");
  expect(second?.headers["content-length"]).toBe(first?.headers["content-length"]);
  expect((await pushed(house)).map(({ state, to }) => [state, to])).toEqual([
    ["sent", "Ada (Firefox)"],
    ["sent", "Ada (Firefox)"],
  ]);
  expect((await mine(house, ada)).devices[0]).toMatchObject({ failures: 0, lastOkMs: expect.any(Number) });
});

test("only those are told who may read the alert, whom the channel names and who asked for this severity", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  const carl = person();
  const everybody = await house.addChannel(PUSH);
  const carlAlone = await house.addChannel({ kind: "web_push", personIds: [carl.personId] });
  for (const who of [ada, bob, carl]) await subscribe(house, who, service);
  house.deaf.add(bob.personId);
  await house.call("PUT /api/v1/push", { body: { minSeverity: "critical" }, who: ada });
  await house.notify([everybody.id]);
  expect(service.messages.map(({ path }) => path)).toEqual(["/push/browser-3"]);
  await house.notify([carlAlone.id], { severity: "critical" });
  expect(service.messages.map(({ path }) => path)).toEqual(["/push/browser-3", "/push/browser-3"]);
});

test("a session that ends takes its browser with it", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  const channel = await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  house.bus.publish("session.ended", { tenantId: house.tenantId, ...ada });
  await expect.poll(async () => (await mine(house, ada)).devices).toEqual([]);
  await house.notify([channel.id]);
  expect(service.messages).toEqual([]);
  expect(await house.outbox()).toMatchObject([{ state: "dead", error: { code: "no_subscriber" } }]);
});

test("a browser that its push service has forgotten is forgotten here, and the channel stays well", async () => {
  let status = 201;
  await using service = await pushService((_request, response) => {
    if (status !== 201) saying(status)(_request, response);
  });
  await using house = await openOutboxHouse();
  const channel = await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  await house.notify([channel.id]);
  status = 410;
  await house.notify([channel.id]);
  expect((await mine(house, ada)).devices).toEqual([]);
  expect((await house.channel(channel.id)).health).toBe("ok");
  expect((await pushed(house))[0]).toMatchObject({ state: "dead", error: { code: "target_gone" } });
});

test("what a push service cannot take now is sent again by another program after a crash", async () => {
  let status = 429;
  await using service = await pushService((request, response) => {
    if (status !== 201) saying(status, {}, { "retry-after": "60" })(request, response);
  });
  await using house = await openOutboxHouse();
  const channel = await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  await house.notify([channel.id]);
  expect((await pushed(house))[0]).toMatchObject({ state: "retrying", error: { code: "rate_limited" } });
  expect((await mine(house, ada)).devices[0]).toMatchObject({ failures: 1 });
  await house.feature.stop?.();
  status = 201;
  const another = house.another();
  await another.start?.();
  await house.later(61_000);
  await expect.poll(() => service.messages.length).toBe(1);
  await another.idle();
  await another.stop?.();
});

test("an address that is no push service of the web is refused, and so are keys that are none", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  const refusal = (part: object) => subscribe(house, ada, service, part).catch((error: unknown) => error);
  expect(await refusal({})).toMatchObject({ code: "url.forbidden" });
  expect(await refusal({ endpoint: "http://push.example.org/1" })).toMatchObject({ code: "url.forbidden" });
  expect(await refusal({ endpoint: "https://ada:pw@push.example.org/1" })).toMatchObject({
    code: "url.forbidden",
  });
  expect(await refusal({ endpoint: "https://10.1.2.3/1" })).toMatchObject({ code: "url.forbidden" });
  await house.addChannel(PUSH, NO_PRIVATE);
  expect(await refusal({})).toMatchObject({ code: "url.forbidden" });
  await house.addChannel(PUSH);
  expect(await refusal({ p256dh: "A".repeat(87) })).toMatchObject({ code: "push.invalid" });
  expect(await refusal({})).toMatchObject({ current: true, label: "Firefox" });
});

test("whoever reads no alert cannot have the server call an address", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  const body = { ...service.subscribe(), label: "Firefox" };
  const asked = house.call("POST /api/v1/push/devices", { body, who: ada, permissions: ["self"] });
  await expect(asked).rejects.toMatchObject({ code: "auth.forbidden" });
});

test("a person has twenty browsers at most, and the same browser once", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  for (let count = 0; count < 20; count += 1) await subscribe(house, ada, service);
  await expect(subscribe(house, ada, service)).rejects.toMatchObject({ code: "limit.reached" });
  const again = service.subscribe();
  await subscribe(house, bob, service, again);
  await subscribe(house, bob, service, again);
  expect((await mine(house, bob)).devices).toHaveLength(1);
});

test("a person who adds many browsers at once has twenty all the same", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  const asked = Array.from({ length: 28 }, () => subscribe(house, ada, service));
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject(Array(8).fill({ reason: { code: "limit.reached" } }));
  expect((await mine(house, ada)).devices).toHaveLength(20);
});

test("what a private address answers is told to nobody who only listens", async () => {
  await using service = await pushService(saying(400, "the secret of the machine next door"));
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  const { id } = await subscribe(house, ada, service);
  const tried = await house.call<object>("POST /api/v1/push/devices/:id/test", { params: { id }, who: ada });
  expect(tried).toEqual({ ok: false, failure: { code: "rejected" } });
});

test("one tries one's own browsers and removes them, and nobody else's", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  const { id } = await subscribe(house, ada, service);
  const params = { id };
  const tried = house.call("POST /api/v1/push/devices/:id/test", { params, who: ada });
  expect(await tried).toEqual({ ok: true });
  expect(service.messages[0]?.payload).toMatchObject({ title: "Test message", url: "/account" });
  for (const call of ["POST /api/v1/push/devices/:id/test", "DELETE /api/v1/push/devices/:id"])
    await expect(house.call(call, { params, who: bob })).rejects.toMatchObject({ code: "push.not_found" });
  await house.call("DELETE /api/v1/push/devices/:id", { params, who: ada });
  expect((await mine(house, ada)).devices).toEqual([]);
});

test("what is held about a person is shown and erased", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  await house.call("PUT /api/v1/push", { body: { minSeverity: "warning" }, who: ada });
  const { personalData } = house.feature;
  const key = { tenantId: house.tenantId, personId: ada.personId };
  expect(await all(personalData.read(key))).toMatchObject([
    { choices: { minSeverity: "warning" } },
    { browser: "Firefox" },
  ]);
  await personalData.erase(house.db, key);
  expect(await all(personalData.read(key))).toEqual([]);
});

test("addresses and the private key are sealed at rest", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  await house.addChannel(PUSH);
  await subscribe(house, ada, service);
  const { rows } = await house.pool.query("select d.*, i.private_key from push_devices d, push_identity i");
  const text = JSON.stringify(rows.map((row) => ({ ...row, sealed: row.sealed.toString("latin1") })));
  expect(text).not.toContain("/push/browser");
  expect(rows[0].private_key.length).toBeGreaterThan(43);
});
