import { isAppError } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeviceChannel } from "./device-channel.ts";
import { encodeJson } from "./json.ts";
import type { CommandJson } from "./messages.ts";
import { enrolAt, FakeServer, memoryStore, openDevice, until } from "./testing/index.ts";

const reading = (value: number, sentMs = Date.now()) => ({
  contentType: 2 as const,
  payload: encodeJson({ ts: sentMs, values: { load1: value } }),
  sentMs,
});

describe.each([1, 2] as const)("a device's channel with suite %i", (suite) => {
  let server: FakeServer;
  let store: ReturnType<typeof memoryStore>;
  let channel: DeviceChannel;
  const commands: CommandJson[] = [];
  const times: number[] = [];
  const refused: string[] = [];

  beforeEach(async () => {
    server = await new FakeServer(suite).start();
    store = memoryStore();
    await enrolAt(server, store);
    commands.length = 0;
    refused.length = 0;
    channel = await openDevice(store, {
      command: (command) => commands.push(command),
      serverTime: (timeMs) => times.push(timeMs),
      postRefused: (code) => refused.push(code),
    });
    channel.start();
    await until("a session in use", () => channel.isConnected && server.greetings === 1);
  });
  afterEach(async () => {
    await channel.stop();
    await server.stop();
  });

  it("sends data in its session and hears that it is stored, with the server's time", async () => {
    for (let i = 0; i < 50; i++) expect(await channel.send(reading(i))).toMatchObject({ result: "stored" });
    expect(server.taken.map(({ how }) => how)).toEqual(Array(50).fill("data"));
    expect(server.taken.map(({ value }) => (value as { values: { load1: number } }).values.load1)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
    expect(Math.abs((times.at(-1) ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("seals single messages, marked as late where they are", async () => {
    await channel.send({ ...reading(1), single: true });
    await channel.send({ ...reading(2, 0), single: true, storedLate: true });
    expect(server.taken).toMatchObject([
      { how: "sealed", storedLate: false },
      { how: "sealed", storedLate: true, sentMs: 0 },
    ]);
  });

  it("hears with which code a message is refused", async () => {
    server.refuse = () => "message.out_of_range";
    expect(await channel.send(reading(1))).toMatchObject({ result: "refused", code: "message.out_of_range" });
  });

  it("posts what nobody acknowledges, beside what is sent, and hears when it is refused", async () => {
    const frame = new Uint8Array(300_000).fill(7);
    await Promise.all([
      channel.post({ contentType: 3, payload: frame, sentMs: 0 }),
      channel.send(reading(1)),
      channel.post({ contentType: 3, payload: frame, sentMs: 0 }),
    ]);
    expect(server.taken.map(({ contentType }) => contentType).toSorted()).toEqual([2, 3, 3]);
    const posted = server.taken.filter(({ contentType }) => contentType === 3);
    expect(posted.map(({ value }) => frame.every((byte, at) => (value as Buffer)[at] === byte))).toEqual([
      true,
      true,
    ]);
    server.refuse = () => "frame.rate";
    await channel.post({ contentType: 3, payload: frame, sentMs: 0 });
    await until("a word of it", () => refused.length === 1);
    expect(refused).toEqual(["frame.rate"]);
    server.dropConnections();
    await expect(channel.post({ contentType: 3, payload: frame, sentMs: 0 })).rejects.toSatisfy((error) =>
      isAppError(error, "url.unreachable"),
    );
  });

  it("takes commands in the session and sealed, each once", async () => {
    server.push(4, { id: "one", command: "led", params: { on: true } });
    const sealed = server.pushSealed(4, { id: "two", command: "led", params: { on: false } });
    server.pushBytes(sealed);
    server.push(4, { id: "three", command: "led", params: {} });
    await until("the third", () => commands.length === 3);
    expect(commands.map(({ id }) => id)).toEqual(["one", "two", "three"]);
  });

  it("survives anything at all that is pushed to it", async () => {
    for (let i = 0; i < 64; i++)
      server.pushBytes(crypto.getRandomValues(new Uint8Array(Math.floor(Math.random() * 300))));
    server.push(4, { id: "", command: 1 });
    server.push(9, { seq: "x" });
    server.push(8, { server: { current: { ...server.serverKeys().current, keyId: "0".repeat(16) } } });
    expect(await channel.send(reading(1))).toMatchObject({ result: "stored" });
    expect(commands).toEqual([]);
  });

  it("connects and shakes hands again when it lost the server", async () => {
    server.dropConnections();
    await until("a second handshake", () => server.handshakes === 2 && channel.isConnected);
    expect(await channel.send(reading(1))).toMatchObject({ result: "stored" });
    expect(channel.connects).toBe(2);
  });

  it("says that it does not know when the acknowledgement never came", async () => {
    server.acknowledges = false;
    const sent = channel.send(reading(1));
    sent.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.dropConnections();
    await expect(sent).rejects.toMatchObject({ code: "url.unreachable" });
    expect(server.taken).toEqual([]);
  });

  it("follows a change of the server's keys that the root signed", async () => {
    server.rotateServerKey();
    server.push(8, { server: server.serverKeys() });
    await until("the new key", () => channel.identity.server.current.keyId === server.current.keyId);
    server.dropConnections();
    await until("connected again", () => server.handshakes === 2 && channel.isConnected);
    expect(await channel.send({ ...reading(1), single: true })).toMatchObject({ result: "stored" });
  });

  it("finds the server's new keys by itself when the old ones do not answer any more", async () => {
    server.rotateServerKey();
    server.dropConnections();
    await until("connected again", () => server.handshakes === 2 && channel.isConnected);
    expect(channel.identity.server.current.keyId).toBe(server.current.keyId);
  });

  it("does not follow keys of another root, nor back to older ones", async () => {
    const other = await new FakeServer(suite).start();
    const before = server.serverKeys();
    server.push(8, { server: other.serverKeys() });
    server.rotateServerKey();
    server.push(8, { server: server.serverKeys() });
    server.push(8, { server: before });
    await until("the new key", () => channel.identity.server.current.keyId === server.current.keyId);
    server.push(4, { id: "last", command: "led", params: {} });
    await until("everything is read", () => commands.length === 1);
    expect(channel.identity.server.current.keyId).toBe(server.current.keyId);
    await other.stop();
  });

  it("changes its own keys, and uses the new ones after a restart", async () => {
    const old = channel.identity.keys.keyId;
    const made = await channel.rotateKeys();
    expect(made).not.toBe(old);
    await until("connected with the new key", () => server.handshakes === 2 && channel.isConnected);
    expect(server.device?.keyId).toBe(made);
    await channel.stop();
    channel = await openDevice(store);
    channel.start();
    await until("connected", () => channel.isConnected);
    expect(await channel.send({ ...reading(2), single: true })).toMatchObject({ result: "stored" });
  });

  it("never uses a sequence twice, however often it restarts", async () => {
    for (let restart = 0; restart < 5; restart++) {
      expect(await channel.send({ ...reading(restart), single: true })).toMatchObject({ result: "stored" });
      await channel.stop();
      channel = await openDevice(store);
      channel.start();
      await until("connected", () => channel.isConnected);
    }
    expect(server.taken).toHaveLength(5);
  });
});

describe("a device without a connection of its own", () => {
  it("sends sealed messages over HTTP, one answer each", async () => {
    const server = await new FakeServer().start();
    const store = memoryStore();
    await enrolAt(server, store);
    const channel = await openDevice(store, {}, "http");
    channel.start();
    await until("reached", () => channel.isConnected);
    expect(await channel.send(reading(1))).toMatchObject({ result: "stored" });
    server.refuse = () => "message.schema";
    expect(await channel.send(reading(2))).toMatchObject({ result: "refused", code: "message.schema" });
    expect(server.taken).toMatchObject([{ how: "sealed" }]);
    await channel.stop();
    await server.stop();
  });

  it("stops at any moment of coming about, and at once", async () => {
    const server = await new FakeServer().start();
    const store = memoryStore();
    await enrolAt(server, store);
    for (let delayMs = 0; delayMs < 60; delayMs += 3) {
      server.answersHello = delayMs % 2 === 0;
      const channel = await openDevice(store);
      channel.start();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await channel.stop();
      expect(channel.isConnected).toBe(false);
    }
    await server.stop();
  });

  it("refuses to send, instead of keeping what nobody bounded", async () => {
    const server = await new FakeServer().start();
    const store = memoryStore();
    await enrolAt(server, store);
    await server.stop();
    const channel = await openDevice(store);
    channel.start();
    await expect(channel.send(reading(1))).rejects.toMatchObject({ code: "url.unreachable" });
    await channel.stop();
  });
});
