import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FakeServer } from "@gatehouse/device-client/testing";
import { CONTENT_TYPES, SUITE_IDS } from "@gatehouse/secure-channel";
import { describe, expect, it } from "vitest";
import { absent } from "./firmware/build.ts";
import { type Camera, until } from "./firmware/camera.ts";
import { Line, picture } from "./firmware/line.ts";

// What a camera's firmware makes of whoever stands between it and its server, or in its server's place.

/** The part of a connection that holds the server's ANSWER: after that of HTTP. */
const ANSWER_PART = 1;

const skipped = new WeakMap<Camera, number>();

/** Skips the pause after each time that it was cut off, once: more would skip over what is under way. */
const skippingPauses = (camera: Camera, what: string, isSo: () => boolean): Promise<unknown> =>
  until(what, () => {
    if (isSo()) return true;
    const [done, ends] = [skipped.get(camera) ?? 0, camera.count("disconnected")];
    for (let end = done; end < ends; end++) camera.tell("skip 60000");
    skipped.set(camera, ends);
    return undefined;
  });

describe.skipIf(absent !== "").each(["M1", "C1"] as const)(`between, %s${absent}`, (suite) => {
  const line = new Line(suite);

  it("an answer of an earlier handshake, or an altered one, begins no session", async () => {
    await line.enrol();
    let recorded: Buffer | undefined;
    line.between.down = (bytes, part) => {
      if (part !== ANSWER_PART) return bytes;
      const sent = recorded ?? bytes;
      recorded ??= bytes;
      return sent;
    };
    const camera = line.start(line.between.url);
    await camera.happened("session.began");
    await until("it is used", () => line.server.greetings === 1 || undefined);
    line.server.dropConnections();
    await camera.happened("disconnected", 1, "answer refused");
    line.between.down = (bytes, part) =>
      part === ANSWER_PART
        ? Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)))
        : bytes;
    await camera.happened("disconnected", 2, "answer refused");
    expect(line.server.greetings).toBe(1);
    line.between.down = (bytes) => bytes;
    camera.tell("skip 60000");
    await camera.happened("session.began", 2);
    await until("it is used", () => line.server.greetings === 2 || undefined);
  });

  it("a server with other keys gets nothing, and its keys are not believed", async () => {
    await line.connected().then((camera) => line.end(camera));
    const identity = readFileSync(join(line.folder, "identity.bin"));
    const other = await new FakeServer(SUITE_IDS[suite]).start();
    other.device = line.server.device;
    const camera = line.start(other.url);
    for (let failure = 1; failure <= 5; failure++) {
      await camera.happened("disconnected", failure);
      camera.tell("skip 60000");
    }
    expect((await camera.state()).live).toBe(false);
    expect(camera.count("session.began") + camera.count("server_key.followed")).toBe(0);
    expect([other.greetings, other.taken.length]).toEqual([0, 0]);
    expect(readFileSync(join(line.folder, "identity.bin"))).toEqual(identity);
    expect((await camera.state()).refused).toBeGreaterThan(0);
    await other.stop();
    await line.start().happened("session.began");
  });

  it("its own server's change of keys is followed, because the root signed it", async () => {
    const camera = await line.connected();
    line.server.rotateServerKey();
    line.server.dropConnections();
    await skippingPauses(
      camera,
      "it has asked for the keys",
      () => camera.count("server_key.followed") === 1,
    );
    await camera.happened("session.began", 2);
    await line.end(camera);
    // Kept: at once the next time.
    const again = line.start();
    await again.happened("session.began");
    expect(again.count("disconnected")).toBe(0);
  }, 240_000);

  it("what the server said once is not heard twice, nor what was altered", async () => {
    const camera = await line.connected(line.between.url);
    const before = (await camera.state()).refused;
    line.between.down = (bytes) => Buffer.concat([bytes, bytes]);
    line.server.push(CONTENT_TYPES.command, { id: "1", command: "lamp", params: { on: true } });
    await until("the answer", () => line.said(CONTENT_TYPES.command).length > 0 || undefined);
    await until("it has come twice", async () => (await camera.state()).refused > before || undefined);
    expect(camera.count("lamp")).toBe(1);
    const middle = (await camera.state()).refused;
    line.between.down = (bytes) =>
      Buffer.from(bytes.map((byte, at) => (at === bytes.length - 3 ? byte ^ 4 : byte)));
    line.server.push(CONTENT_TYPES.command, { id: "2", command: "lamp", params: { on: false } });
    await until("it has come", async () => (await camera.state()).refused > middle || undefined);
    line.between.down = (bytes) => bytes;
    expect(camera.count("lamp")).toBe(1);
    expect((await camera.state()).live).toBe(true);
  });

  it("messages of epochs far ahead cost nothing: no key is derived for them", async () => {
    const camera = await line.connected(line.between.url);
    const before = (await camera.state()).refused;
    line.between.down = (bytes) => {
      const far = Buffer.from(bytes);
      far.writeUInt16BE(0xffff, (bytes[1] === 126 ? 4 : 2) + 6);
      return Buffer.concat(new Array(200).fill(far));
    };
    line.server.push(CONTENT_TYPES.command, { id: "1", command: "lamp", params: { on: true } });
    // 13 million derivations otherwise.
    await until("all have come", async () => (await camera.state()).refused >= before + 200 || undefined);
    line.between.down = (bytes) => bytes;
    expect([camera.count("lamp"), (await camera.state()).live]).toEqual([0, true]);
  });

  it("a message in fragments with a ping between them is one message", async () => {
    const camera = await line.connected(line.between.url);
    line.between.down = (bytes) => {
      // One frame of a binary message, 126 to 65,535 bytes: FIN and opcode, 126, two bytes of length.
      if (bytes[0] !== 0x82 || bytes[1] !== 126 || bytes.readUInt16BE(2) + 4 !== bytes.length) return bytes;
      const payload = bytes.subarray(4);
      const [first, last] = [payload.subarray(0, 50), payload.subarray(50)];
      const end = last.length < 126 ? [0x80, last.length] : [0x80, 126, last.length >> 8, last.length & 0xff];
      return Buffer.concat([
        Buffer.from([0x02, first.length]),
        first,
        Buffer.from([0x89, 3, 1, 2, 3]),
        Buffer.from(end),
        last,
      ]);
    };
    line.server.push(CONTENT_TYPES.command, {
      id: "a-command-whose-name-is-long-enough",
      command: "lamp",
      params: { on: true },
    });
    await camera.happened("lamp", 1, "on");
    expect((await camera.state()).live).toBe(true);
  });

  it.each([
    ["a message longer than any it expects", [0x82, 126, 0xff, 0xff]],
    ["a length in eight bytes", [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    ["a masked frame", [0x82, 0x81, 1, 2, 3, 4, 5]],
    ["reserved bits", [0xf2, 1, 0]],
    ["a continuation of nothing", [0x80, 1, 0]],
    ["a ping in fragments", [0x09, 1, 0]],
    ["text in clear", [0x81, 2, 0x7b, 0x7d]],
  ])("%s ends the connection, and the next one is good", async (_, bytes) => {
    const camera = await line.connected(line.between.url);
    line.between.down = () => Buffer.from(bytes);
    line.server.push(CONTENT_TYPES.command, { id: "1", command: "lamp", params: { on: true } });
    await camera.happened("disconnected");
    line.between.down = (down) => down;
    camera.tell("skip 60000");
    await camera.happened("session.began", 2);
    expect(camera.count("lamp")).toBe(0);
  });

  it("a connection that is cut in the middle of a picture loses that picture and nothing else", async () => {
    const camera = await line.connected(line.between.url);
    const [lost, next] = [picture(120_000, 1), picture(90_000, 2)];
    line.between.cutAfterBytes = 40_000;
    await camera.ask(`frame ${line.file("lost.jpg", lost)}`, "frame");
    await camera.happened("disconnected");
    camera.tell("skip 60000");
    await camera.happened("session.began", 2);
    await camera.ask(`frame ${line.file("next.jpg", next)}`, "frame");
    await until("a picture", () => line.frames().length > 0 || undefined);
    expect(line.frames().map((bytes) => bytes.equals(next))).toEqual([true]);
  });

  it("a server that says nothing more is left, and one that does not answer too", async () => {
    const camera = await line.connected(line.between.url);
    line.between.down = () => Buffer.alloc(0);
    camera.tell("skip 31000");
    await camera.state();
    camera.tell("skip 31000");
    await camera.happened("disconnected");
    line.between.down = (bytes, part) => (part >= ANSWER_PART ? Buffer.alloc(0) : bytes);
    await skippingPauses(camera, "no answer", () => camera.count("disconnected", "no answer to HELLO") > 0);
    line.between.down = (bytes) => bytes;
    await skippingPauses(camera, "a session", () => camera.count("session.began") === 2);
  }, 240_000);
});
