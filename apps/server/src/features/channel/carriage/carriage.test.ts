import { systemRandom } from "@gatehouse/base";
import { generateKeyBundle, Handshake } from "@gatehouse/secure-channel";
import { expect, test } from "vitest";
import {
  addDevice,
  C1,
  clock,
  DAY_MS,
  DEVICE,
  handshake,
  M1,
  messageOf,
  OTHER,
  pool,
  refusalOf,
  refusedAs,
  say,
  sealed,
  senders,
  server,
  startCarriage,
  TENANT,
  take,
  textOf,
  useCarriageHouse,
  utf8,
  world,
} from "../testing/carriage-house.ts";
import type { CarriageLink } from "./carriage.ts";
import type { Sender } from "./ports.ts";

useCarriageHouse();

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

  world.nowMs += changeMs;
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
  const stale = sealed(keys, "recorded and held back", { sentMs: world.nowMs - 6 * 60_000 });
  const early = sealed(keys, "clock wrong", { sentMs: world.nowMs + 6 * 60_000 });
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
  const client = await pool().connect();
  await client.query("begin");
  await carriage.write(client, message.marks);
  await client.query("rollback");
  client.release();
  message.settle(false);
  const { rows } = await pool().query("select 1 from channel_replay where key_id = $1", [keys.keyId]);
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
  world.nowMs += 6 * 60_000;
  expect(refusalOf(link, live)).toBe("time");
  world.nowMs += DAY_MS;
  expect(textOf(await take(carriage, link, late))).toBe("late");
  expect(textOf(await take(carriage, link, clockless))).toBe("no clock");
  world.nowMs -= 2 * DAY_MS;
  expect(link.receive(clockless)).toMatchObject({ kind: "duplicate" });
  expect(refusalOf(link, sealed(keys, "future", { sentMs: world.nowMs + 6 * 60_000 }))).toBe("time");
  world.nowMs += 20 * DAY_MS;
  expect(refusalOf(link, sealed(keys, "old", { storedLate: true, sentMs: world.nowMs - 8 * DAY_MS }))).toBe(
    "time",
  );
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
