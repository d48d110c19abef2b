import { systemClock, systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  encodeForwarded,
  generateKeyBundle,
  Handshake,
  importPublicBundle,
  type KeyBundle,
  open,
  parseEnvelope,
  refusalReason,
  type Session,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ALL_ON } from "../../../platform/controls.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import { createReplayTable } from "../migrations/002-replay.ts";
import type { ChannelTables } from "../tables.ts";
import { Carriage, type CarriageLink } from "./carriage.ts";
import type { OpenedMessage, Received, Sender } from "./ports.ts";

const TENANT = "00000000-0000-7000-8000-00000000000a";
const DEVICE = "00000000-0000-7000-8000-000000000001";
const OTHER = "00000000-0000-7000-8000-000000000002";
const DAY_MS = 86_400_000;
const { M1, C1 } = SUITE_IDS;
const utf8 = (text: string): Uint8Array => Buffer.from(text);

let database: TestDatabase<ChannelTables>;
let nowMs = systemClock.nowMs();
const server = { [M1]: generateKeyBundle(M1, systemRandom), [C1]: generateKeyBundle(C1, systemRandom) };
const senders = new Map<string, Sender>();
/** Gateway by device. */
const assigned = new Map<string, string>();
/** Gateway by the id of its key at the site. */
const siteKeys = new Map<string, string>();
let recoveredMs = 0;

beforeAll(async () => {
  database = await createTestDatabase<ChannelTables>([
    { feature: "channel", migrations: [createReplayTable] },
  ]);
}, 60_000);
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(() => {
  senders.clear();
  assigned.clear();
  siteKeys.clear();
  recoveredMs = 0;
  nowMs = systemClock.nowMs();
});

const clock = { ...systemClock, nowMs: () => nowMs };
const own = new Map(Object.values(server).map((bundle) => [bundle.keyId, bundle]));

async function startCarriage(): Promise<Carriage> {
  const carriage = new Carriage({
    pool: database.pool,
    controls: ALL_ON,
    clock,
    random: systemRandom,
    keys: {
      own: (keyId) => own.get(keyId),
      sender: (keyId) => senders.get(keyId),
      authenticated: () => undefined,
      cloned: ({ bundle }) => void senders.delete(bundle.keyId),
      storedLimitMs: () => 7 * DAY_MS,
      recoveredMs: () => recoveredMs,
    },
    gatewayOf: (deviceId) => assigned.get(deviceId),
    isSiteKey: (gatewayId, keyId) => siteKeys.get(keyId) === gatewayId,
    plainRefusal: () => undefined,
    changeKeys: async () => ({}),
  });
  await carriage.load();
  return carriage;
}

function addDevice(suite: SuiteId, deviceId = DEVICE): KeyBundle {
  const bundle = generateKeyBundle(suite, systemRandom);
  senders.set(bundle.keyId, {
    tenantId: TENANT,
    deviceId,
    bundle,
    suites: { allowed: [M1, C1], pinned: undefined },
  });
  return bundle;
}

function handshake(link: CarriageLink, keys: KeyBundle): Session {
  const shake = new Handshake({ own: keys, peer: server[keys.suite], random: systemRandom });
  const received = link.receive(shake.hello);
  if (received.kind !== "answer") throw new Error("no answer");
  return shake.finish(received.frame, clock.monotonicMs());
}

const say = (session: Session, text: string): Uint8Array =>
  session.seal({ contentType: CONTENT_TYPES.json, payload: utf8(text) }, clock.monotonicMs()) as Uint8Array;

let sequence = 0n;
const sealed = (keys: KeyBundle, text: string, more: object = {}): Uint8Array =>
  seal(
    {
      sender: keys,
      recipient: server[keys.suite],
      contentType: CONTENT_TYPES.json,
      sequence: ++sequence,
      sentMs: nowMs,
      bootId: 7,
      payload: utf8(text),
      ...more,
    },
    systemRandom,
  );

function messageOf(received: Received): OpenedMessage {
  if (received.kind !== "message") throw new Error(received.kind);
  return received.message;
}

function refusalOf(link: CarriageLink, frame: Uint8Array): string | undefined {
  try {
    const received = link.receive(frame);
    return received.kind === "refused" ? received.code.replace("envelope.", "") : undefined;
  } catch (error) {
    return refusalReason(error);
  }
}

