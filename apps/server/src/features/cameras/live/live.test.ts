import { once } from "node:events";
import { cameras } from "@gatehouse/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "./testing/browser.ts";
import {
  type LiveHouse,
  liveHouse,
  mayView,
  OTHER_SITE,
  OTHER_TENANT,
  SITE,
  TENANT,
} from "./testing/live-house.ts";

let house: LiveHouse;
beforeEach(async () => {
  house = await liveHouse();
});
afterEach(async () => house[Symbol.asyncDispose]());

const { videoInit, videoFragment } = cameras.FRAME_KINDS;
const passes = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("frames arrive whole and in order, with their camera, number and time", async () => {
  house.addPerson("ada");
  const [door, yard] = [house.addCamera(), house.addCamera()];
  const browser = await house.open("ada");
  await browser.watches(door, yard);
  const sent = house.publish(door, { bytes: Buffer.from("one") });
  house.publish(yard, { bytes: Buffer.from("two") });
  await browser.until(() => browser.frames.length === 2);
  const { number, takenMs } = sent;
  expect(browser.frames[0]).toEqual({ camera: door, kind: 1, number, takenMs, text: "one" });
  expect(browser.frames[1]).toMatchObject({ camera: yard, text: "two" });
  for (let i = 0; i < 20; i++) {
    house.publish(door);
    await passes(5);
  }
  await browser.until(() => browser.numbers.at(-2) === 21 || browser.numbers.at(-1) === 21);
  expect(browser.numbers).toEqual(browser.numbers.toSorted((a, b) => a - b));
});

test("somebody who begins to watch sees the newest frame at once, unless it is old", async () => {
  house.addPerson("ada");
  const [door, yard] = [house.addCamera(), house.addCamera()];
  house.publish(door, { bytes: Buffer.from("new") });
  house.publish(yard, { bytes: Buffer.from("old"), takenMs: Date.now() - 11_000 });
  const browser = await house.open("ada");
  await browser.watches(door, yard);
  await browser.until(() => browser.frames.length === 1);
  house.publish(yard, { bytes: Buffer.from("newer") });
  await browser.until(() => browser.frames.length === 2);
  expect(browser.texts).toEqual(["new", "newer"]);
});

test("a viewer that does not draw gets no more than its credits, and then the newest frame alone", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const browser = await house.open("ada");
  await browser.watches(door);
  for (let i = 1; i <= 8; i++) {
    house.publish(door);
    await browser.until(() => browser.frames.length === i);
  }
  browser.draws = false;
  for (let i = 9; i <= 40; i++) {
    house.publish(door);
    await passes(2);
  }
  await browser.until(() => browser.frames.length === 8 + cameras.LIVE_CREDITS);
  await passes(100);
  expect(browser.frames.length).toBe(8 + cameras.LIVE_CREDITS);
  browser.drawn({ camera: door, number: browser.numbers.at(-1) as number });
  await browser.until(() => browser.frames.length === 9 + cameras.LIVE_CREDITS);
  expect(browser.numbers.at(-1)).toBe(40);
});

test("a viewer that takes nothing from its line holds up nobody, and is behind by no more than its credits", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const [quick, slow] = [await house.open("ada"), await house.open("ada")];
  await quick.watches(door);
  await slow.watches(door);
  slow.socket.pause();
  const bytes = Buffer.alloc(400_000, 7);
  for (let i = 1; i <= 60; i++) {
    house.publish(door, { bytes });
    await quick.until(() => quick.numbers.at(-1) === i);
  }
  slow.socket.resume();
  await slow.until(() => slow.numbers.at(-1) === 60);
  expect(slow.frames.length).toBeLessThanOrEqual(1 + cameras.LIVE_CREDITS);
});

test("what says to have drawn frames it cannot have is given no more than the bound", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const browser = await house.open("ada");
  await browser.watches(door);
  browser.socket.pause();
  const bytes = Buffer.alloc(1_000_000, 7);
  for (let i = 1; i <= 45; i++) {
    const { number } = house.publish(door, { bytes });
    // Whichever of them is on its way: a guess that is wrong costs one of the requests it has.
    for (const guess of [number - 2, number - 1, number].filter((one) => one > 0))
      browser.drawn({ camera: door, number: guess });
    await passes(10);
  }
  browser.socket.resume();
  while (browser.texts.at(-1) !== "last") {
    house.publish(door, { bytes: Buffer.from("last") });
    await passes(20);
  }
  // What the kernel holds on both ends, and a megabyte: far less than what was published.
  expect(browser.texts.filter((text) => text !== "last").length).toBeLessThan(20);
});

test("a frame rate that a viewer asks for is kept", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const [all, few] = [await house.open("ada"), await house.open("ada")];
  await all.watches(door);
  few.watch({ id: door, maxFps: 5 });
  await few.until(() => few.stateOf(door) !== undefined);
  const beganMs = performance.now();
  for (let i = 1; i <= 50; i++) {
    house.publish(door);
    await all.until(() => all.numbers.at(-1) === i);
    await passes(15);
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  expect(few.frames.length).toBeGreaterThan(2);
  expect(few.frames.length).toBeLessThan(5 * seconds + 3);
});

