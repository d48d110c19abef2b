import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DeviceType, findDeviceType } from "@gatehouse/device-types";
import { CONTENT_TYPES, type KeyBundle, signDeviceSettings } from "@gatehouse/secure-channel";
import { parseFrameMessage } from "@gatehouse/video";
import { describe, expect, it } from "vitest";
import { absent } from "./firmware/build.ts";
import { Camera, until } from "./firmware/camera.ts";
import { Line, picture } from "./firmware/line.ts";

// What a camera's firmware says to a server, and what it takes of one.

const DEVICE_ID = "0190a1b2-0000-7000-8000-000000000001";
const DAY_MS = 86_400_000;

describe.skipIf(absent !== "").each(["M1", "C1"] as const)(`the camera's line, %s${absent}`, (suite) => {
  const line = new Line(suite);

  function settingsOf(
    version: number,
    settings: object,
    { signer = line.server.current, deviceId = DEVICE_ID }: { signer?: KeyBundle; deviceId?: string } = {},
  ) {
    const document = Buffer.from(JSON.stringify({ deviceId, version, issuedMs: 1, settings }));
    const signature = Buffer.from(signDeviceSettings(signer, document)).toString("base64url");
    return {
      kind: "settings",
      document: document.toString("base64url"),
      keyId: line.server.current.keyId,
      signature,
    };
  }

  async function told(message: object, camera: Camera): Promise<Record<string, unknown>> {
    const before = line.reports().length;
    line.server.push(CONTENT_TYPES.control, message);
    await until("a report", () => line.reports().length > before || undefined);
    expect((await camera.state()).live).toBe(true);
    return line.reports().at(-1) as Record<string, unknown>;
  }

  it("sends pictures byte by byte, with the server's time once it knows it", async () => {
    const camera = await line.connected();
    const pictures = Array.from({ length: 5 }, (_, at) => picture(200 + 40_000 * at, at));
    await until("the server's time", async () => (await camera.state()).serverNowMs > 0 || undefined);
    for (const [at, bytes] of pictures.entries())
      expect((await camera.ask(`frame ${line.file(`${at}.jpg`, bytes)}`, "frame")).detail).toBe("sent");
    await until("all are there", () => line.frames().length === 5 || undefined);
    expect(line.frames().map((bytes) => createHash("sha256").update(bytes).digest("hex"))).toEqual(
      pictures.map((bytes) => createHash("sha256").update(bytes).digest("hex")),
    );
    const { cameraId, kind, takenMs } = parseFrameMessage(
      line.said(CONTENT_TYPES.jpegFrame)[0]?.value as Uint8Array,
    ) as NonNullable<ReturnType<typeof parseFrameMessage>>;
    expect([cameraId, kind]).toEqual([undefined, 1]);
    expect(Math.abs((takenMs as number) - Date.now())).toBeLessThan(30_000);
  });

  it("cuts padding off a picture, and gives up what is none or too large", async () => {
    const camera = await line.connected();
    const whole = picture(1_000);
    const padded = Buffer.concat([whole, Buffer.alloc(17)]);
    for (const [name, bytes, detail] of [
      ["padded.jpg", padded, "sent"],
      ["cut.jpg", whole.subarray(0, 900), "not sent"],
      ["text.jpg", Buffer.from("no picture"), "not sent"],
      ["empty.jpg", Buffer.alloc(0), "not sent"],
      ["huge.jpg", picture(300_000), "not sent"],
    ] as const)
      expect((await camera.ask(`frame ${line.file(name, bytes)}`, "frame")).detail, name).toBe(detail);
    await until("the picture", () => line.frames().length === 1 || undefined);
    expect(line.frames()[0]).toEqual(whole);
    expect(await camera.state()).toMatchObject({ live: true, framesSent: 1, framesDropped: 4 });
  });

  it("changes its key after 4,096 messages and after ten minutes, and its session after a day", async () => {
    const camera = await line.connected();
    const small = line.file("small.jpg", picture(100));
    await camera.ask(`frames 100 ${small}`, "frame");
    const { heapBytes } = await camera.state();
    await camera.ask(`frames 4000 ${small}`, "frame");
    await until("all are there", () => line.frames().length === 4_100 || undefined);
    const after = await camera.state();
    expect(after.epoch).toBe(1);
    // What it allocates does not grow with them; what differs is the text of the commands.
    expect(Math.abs(after.heapBytes - heapBytes)).toBeLessThan(1_000);
    camera.tell("skip 600000");
    await camera.ask(`frame ${small}`, "frame");
    await until("the server has followed", () => line.frames().length === 4_101 || undefined);
    expect((await camera.state()).epoch).toBe(2);
    camera.tell(`skip ${DAY_MS}`);
    await until("a new session", () => line.server.greetings === 2 || undefined);
    await camera.ask(`frame ${small}`, "frame");
    await until("a picture in it", () => line.frames().length === 4_102 || undefined);
    expect(await camera.state()).toMatchObject({ live: true, epoch: 0, connects: 1, refused: 0 });
  }, 60_000);

  it("takes settings that the server signed for it, and keeps them", async () => {
    const camera = await line.connected();
    expect(line.reports()[0]).toMatchObject({
      version: 0,
      takes: true,
      settings: { frameSize: "vga", fps: 10 },
    });
    const wanted = { frameSize: "qvga", quality: 20, fps: 5, lamp: 80, flip: "both" };
    expect(await told(settingsOf(7, wanted), camera)).toMatchObject({ version: 7, settings: wanted });
    // The same once more changes nothing; a later one names only what it sets.
    expect(await told(settingsOf(7, wanted), camera)).toMatchObject({ version: 7 });
    expect(camera.count("settings.applied")).toBe(1);
    const later = await told(settingsOf(8, { fps: 30 }), camera);
    expect(later).toMatchObject({ version: 8, settings: { fps: 30, frameSize: "vga", flip: "none" } });
    await line.end(camera);
    const again = line.start();
    await again.happened("session.began");
    expect(again.events[0]).toMatchObject({ event: "applied", settings: { fps: 30 } });
    expect((await again.state()).settingsVersion).toBe(8);
  });

  it("knows every value that the console offers", async () => {
    const camera = await line.connected();
    const { settings } = findDeviceType("esp32-cam") as DeviceType;
    const { properties } = settings as unknown as {
      readonly properties: Record<string, { enum?: string[]; minimum?: number; maximum?: number }>;
    };
    let version = 0;
    for (const [name, { enum: choices, minimum, maximum }] of Object.entries(properties))
      for (const value of choices ?? [minimum, maximum]) {
        const report = await told(settingsOf(++version, { [name]: value }), camera);
        const isBeyondBoard =
          (report.refused as { reason?: string })?.reason === "more than this board can do";
        expect([name, value, isBeyondBoard || report.version]).toEqual([
          name,
          value,
          isBeyondBoard || version,
        ]);
        if (!isBeyondBoard) expect(report.settings).toMatchObject({ [name]: value });
      }
    expect((await camera.state()).settingsVersion).toBe(version);
  });

  it("refuses settings of anybody else, for anybody else, from before, and those it cannot do", async () => {
    const camera = await line.connected();
    await told(settingsOf(5, { fps: 3 }), camera);
    const good = settingsOf(6, { fps: 4 });
    const wrong: [string, object][] = [
      ["another signer", settingsOf(6, { fps: 4 }, { signer: line.server.next })],
      ["another device", settingsOf(6, { fps: 4 }, { deviceId: DEVICE_ID.replace(/1$/, "2") })],
      ["an earlier version", settingsOf(4, { fps: 4 })],
      ["the same version with other content", settingsOf(5, { fps: 4 })],
      ["an unknown key", { ...good, keyId: "0123456789abcdef" }],
      ["another document", { ...good, document: settingsOf(9, { fps: 9 }).document }],
      ["no document", { kind: "settings" }],
      ["an unknown name", settingsOf(6, { iso: 4 })],
      ["a wrong type", settingsOf(6, { fps: "4" })],
      ["too fast", settingsOf(6, { fps: 31 })],
      ["too much for this board", settingsOf(6, { frameSize: "uxga" })],
    ];
    for (const [what, message] of wrong)
      expect(await told(message, camera), what).toMatchObject({ version: 5, settings: { fps: 3 } });
    expect(line.reports().at(-1)).toMatchObject({
      refused: { version: 6, reason: "more than this board can do" },
    });
    expect(camera.count("settings.refused")).toBe(wrong.length);
    expect(await told(good, camera)).toMatchObject({ version: 6, settings: { fps: 4 } });
    expect(line.reports().at(-1)).not.toHaveProperty("refused");
  });

  it("does not take settings up again that were changed in its memory", async () => {
    const camera = await line.connected();
    await told(settingsOf(5, { fps: 3 }), camera);
    await line.end(camera);
    const path = join(line.folder, "settings.bin");
    const kept = readFileSync(path);
    for (let at = 0; at < kept.length; at += 37) {
      writeFileSync(
        path,
        kept.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      );
      const other = line.start();
      await other.happened("applied");
      expect([
        at,
        other.count("settings.not_loaded"),
        other.events.find(({ event }) => event === "applied")?.settings?.fps,
      ]).toEqual([at, 1, 10]);
      await line.end(other);
    }
  });

  it("obeys commands that it knows, before they expire, and hands a firmware's manifest on", async () => {
    const camera = await line.connected();
    await until("the server's time", async () => (await camera.state()).serverNowMs > 0 || undefined);
    const answers: unknown[] = [];
    for (const message of [
      { id: "1", command: "lamp", params: { on: true }, expires: Date.now() + 60_000 },
      { id: "2", command: "lamp", params: {} },
      { id: "3", command: "self-destruct", params: {} },
      { id: "4", command: "lamp", params: { on: false }, expires: Date.now() - 60_000 },
    ]) {
      line.server.push(CONTENT_TYPES.command, message);
      await until("an answer", () => line.said(CONTENT_TYPES.command).length > answers.length || undefined);
      answers.push(line.said(CONTENT_TYPES.command).at(-1)?.value);
    }
    expect(answers).toEqual([
      { id: "1", ok: true },
      { id: "2", ok: false, reason: "on is missing" },
      { id: "3", ok: false, reason: "unknown" },
      { id: "4", ok: false, reason: "expired" },
    ]);
    expect(camera.count("lamp")).toBe(1);
    line.server.push(CONTENT_TYPES.control, { kind: "update", manifest: "signed elsewhere" });
    await camera.happened("update", 1, "signed elsewhere");
  });

  it("refuses the answer to an enrolment that somebody changed, or that is for another code", async () => {
    line.server.tamper = (enrolment) => ({ ...enrolment, deviceId: DEVICE_ID.replace(/1$/, "2") });
    expect(await line.enrol()).toEqual({ event: "refused", detail: "answer_not_authentic" });
    expect(await line.enrol("0000-0000-0000-0000-0000-0000-0000")).toEqual({
      event: "refused",
      detail: "device.claim_invalid",
    });
    expect(() => readFileSync(join(line.folder, "identity.bin"))).toThrow("ENOENT");
  });

  it("does not begin with an identity that was changed in its memory", async () => {
    await line.enrol();
    const path = join(line.folder, "identity.bin");
    const kept = readFileSync(path);
    for (const changed of [
      kept.subarray(0, -1),
      Buffer.concat([kept, kept]),
      kept.map((byte, at) => (at === 99 ? byte ^ 1 : byte)),
    ]) {
      writeFileSync(path, changed);
      const camera = new Camera(line.program, line.folder);
      await camera.happened("not_enrolled");
      expect(await camera.end()).toBe(1);
    }
  });
});