/** The reason, and whose refusal it is: proven to be the device's own, or only in its name. */
function refusedAs(link: CarriageLink, frame: Uint8Array): unknown {
  const received = link.receive(frame);
  if (received.kind !== "refused") return received.kind;
  const { code, deviceId, isProven } = received;
  return [code, deviceId, isProven ? "proven" : "unproven"];
}

const textOf = ({ payload }: OpenedMessage): string => Buffer.from(payload).toString();

/** Takes the message as the door does: the mark with its effect, then settled. */
async function take(carriage: Carriage, link: CarriageLink, frame: Uint8Array): Promise<OpenedMessage> {
  const message = messageOf(link.receive(frame));
  await carriage.takeMarks(message.marks);
  message.settle(true);
  return message;
}

test.each([M1, C1])("suite %i: a session carries messages up and commands down", async (suite) => {
  const keys = addDevice(suite);
  const link = (await startCarriage()).connect();
  const session = handshake(link, keys);
  expect(link.hasSession(DEVICE)).toBe(false);
  expect(link.seal(DEVICE, "command", utf8("{}"))).toBeUndefined();
  const first = messageOf(link.receive(say(session, "21.5")));
  expect([textOf(first), first.deviceId, first.senderKeyId]).toEqual(["21.5", DEVICE, keys.keyId]);
  expect(link.hasSession(DEVICE)).toBe(true);
  const down = link.seal(DEVICE, "command", utf8("on")) as Uint8Array;
  const opened = session.open(down, clock.monotonicMs());
  expect([Buffer.from(opened.payload).toString(), opened.contentType, opened.command]).toEqual([
    "on",
    4,
    true,
  ]);
  expect(link.seal(OTHER, "command", utf8("on"))).toBeUndefined();
});

test("a frame of a session counts once, and only on its connection and until that ends", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const session = handshake(link, keys);
  const frame = say(session, "x");
  link.receive(frame);
  expect(refusalOf(link, frame)).toBe("replayed");
  expect(refusalOf(carriage.connect(), say(session, "y"))).toBe("unknown_key");
  link.end();
  expect(refusalOf(link, say(session, "z"))).toBe("unknown_key");
});

test.each([
  ["a restart of the server", 0],
  ["a restart with the clock set back by a year", -365 * DAY_MS],
  ["a restart with the clock set on by a year", 365 * DAY_MS],
])("a captured session is refused after %s", async (_what, changeMs) => {
  const keys = addDevice(M1);
  const link = (await startCarriage()).connect();
  const shake = new Handshake({ own: keys, peer: server[M1], random: systemRandom });
  const answer = link.receive(shake.hello);
  const session = shake.finish((answer as { frame: Uint8Array }).frame, clock.monotonicMs());
  const frames = [say(session, "1"), say(session, "2")];
  for (const frame of frames) link.receive(frame);

  nowMs += changeMs;
  for (const frame of frames) expect(refusalOf(link, frame)).toBe("replayed");
  const replayed = (await startCarriage()).connect();
  expect(replayed.receive(shake.hello).kind).toBe("answer");
  for (const frame of frames) expect(refusalOf(replayed, frame)).toBe("unknown_key");
  expect(replayed.hasSession(DEVICE)).toBe(false);
});

test("a replayed HELLO does not displace the live session", async () => {
  const keys = addDevice(C1);
  const link = (await startCarriage()).connect();
  const shake = new Handshake({ own: keys, peer: server[C1], random: systemRandom });
  const answer = link.receive(shake.hello) as { frame: Uint8Array };
  const session = shake.finish(answer.frame, clock.monotonicMs());
  link.receive(say(session, "1"));
  for (let i = 0; i < 10; i++) link.receive(shake.hello);
  expect(textOf(messageOf(link.receive(say(session, "2"))))).toBe("2");
  expect(link.seal(DEVICE, "ack", utf8("ok"))).toBeDefined();
});