test("video begins with its initialisation, and goes on with the newest fragment after a pause", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  house.publish(door, { kind: videoInit, bytes: Buffer.from("init a") });
  house.publish(door, { kind: videoFragment, bytes: Buffer.from("a1") });
  const browser = await house.open("ada");
  browser.draws = false;
  await browser.watches(door);
  await browser.until(() => browser.frames.length === 2);
  for (const text of ["a2", "a3", "a4", "a5"])
    house.publish(door, { kind: videoFragment, bytes: Buffer.from(text) });
  browser.drawn({ camera: door, number: browser.numbers.at(-1) as number });
  await browser.until(() => browser.texts.includes("a5"));
  browser.drawn({ camera: door, number: browser.numbers.at(-1) as number });
  await passes(50);
  house.publish(door, { kind: videoInit, bytes: Buffer.from("init b") });
  house.publish(door, { kind: videoFragment, bytes: Buffer.from("b1") });
  await browser.until(() => browser.texts.includes("b1"));
  expect(browser.texts).toEqual(["init a", "a1", "a5", "init b", "b1"]);
});

test("another organisation's camera, one at a site beyond reach and none at all look the same", async () => {
  house.addPerson("ada", { permissions: mayView([SITE]) });
  const own = house.addCamera();
  const hidden = [house.addCamera({ siteId: OTHER_SITE }), house.addCamera({ tenantId: OTHER_TENANT })];
  const none = "00000000-0000-4000-8000-000000000000";
  const browser = await house.open("ada");
  await browser.watches(own, ...hidden, none);
  for (const id of [...hidden, own]) house.publish(id);
  await browser.until(() => browser.frames.length > 0);
  await passes(100);
  expect([...hidden, none].map((id) => browser.stateOf(id))).toEqual(["none", "none", "none"]);
  expect(new Set(browser.frames.map(({ camera }) => camera))).toEqual(new Set([own]));
  expect(house.viewed.map(({ event }) => event.subject?.id)).toEqual([own]);
});

test("a right that is taken away ends the frames within a second, and one that is given brings them", async () => {
  const ada = house.addPerson("ada");
  const door = house.addCamera();
  const browser = await house.open("ada");
  await browser.watches(door);
  house.publish(door);
  await browser.until(() => browser.frames.length === 1);
  const changed = () => house.bus.publish("access.changed", { tenantId: TENANT, personIds: [ada.personId] });
  house.people.set("ada", { ...ada, permissions: mayView([OTHER_SITE]) });
  changed();
  await browser.until(() => browser.stateOf(door) === "none");
  house.publish(door);
  await passes(50);
  expect(browser.frames.length).toBe(1);
  house.people.set("ada", ada);
  changed();
  await browser.until(() => browser.stateOf(door) === "live");
  house.publish(door, { bytes: Buffer.from("again") });
  await browser.until(() => browser.texts.includes("again"));
  house.people.delete("ada");
  changed();
  expect((await once(browser.socket, "close"))[0]).toBe(4001);
  expect(browser.notes.at(-1)).toEqual({ type: "bye", code: "auth.session_ended" });
});

test("an ended session and a suspended organisation end what is open", async () => {
  const ada = house.addPerson("ada");
  house.addPerson("bob");
  const [first, second] = [await house.open("ada"), await house.open("bob")];
  const { tenantId, personId, sessionId } = ada;
  house.bus.publish("session.ended", { tenantId, personId, sessionId });
  expect((await once(first.socket, "close"))[0]).toBe(4001);
  expect(second.socket.readyState).toBe(second.socket.OPEN);
  expect(await house.refusal({ cookie: "who=ada" })).toBe(401);
  house.bus.publish("tenant.suspended", { tenantId: TENANT });
  expect((await once(second.socket, "close"))[0]).toBe(4001);
});

test("a camera that is switched off is not seen, whether the bus says so or not", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const browser = await house.open("ada");
  await browser.watches(door);
  const set = (state: cameras.CameraState) =>
    house.cameras.set(door, { tenantId: TENANT, siteId: SITE, state });
  set("off");
  house.bus.publish("camera.changed", { tenantId: TENANT, cameraId: door });
  await browser.until(() => browser.stateOf(door) === "off");
  house.publish(door);
  set("live");
  await browser.until(() => browser.stateOf(door) === "live");
  house.hub.forget(door);
  house.publish(door, { bytes: Buffer.from("on again") });
  await browser.until(() => browser.texts.includes("on again"));
  house.cameras.delete(door);
  await browser.until(() => browser.stateOf(door) === "none");
});

