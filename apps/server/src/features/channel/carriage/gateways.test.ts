import { systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  encodeForwarded,
  generateKeyBundle,
  importPublicBundle,
  type KeyBundle,
  open,
  parseEnvelope,
  seal,
} from "@gatehouse/secure-channel";
import { expect, test } from "vitest";
import {
  addDevice,
  assigned,
  C1,
  DAY_MS,
  DEVICE,
  handshake,
  M1,
  messageOf,
  nextSequence,
  OTHER,
  refusalOf,
  refusedAs,
  say,
  sealed,
  senders,
  server,
  siteKeys,
  startCarriage,
  take,
  textOf,
  useCarriageHouse,
  utf8,
  world,
} from "../testing/carriage-house.ts";
import type { Sender } from "./ports.ts";

useCarriageHouse();

test("only who may speak for a device can forward its messages", async () => {
  const [meter, stranger] = [addDevice(M1), addDevice(M1, OTHER)];
  const carriage = await startCarriage();
  const publicServer = importPublicBundle(M1, server[M1].agreement.raw, server[M1].signing.raw);
  expect(publicServer?.keyId).toBe(server[M1].keyId);
  const inner = open(parseEnvelope(sealed(meter, "42")), server[M1], meter);
  const forwarded = seal(
    {
      sender: stranger,
      recipient: server[M1],
      contentType: CONTENT_TYPES.json,
      sequence: nextSequence(),
      sentMs: world.nowMs,
      bootId: 1,
      forwarded: true,
      payload: encodeForwarded(inner),
    },
    systemRandom,
  );
  expect(refusalOf(carriage.connect(), forwarded)).toBe("unknown_key");
});

const forwardedBy = (gateway: KeyBundle, inner: Parameters<typeof encodeForwarded>[0]): Uint8Array =>
  sealed(gateway, "", { forwarded: true, payload: encodeForwarded(inner) });
const METER = "00000000-0000-7000-8000-000000000003";

test("a gateway's connection passes on what its assigned devices seal, and nobody else's, from one frame to the next", async () => {
  const [gateway, meter, stranger] = [addDevice(M1), addDevice(C1, METER), addDevice(M1, OTHER)];
  assigned.set(METER, DEVICE);
  const carriage = await startCarriage();
  const link = carriage.connect();
  link.receive(say(handshake(link, gateway), "here"));
  const frame = sealed(meter, "42 kWh");
  const message = await take(carriage, link, frame);
  expect([message.deviceId, textOf(message), message.marks.length]).toEqual([METER, "42 kWh", 1]);
  const signed = open(parseEnvelope(frame), server[C1], meter);
  expect(Buffer.from(message.signed ?? [])).toEqual(Buffer.from(encodeForwarded(signed)));
  expect(refusalOf(link, sealed(stranger, "x"))).toBe("unknown_key");

  assigned.delete(METER);
  expect(refusalOf(link, sealed(meter, "43 kWh"))).toBe("unknown_key");
  assigned.set(METER, OTHER);
  expect(refusalOf(link, sealed(meter, "44 kWh"))).toBe("unknown_key");
  assigned.set(METER, DEVICE);
  expect(textOf(await take(carriage, link, sealed(meter, "45 kWh")))).toBe("45 kWh");
});

test("a gateway forwards the signed part of an assigned device, once, and of no other tenant's", async () => {
  const [gateway, meter] = [addDevice(M1), addDevice(M1, METER)];
  assigned.set(METER, DEVICE);
  const carriage = await startCarriage();
  const link = carriage.connect();
  link.receive(say(handshake(link, gateway), "here"));
  const inner = open(parseEnvelope(sealed(meter, "42")), server[M1], meter);
  const message = await take(carriage, link, forwardedBy(gateway, inner));
  expect([message.deviceId, textOf(message), message.marks.length]).toEqual([METER, "42", 2]);
  expect(link.receive(forwardedBy(gateway, inner)).kind).toBe("duplicate");
  const next = open(parseEnvelope(sealed(meter, "43")), server[M1], meter);
  const known = senders.get(meter.keyId) as Sender;
  senders.set(meter.keyId, { ...known, tenantId: "00000000-0000-7000-8000-00000000000b" });
  expect(refusalOf(link, forwardedBy(gateway, next))).toBe("unknown_key");
});

test("what a gateway forwards was said to us or to it, by a key that lives", async () => {
  const [gateway, meter] = [addDevice(M1), addDevice(M1, METER)];
  const [atSite, elsewhere, retired] = [1, 2, 3].map(() => generateKeyBundle(M1, systemRandom));
  if (!atSite || !elsewhere || !retired) throw new Error("no keys");
  assigned.set(METER, DEVICE);
  siteKeys.set(atSite.keyId, DEVICE).set(elsewhere.keyId, OTHER);
  const carriage = await startCarriage();
  const link = carriage.connect();
  link.receive(say(handshake(link, gateway), "here"));
  const said = (recipient: KeyBundle, more: object = {}) =>
    forwardedBy(gateway, open(parseEnvelope(sealed(meter, "42", { recipient, ...more })), recipient, meter));
  for (const recipient of [atSite, gateway, server[M1]])
    expect(textOf(await take(carriage, link, said(recipient)))).toBe("42");
  for (const recipient of [elsewhere, retired])
    expect(refusedAs(link, said(recipient))).toEqual(["envelope.unknown_key", DEVICE, "proven"]);
});

test("after a restore a gateway passes on nothing that was said to it before, but what has no time", async () => {
  const [gateway, meter] = [addDevice(M1), addDevice(M1, METER)];
  const atSite = generateKeyBundle(M1, systemRandom);
  assigned.set(METER, DEVICE);
  siteKeys.set(atSite.keyId, DEVICE);
  const said = (more: object) =>
    open(parseEnvelope(sealed(meter, "42", { recipient: atSite, storedLate: true, ...more })), atSite, meter);
  const yesterday = said({ sentMs: world.nowMs - DAY_MS });
  const clockless = said({ sentMs: 0 });
  world.recoveredMs = world.nowMs;
  world.nowMs += 60_000;
  const carriage = await startCarriage();
  const link = carriage.connect();
  link.receive(say(handshake(link, gateway), "here"));
  expect(refusedAs(link, forwardedBy(gateway, yesterday))).toEqual(["envelope.time", DEVICE, "proven"]);
  expect(textOf(await take(carriage, link, forwardedBy(gateway, said({ sentMs: world.nowMs }))))).toBe("42");
  expect(textOf(await take(carriage, link, forwardedBy(gateway, clockless)))).toBe("42");
  expect(link.receive(forwardedBy(gateway, clockless)).kind).toBe("duplicate");
});

test("an assigned device still connects itself, and speaks for nobody but itself", async () => {
  const [gateway, meter] = [addDevice(M1), addDevice(M1, METER)];
  assigned.set(METER, DEVICE);
  const carriage = await startCarriage();
  const own = carriage.connect();
  const session = handshake(own, meter);
  expect(textOf(messageOf(own.receive(say(session, "7"))))).toBe("7");
  expect(refusalOf(own, sealed(gateway, "x"))).toBe("unknown_key");
  expect(own.seal(METER, "control", utf8("{}"))).toBeDefined();
});