test("a connection that asks for one handshake after the other is slowed down, and its session goes on", async () => {
  const keys = addDevice(M1);
  const link = (await startCarriage()).connect();
  const session = handshake(link, keys);
  link.receive(say(session, "live"));
  const hello = new Handshake({ own: keys, peer: server[M1], random: systemRandom }).hello;
  const refusals: unknown[] = [];
  for (let i = 0; i < 100; i++) {
    try {
      link.receive(hello);
    } catch (error) {
      refusals.push((error as { code?: string }).code);
    }
  }
  expect(refusals.length).toBeGreaterThan(30);
  expect(new Set(refusals)).toEqual(new Set(["message.rate_limited"]));
  expect(textOf(messageOf(link.receive(say(session, "still here"))))).toBe("still here");
});

test("a new session of the same device takes over with its first frame", async () => {
  const keys = addDevice(M1);
  const link = (await startCarriage()).connect();
  const before = handshake(link, keys);
  link.receive(say(before, "1"));
  const after = handshake(link, keys);
  expect(textOf(messageOf(link.receive(say(before, "2"))))).toBe("2");
  expect(textOf(messageOf(link.receive(say(after, "3"))))).toBe("3");
  expect(refusalOf(link, say(before, "4"))).toBe("unknown_key");
});

test.each([M1, C1])(
  "suite %i: a sealed message is taken once, also by another server process",
  async (suite) => {
    const keys = addDevice(suite);
    const carriage = await startCarriage();
    const frame = sealed(keys, "42 kWh");
    expect(textOf(await take(carriage, carriage.connect(), frame))).toBe("42 kWh");
    expect(carriage.connect().receive(frame)).toMatchObject({ kind: "duplicate", isStored: true });
    const restarted = await startCarriage();
    expect(restarted.connect().receive(frame)).toMatchObject({ kind: "duplicate", isStored: true });
    expect(textOf(await take(restarted, restarted.connect(), sealed(keys, "43 kWh")))).toBe("43 kWh");
  },
);

test.each([M1, C1])(
  "suite %i: a stranger who names a used sequence is refused, and is not told that it was used",
  async (suite) => {
    const keys = addDevice(suite);
    const carriage = await startCarriage();
    const genuine = sealed(keys, "42 kWh");
    await take(carriage, carriage.connect(), genuine);
    const forged = Uint8Array.from(genuine);
    forged.fill(0x5a, 48);
    expect(refusedAs(carriage.connect(), forged)).toEqual(["envelope.not_authentic", DEVICE, "unproven"]);
    expect(carriage.connect().receive(genuine)).toMatchObject({ kind: "duplicate", isStored: true });
  },
);

test("a genuine message too far behind to know of is refused, never answered as stored", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const behind = sealed(keys, "never seen", { sequence: 10n });
  await take(carriage, link, sealed(keys, "far ahead", { sequence: 5_010n }));
  expect(refusedAs(link, behind)).toEqual(["envelope.replayed", DEVICE, "unproven"]);
  const restarted = await startCarriage();
  expect(refusedAs(restarted.connect(), behind)).toEqual(["envelope.replayed", DEVICE, "unproven"]);
});