test("nobody, somebody without the permission, and another site's page are refused", async () => {
  house.addPerson("ada");
  house.addPerson("eve", { permissions: new Map() });
  const origin = "https://evil.example";
  expect(await house.refusal({})).toBe(401);
  expect(await house.refusal({ cookie: "who=nobody" })).toBe(401);
  expect(await house.refusal({ cookie: "who=eve" })).toBe(403);
  expect(await house.refusal({ cookie: "who=ada", origin })).toBe(403);
  expect(await house.refusal({ cookie: "who=ada", "sec-fetch-site": "cross-site" })).toBe(403);
  expect(house.viewed).toEqual([]);
});

test("one person's connections are bounded", async () => {
  house.addPerson("ada");
  const open: TestBrowser[] = [];
  for (let i = 0; i < 5; i++) open.push(await house.open("ada"));
  expect(await house.refusal({ cookie: "who=ada" })).toBe(429);
  open[0]?.socket.close();
  await open[0]?.until(() => open[0]?.socket.readyState === open[0]?.socket.CLOSED);
  await passes(50);
  await house.open("ada");
});

test("nonsense, too many cameras and too many requests end the connection", async () => {
  house.addPerson("ada");
  const door = house.addCamera();
  const many = Array.from({ length: cameras.MAX_WATCHED + 1 }, () => ({ id: door }));
  for (const nonsense of [
    "{",
    '{"op":"watch"}',
    '{"op":"drawn","camera":"x","number":1}',
    `{"op":"drawn","camera":"${door}","number":-1}`,
    JSON.stringify({ op: "watch", cameras: many }),
    JSON.stringify({ op: "watch", cameras: [{ id: door, maxFps: 0 }] }),
  ]) {
    const browser = await house.open("ada");
    browser.socket.send(nonsense);
    expect((await once(browser.socket, "close"))[0]).toBe(1008);
  }
  const busy = await house.open("ada");
  await busy.watches(door);
  for (let i = 0; i < 300; i++) busy.drawn({ camera: door, number: i });
  expect((await once(busy.socket, "close"))[0]).toBe(1008);
});

test("the ledger has who watches which camera before a frame goes out, once in ten minutes", async () => {
  const ada = house.addPerson("ada");
  const [door, yard] = [house.addCamera(), house.addCamera()];
  house.publish(door);
  house.publish(yard);
  house.ledgerFails = true;
  const refused = await house.open("ada");
  refused.watch(door);
  expect((await once(refused.socket, "close"))[0]).toBe(1011);
  expect(refused.frames).toEqual([]);
  expect(house.log.lines.map(({ event }) => event)).toEqual(["camera.viewing_not_kept"]);
  house.ledgerFails = false;
  for (let i = 0; i < 2; i++) {
    const browser = await house.open("ada");
    await browser.watches(door);
    await browser.until(() => browser.frames.length === 1);
    browser.watch(door, yard);
    await browser.until(() => browser.frames.length === 2);
    browser.socket.close();
  }
  expect(house.viewed.map(({ event }) => [event.kind, event.tenantId, event.subject, event.data])).toEqual([
    ["camera.viewed", TENANT, { kind: "device", id: door }, { via: "live" }],
    ["camera.viewed", TENANT, { kind: "device", id: yard }, { via: "live" }],
  ]);
  expect(house.viewed.map(({ actor }) => actor?.id)).toEqual([ada.personId, ada.personId]);
});

test("what the newest look found comes before the next frame, once, and only where it was wanted", async () => {
  house.addPerson("ada");
  const [door, yard] = [house.addCamera(), house.addCamera()];
  const browser = await house.open("ada");
  const found = () => browser.notes.filter((note) => note.type === "found");
  const frame = async (camera: string) => {
    const { length } = browser.frames;
    house.publish(camera);
    await browser.until(() => browser.frames.length > length);
  };
  browser.watch({ id: door, found: true }, { id: yard });
  await browser.until(() => browser.stateOf(yard) !== undefined);
  const nowMs = Date.now();
  const box = { label: "person", score: 0.8, x: 0.1, y: 0.2, width: 0.1, height: 0.3 };
  const look = (camera: string, atMs: number, ...boxes: (typeof box)[]) =>
    house.found.set(camera, { atMs, boxes });

  await frame(door);
  look(door, nowMs, box);
  look(yard, nowMs, box);
  expect(found()).toEqual([]);
  await frame(door);
  await frame(door);
  await frame(yard);
  expect(found()).toEqual([{ type: "found", camera: door, atMs: nowMs, boxes: [box] }]);
  for (const atMs of [nowMs + 1, nowMs + 2, nowMs + 3]) {
    look(door, atMs);
    await frame(door);
  }
  expect(found().slice(1)).toEqual([{ type: "found", camera: door, atMs: nowMs + 1, boxes: [] }]);

  look(door, nowMs - 60_000, box);
  await frame(door);
  expect(found()).toHaveLength(2);
  const gate = house.addCamera();
  browser.watch(door, yard, gate);
  await browser.until(() => browser.stateOf(gate) !== undefined);
  look(door, nowMs + 4, box);
  await frame(door);
  expect(found()).toHaveLength(2);
});
