import { once } from "node:events";
import { cameras } from "@gatehouse/contract";
import { jpegOf, withMetadata } from "@gatehouse/video/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { CameraHouse, THERMOMETER } from "../testing/camera-house.ts";

const WHOLE = jpegOf(640, 480);
const EOI = Uint8Array.of(0xff, 0xd9);

let house: CameraHouse;
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 40 });
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.quiet());

/** Each test has a camera of its own. */
let used = 0;
const next = () => {
  const name = `camera-${++used}`;
  return { name, id: house.ids[used - 1] as string };
};

/** The HTTP status that an upgrade is refused with, and the code in its answer. */
async function refusal(headers: Record<string, string>, query = ""): Promise<string> {
  const socket = new WebSocket(house.url + query, { headers });
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [
    unknown,
    NodeJS.ReadableStream & { statusCode: number },
  ];
  let text = "";
  for await (const part of response) text += part;
  return `${response.statusCode} ${JSON.parse(text).code}`;
}

describe("the door for cameras", () => {
  test("lets in whoever shows a camera's key, by header, Basic or in the address", async () => {
    const { name } = next();
    const key = `key-of-${name}`;
    const basic = Buffer.from(`${name}:${key}`).toString("base64");
    const ways: [string, Record<string, string>][] = [
      ["", { authorization: `Bearer ${key}` }],
      ["", { authorization: `Basic ${basic}` }],
      ["", { "x-api-key": key }],
      [`?token=${encodeURIComponent(key)}`, {}],
    ];
    for (const [query, headers] of ways) {
      const socket = new WebSocket(house.url + query, { headers });
      await once(socket, "open");
      socket.close();
      await once(socket, "close");
    }
    await house.until(() => house.presence.length === 2 * ways.length);
    expect(house.presence).toEqual(ways.flatMap(() => ["+ws", "-closed"]));
  });

  test("answers 401 without the right key before there is a connection, and counts it", async () => {
    expect(await refusal({})).toBe("401 device.credentials_invalid");
    expect(await refusal({ authorization: "Bearer key-of-nobody" })).toBe("401 device.credentials_invalid");
    expect(await refusal({}, "?token=wrong")).toBe("401 device.credentials_invalid");
    expect(house.codes()).toEqual(Array(3).fill("device.credentials_invalid"));
    expect(house.feature.stats().connections).toBe(0);
  });

  test("refuses a revoked camera, a device without pictures and another site's page", async () => {
    const revoked = next();
    house.add(revoked.id, { name: revoked.name, revoked: true });
    expect(await refusal({ authorization: `Bearer key-of-${revoked.name}` })).toBe("403 device.revoked");
    expect(await refusal({ authorization: "Bearer key-of-thermometer" })).toBe("404 camera.none");
    const { name } = next();
    const page = { authorization: `Bearer key-of-${name}`, origin: "https://evil.example" };
    expect(await refusal(page)).toBe("403 request.cross_site");
    expect(house.refused.map(({ code, deviceId }) => [code, deviceId])).toEqual([
      ["device.revoked", revoked.id],
      ["camera.none", THERMOMETER],
      ["request.cross_site", undefined],
    ]);
  });

  test("tells an address that guesses to wait, and lets right credentials in all the same", async () => {
    const { name } = next();
    let last = "";
    for (let tries = 0; tries < 31; tries++) last = await refusal({}, "?token=guess");
    expect(last).toBe("429 auth.throttled");
    const camera = await house.connect(name);
    camera.socket.close();
    await once(camera.socket, "close");
  });
});

describe("a frame that is none", () => {
  const tooWide = jpegOf(20_000, 20_000);
  const bomb = withMetadata(WHOLE, new Array(20).fill(60_000));
  const cases: readonly (readonly [what: string, bytes: Uint8Array, code: string])[] = [
    ["is cut off in a header", WHOLE.subarray(0, 40), "frame.truncated"],
    ["has no end", WHOLE.subarray(0, -2), "frame.no_end"],
    ["promises 20,000 × 20,000 pixels", tooWide, "frame.dimensions"],
    ["is smaller than any picture", jpegOf(8, 8), "frame.dimensions"],
    ["is a PNG", Buffer.from("\x89PNG\r\n\x1a\n and more", "latin1"), "frame.not_jpeg"],
    ["is a page", Buffer.from("<svg onload=alert(1)></svg>"), "frame.not_jpeg"],
    ["is nothing", new Uint8Array(0), "frame.empty"],
    ["carries a megabyte of metadata", bomb, "frame.metadata"],
    ["has something behind it", Buffer.concat([WHOLE, Buffer.from("PK\x03\x04")]), "frame.trailing_data"],
    ["is two", Buffer.concat([WHOLE, WHOLE]), "frame.trailing_data"],
    ["has only an end", EOI, "frame.truncated"],
    ["is lossless", jpegOf(64, 64, { frameMarker: 0xc3 }), "frame.unsupported"],
  ];

  test.each(cases)(
    "because it %s is refused, counted, shown, and told the camera",
    async (_what, bytes, code) => {
      const { name, id } = next();
      const camera = await house.connect(name);
      camera.send(bytes, WHOLE);
      await house.until(() => house.frames.length === 1 && camera.told.length === 1);
      expect(camera.told).toEqual([code]);
      expect(house.refused).toMatchObject([{ code, deviceId: id, via: "ws", address: "192.0.2.7" }]);
      const { health, state } = await house.camera(id);
      expect([state, health.refused, health.frames]).toEqual(["live", { [code]: 1 }, 1]);
      expect(Buffer.from(house.frames[0]?.bytes ?? []).equals(WHOLE)).toBe(true);
      camera.socket.terminate();
    },
  );

  test("because it is larger than any frame ends the connection before it is read", async () => {
    const { name, id } = next();
    const camera = await house.connect(name);
    camera.send(new Uint8Array(cameras.FRAME_LIMITS.bytes + 1));
    await house.until(() => camera.closed !== undefined);
    expect(camera.closed?.[0]).toBe(1009);
    expect(house.codes()).toEqual(["frame.too_large"]);
    expect((await house.camera(id)).health.refused).toEqual({ "frame.too_large": 1 });
    await house.until(() => house.presence.includes("-frame.too_large"));
  });
});