test("a refusal is the device's own only where nobody else can have sent the message just now", async () => {
  const keys = addDevice(C1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const known = senders.get(keys.keyId) as Sender;
  const stale = sealed(keys, "recorded and held back", { sentMs: nowMs - 6 * 60_000 });
  const early = sealed(keys, "clock wrong", { sentMs: nowMs + 6 * 60_000 });
  expect(refusedAs(link, stale)).toEqual(["envelope.time", DEVICE, "unproven"]);
  expect(refusedAs(link, early)).toEqual(["envelope.time", DEVICE, "proven"]);
  const forged = Uint8Array.from(early);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(refusedAs(link, forged)).toEqual(["envelope.not_authentic", DEVICE, "unproven"]);

  const taken = sealed(keys, "taken");
  await take(carriage, link, taken);
  senders.set(keys.keyId, { ...known, suites: { allowed: [M1], pinned: undefined } });
  expect(refusedAs(link, taken)).toEqual(["envelope.suite", DEVICE, "unproven"]);
  expect(refusedAs(link, sealed(keys, "weak"))).toEqual(["envelope.suite", DEVICE, "proven"]);
  const hello = new Handshake({ own: keys, peer: server[C1], random: systemRandom }).hello;
  expect(refusedAs(link, hello)).toEqual(["envelope.suite", DEVICE, "unproven"]);
  senders.set(keys.keyId, known);

  await take(carriage, link, sealed(keys, "another start", { bootId: 8 }));
  expect(refusedAs(link, sealed(keys, "the first again"))).toEqual(["envelope.cloned", DEVICE, "proven"]);
});

test("handshakes of a connection are counted before any key is looked up", async () => {
  const link = (await startCarriage()).connect();
  const nobody = generateKeyBundle(M1, systemRandom);
  const hello = new Handshake({ own: nobody, peer: server[M1], random: systemRandom }).hello;
  const codes = new Set<unknown>();
  for (let i = 0; i < 100; i++) {
    try {
      link.receive(hello);
    } catch (error) {
      codes.add((error as { code?: string }).code);
    }
  }
  expect(codes).toEqual(new Set(["envelope.refused", "message.rate_limited"]));
});

test("a copy that comes while the first is being stored waits for it, and counts when that failed", async () => {
  const keys = addDevice(M1);
  const link = (await startCarriage()).connect();
  const frame = sealed(keys, "x");
  const first = messageOf(link.receive(frame));
  const copy = link.receive(frame);
  if (copy.kind !== "duplicate") throw new Error(copy.kind);
  first.settle(false);
  expect(await copy.isStored).toBe(false);
  const again = messageOf(link.receive(frame));
  const third = link.receive(frame);
  again.settle(true);
  expect(third.kind === "duplicate" && (await third.isStored)).toBe(true);
  expect(link.receive(frame)).toMatchObject({ kind: "duplicate", isStored: true });
});

test("marks that fail with their transaction leave nothing behind", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const message = messageOf(carriage.connect().receive(sealed(keys, "x")));
  const client = await database.pool.connect();
  await client.query("begin");
  await carriage.write(client, message.marks);
  await client.query("rollback");
  client.release();
  message.settle(false);
  const { rows } = await database.pool.query("select 1 from channel_replay where key_id = $1", [keys.keyId]);
  expect(rows).toEqual([]);
});

test("two transactions that mark messages of the same keys both count", async () => {
  const [a, b] = [addDevice(M1), addDevice(M1, OTHER)];
  const carriage = await startCarriage();
  const links = [carriage.connect(), carriage.connect()];
  const frames = Array.from({ length: 40 }, (_, i) => sealed(i % 2 === 0 ? a : b, String(i)));
  const messages = frames.map((frame, i) => messageOf((links[i % 2] as CarriageLink).receive(frame)));
  await Promise.all(messages.map(({ marks }) => carriage.takeMarks(marks)));
  const restarted = await startCarriage();
  for (const frame of frames)
    expect(restarted.connect().receive(frame)).toMatchObject({ kind: "duplicate", isStored: true });
});

test("time: a live message counts for five minutes, a late one as long as the tenant allows, neither twice", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const live = sealed(keys, "live");
  const late = sealed(keys, "late", { storedLate: true });
  const clockless = sealed(keys, "no clock", { sentMs: 0 });
  nowMs += 6 * 60_000;
  expect(refusalOf(link, live)).toBe("time");
  nowMs += DAY_MS;
  expect(textOf(await take(carriage, link, late))).toBe("late");
  expect(textOf(await take(carriage, link, clockless))).toBe("no clock");
  nowMs -= 2 * DAY_MS;
  expect(link.receive(clockless)).toMatchObject({ kind: "duplicate" });
  expect(refusalOf(link, sealed(keys, "future", { sentMs: nowMs + 6 * 60_000 }))).toBe("time");
  nowMs += 20 * DAY_MS;
  expect(refusalOf(link, sealed(keys, "old", { storedLate: true, sentMs: nowMs - 8 * DAY_MS }))).toBe("time");
});

test("a connection speaks for the device that logged in, or for whom it first proved to be", async () => {
  const [mine, foreign] = [addDevice(M1), addDevice(M1, OTHER)];
  const carriage = await startCarriage();
  const loggedIn = carriage.connect({ tenantId: TENANT, deviceId: DEVICE });
  expect(refusalOf(loggedIn, sealed(foreign, "x"))).toBe("unknown_key");
  const hello = new Handshake({ own: foreign, peer: server[M1], random: systemRandom }).hello;
  expect(refusalOf(loggedIn, hello)).toBe("unknown_key");
  const open = carriage.connect();
  expect(textOf(messageOf(open.receive(sealed(mine, "a"))))).toBe("a");
  expect(refusalOf(open, sealed(foreign, "b"))).toBe("unknown_key");
});

test("a revoked key is refused in the middle of its session", async () => {
  const keys = addDevice(M1);
  const link = (await startCarriage()).connect();
  const session = handshake(link, keys);
  link.receive(say(session, "1"));
  senders.delete(keys.keyId);
  expect(refusalOf(link, say(session, "2"))).toBe("unknown_key");
  expect(link.seal(DEVICE, "command", utf8("on"))).toBeUndefined();
  expect(refusalOf(link, sealed(keys, "3"))).toBe("unknown_key");
});

test("a suite below the device's pin, or off the allow-list, is refused", async () => {
  const keys = addDevice(C1);
  const link = (await startCarriage()).connect();
  const known = senders.get(keys.keyId) as Sender;
  for (const suites of [
    { allowed: [C1, M1], pinned: M1 },
    { allowed: [M1], pinned: undefined },
  ]) {
    senders.set(keys.keyId, { ...known, suites });
    expect(refusalOf(link, sealed(keys, "x"))).toBe("suite");
    expect(refusalOf(link, new Handshake({ own: keys, peer: server[C1], random: systemRandom }).hello)).toBe(
      "suite",
    );
  }
});

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
      sequence: ++sequence,
      sentMs: nowMs,
      bootId: 1,
      forwarded: true,
      payload: encodeForwarded(inner),
    },
    systemRandom,
  );
  expect(refusalOf(carriage.connect(), forwarded)).toBe("unknown_key");
});

test("a key that two machines use ends for both, whichever speaks", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "original", { bootId: 7 }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8 }));
  expect(refusalOf(link, sealed(keys, "original", { bootId: 7 }))).toBe("cloned");
  expect(refusalOf(link, sealed(keys, "copy", { bootId: 8 }))).toBe("unknown_key");
});

test("a message of an earlier start, first heard of after a later one, is no second machine", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  const waited = sealed(keys, "waited at the gateway", { bootId: 7, sentMs: nowMs - 60_000 });
  await take(carriage, link, sealed(keys, "after a restart", { bootId: 8 }));
  await take(carriage, link, waited);
  expect(textOf(await take(carriage, link, sealed(keys, "still me", { bootId: 8 })))).toBe("still me");
});

test("a repeated message that was refused for its wrong clock ends no key", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "first start", { bootId: 7 }));
  const early = sealed(keys, "its clock jumped", { bootId: 7, sentMs: nowMs + DAY_MS });
  expect(refusalOf(link, early)).toBe("time");
  await take(carriage, link, sealed(keys, "second start", { bootId: 8 }));
  expect(refusalOf(link, early)).toBe("time");
  expect(textOf(await take(carriage, link, sealed(keys, "still me", { bootId: 8 })))).toBe("still me");
});

test("a copy that only repeats sequences of the original is noticed too, but a forged repetition changes nothing", async () => {
  const keys = addDevice(M1);
  const carriage = await startCarriage();
  const link = carriage.connect();
  await take(carriage, link, sealed(keys, "original", { bootId: 7, sequence: 1_000n }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8, sequence: 1_001n }));
  await take(carriage, link, sealed(keys, "copy", { bootId: 8, sequence: 1_002n }));
  const repeated = sealed(keys, "original", { bootId: 7, sequence: 1_002n });
  const forged = Uint8Array.from(repeated);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(refusalOf(link, forged)).toBe("not_authentic");
  expect(refusalOf(link, repeated)).toBe("cloned");
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
  const yesterday = said({ sentMs: nowMs - DAY_MS });
  const clockless = said({ sentMs: 0 });
  recoveredMs = nowMs;
  nowMs += 60_000;
  const carriage = await startCarriage();
  const link = carriage.connect();
  link.receive(say(handshake(link, gateway), "here"));
  expect(refusedAs(link, forwardedBy(gateway, yesterday))).toEqual(["envelope.time", DEVICE, "proven"]);
  expect(textOf(await take(carriage, link, forwardedBy(gateway, said({ sentMs: nowMs }))))).toBe("42");
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
