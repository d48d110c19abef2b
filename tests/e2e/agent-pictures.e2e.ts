import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPicture } from "@gatehouse/capture/pictures";
import type { alerts, cameras, ledger } from "@gatehouse/contract";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AgentProcess, startProcess, writeConfig } from "../../apps/agent/src/testing/agent-process.ts";
import {
  type HttpDouble,
  httpDouble,
  saying,
} from "../../apps/server/src/features/notifications/testing/doubles.ts";
import { discord } from "../../apps/server/src/features/notifications/testing/settings.ts";
import { pixelsOf } from "../../apps/server/src/platform/pictures/index.ts";
import { claimOf, jsonOf } from "../lib/agent-machine.ts";
import { framesOf } from "../lib/clip-frames.ts";
import { messageIn } from "../lib/discord-message.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { multipartBodies } from "../lib/multipart-bodies.ts";
import { until } from "../lib/until.ts";

// What a camera's own machine lets out: nothing of what a mask covers, and a picture only where its owner says so.

const FILM = fileURLToPath(new URL("../../../shared/media/one-by-one-person-detection.mp4", import.meta.url));
const FPS = 5;
/** A little faster than it was. */
const SHOWN_FPS = 7;
/** Of the film: nobody is there at its beginning, and somebody all of this time. */
const [FROM_SECOND, TO_SECOND] = [8, 15];
const EMPTY_PICTURES = 18;

/** The film is in a corner of the picture, beside a wall. */
const [WIDTH, HEIGHT] = [640, 480];
const FILM_SIZE = { width: 560, height: 420 };
const WALL = "#5a7a8a";

/** A part of a picture, as shares: left, top, right, bottom. */
type Part = readonly [number, number, number, number];
const cornersOf = ([left, top, right, bottom]: Part): cameras.Polygon => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
/** Over all that happens, and over a piece of the wall. */
const OVER_FILM: Part = [0, 0, 0.9, 0.9];
const OVER_WALL: Part = [0.9, 0.7, 1, 1];
/** Well within each, however coarse the JPEG, and what neither covers. */
const HIDDEN_FILM: Part = [0, 0, 0.85, 0.85];
const HIDDEN_WALL: Part = [0.95, 0.8, 1, 1];
const OPEN_WALL: Part = [0.95, 0.05, 1, 0.6];
/** The brightest that encoding makes of black, and less than everything that is shown has in it. */
const BLACK = 24;

const scratch = mkdtempSync(join(tmpdir(), "agent pictures "));
const stateDir = join(scratch, "state");
const folder = join(scratch, "yard");

let server: Gatehouse;
let agent: AgentProcess;
let chat: HttpDouble;
let cameraId: string;
let beganMs: number;
/** In the folder, in order. */
const pictures: Buffer[] = [];

/** Nobody, then somebody who walks, again and again. */
async function makePictures(): Promise<void> {
  const frames: Buffer[] = [];
  for await (const frame of framesOf(FILM, { fps: FPS, seconds: TO_SECOND })) frames.push(frame);
  const beside = (frame: Buffer): Promise<Buffer> =>
    openPicture(frame)
      .resize({ ...FILM_SIZE, fit: "fill" })
      .extend({ right: WIDTH - FILM_SIZE.width, bottom: HEIGHT - FILM_SIZE.height, background: WALL })
      .jpeg({ quality: 85 })
      .toBuffer();
  const empty = await beside(frames[0] as Buffer);
  for (let n = 0; n < EMPTY_PICTURES; n++) pictures.push(empty);
  for (const frame of frames.slice(FROM_SECOND * FPS)) pictures.push(await beside(frame));
  mkdirSync(folder);
  for (const [n, jpeg] of pictures.entries())
    writeFileSync(join(folder, `${String(n).padStart(4, "0")}.jpg`), jpeg);
}

/** The highest value of a colour in a part of a picture, 0…255. */
async function brightest(jpeg: Uint8Array, [left, top, right, bottom]: Part): Promise<number> {
  const { width, height, rgb } = await pixelsOf(jpeg);
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  let most = 0;
  for (let y = Math.ceil(top * height); y < Math.floor(bottom * height); y++)
    for (let at = (y * width + Math.ceil(left * width)) * 3; at < (y * width + right * width) * 3 - 2; at++)
      most = Math.max(most, rgb[at] as number);
  return most;
}

const json = (...args: readonly string[]) => jsonOf(stateDir, args);
const status = async () => (await json("status")).value.cameras[0];
const camera = () => server.call<cameras.Camera>("GET", `/api/v1/cameras/${cameraId}`);
async function change({
  recording = {},
  detection = {},
  masks,
}: {
  readonly recording?: Partial<cameras.CameraSettings["recording"]>;
  readonly detection?: Partial<cameras.DetectionSettings>;
  readonly masks?: readonly Part[];
}): Promise<void> {
  const { settings, settingsMs } = await camera();
  const changed = {
    ...settings,
    recording: { ...settings.recording, ...recording },
    detection: { ...settings.detection, ...detection },
    ...(masks === undefined ? {} : { masks: masks.map(cornersOf) }),
  };
  await server.call("PUT", `/api/v1/cameras/${cameraId}/settings`, { settings: changed, settingsMs });
}
const events = async () => {
  const path = `/api/v1/camera-events?camera=${cameraId}`;
  return (await server.call<{ items: cameras.CameraEvent[] }>("GET", path)).items;
};
/** As the owner in a browser. */
const visit = (path: string) => fetch(server.url + path, { headers: { cookie: server.cookie } });

/** The rule that the first camera that looks for people brings tells the chat. */
async function tellTheChat(): Promise<void> {
  const rule = await until("the rule about people", async () => {
    const { items } = await server.call<{ items: alerts.Rule[] }>("GET", "/api/v1/rules");
    return items.find(({ condition }) => condition.kind === "event");
  });
  const channel = await server.call<{ id: string }>("POST", "/api/v1/channels", {
    ...{ name: "Chat", enabled: true, minSeverity: "info", allowPrivate: true, dailyCap: 1_000 },
    settings: discord(`${chat.url}/api/webhooks/1/t`),
  });
  const { active: _active, createdMs: _createdMs, id, watches: _watches, ...body } = rule;
  await server.call("PUT", `/api/v1/rules/${id}`, { ...body, channelIds: [channel.id] });
}

/** The newest pictures, as a browser gets them. */
async function live(count: number): Promise<Buffer[]> {
  const found: Buffer[] = [];
  const { body } = await visit(`/api/v1/cameras/${cameraId}/stream?fps=${SHOWN_FPS}`);
  for await (const jpeg of multipartBodies(body as AsyncIterable<Uint8Array>)) {
    found.push(jpeg);
    if (found.length === count) break;
  }
  return found;
}

/** Every picture of a segment, as it was sealed. */
async function framesIn({ firstMs: fromMs, lastMs: toMs, id: segment }: cameras.Segment) {
  const path = "/api/v1/recordings/exports";
  const asked = { cameraId, fromMs, toMs, form: "frames" };
  const { id } = await server.call<{ id: string }>("POST", path, asked);
  await until("the export", async () => {
    const found = await server.call<cameras.RecordingExport>("GET", `${path}/${id}`);
    if (found.state === "failed") throw new Error(JSON.stringify(found));
    return found.state === "done";
  });
  const zip = unzipSync(new Uint8Array(await (await visit(`${path}/${id}/content`)).arrayBuffer()));
  const isFrame = (name: string): boolean => name.startsWith(`frames/${segment}/`) && name.endsWith(".jpg");
  return Object.keys(zip)
    .filter(isFrame)
    .map((name) => zip[name] as Uint8Array);
}

describe.skipIf(!existsSync(FILM))("pictures of an agent's camera (skipped without ../shared/media)", () => {
  beforeAll(async () => {
    [server, chat] = await Promise.all([
      startGatehouse(),
      httpDouble(saying(200, { id: "1" })),
      makePictures(),
    ]);
    const { code } = await claimOf(server, "pi", "linux-agent");
    writeConfig(stateDir, {});
    expect(await json("enrol", server.url, code)).toMatchObject({ code: 0 });
    const { id, code: claim } = await claimOf(server, "yard-cam", "camera");
    cameraId = id;
    beganMs = Date.now();
    // Before its first picture: none is without its mask.
    await change({
      masks: [OVER_FILM],
      recording: { place: "agent", mode: "continuous", preRollSeconds: 2, postRollSeconds: 1 },
      detection: { enabled: true, cooldownSeconds: 0, endAfterSeconds: 1 },
    });
    await tellTheChat();
    const fps = String(SHOWN_FPS);
    expect(await json("camera", "add", claim, "--folder", folder, "--fps", fps)).toMatchObject({ code: 0 });
    agent = startProcess(stateDir);
  }, 180_000);
  afterAll(async () => {
    await agent?.kill("SIGKILL");
    await chat?.[Symbol.asyncDispose]();
    await server?.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  test("what a mask covers is black in every picture and in what was sealed, and who walks under it is no event", {
    timeout: 240_000,
  }, async () => {
    for (const jpeg of pictures) expect(await brightest(jpeg, HIDDEN_FILM)).toBeGreaterThan(4 * BLACK);
    await until("all of it was shown", async () => {
      const { captured = 0, detectorLooks = 0, seals } = (await status()) ?? {};
      return seals && detectorLooks > 0 && captured > pictures.length;
    });
    for (const jpeg of await live(5)) {
      expect(await brightest(jpeg, HIDDEN_FILM)).toBeLessThan(BLACK);
      expect(await brightest(jpeg, OPEN_WALL)).toBeGreaterThan(4 * BLACK);
    }

    await change({ recording: { mode: "off" } });
    const { act } = await until("what it sealed", async () => {
      const path = "/api/v1/ledger/entries?kind=recording.sealed";
      const { items } = await server.call<{ items: ledger.LedgerEntry[] }>("GET", path);
      return items.find((entry) => String(entry.act?.data.signer).startsWith(`${cameraId}+`));
    });
    const span = `fromMs=${beganMs}&toMs=${Date.now()}`;
    const path = `/api/v1/cameras/${cameraId}/segments?${span}`;
    const { items } = await server.call<{ items: cameras.Segment[] }>("GET", path);
    const sealed = items.find(({ id }) => id === act?.subject?.id);
    expect(sealed).toMatchObject({ state: "sealed", codec: "jpeg" });
    const frames = await framesIn(sealed as cameras.Segment);
    expect(frames).toHaveLength(sealed?.frames ?? 0);
    expect(frames.length).toBeGreaterThan(0);
    for (const jpeg of frames) {
      expect(await brightest(jpeg, HIDDEN_FILM)).toBeLessThan(BLACK);
      expect(await brightest(jpeg, OPEN_WALL)).toBeGreaterThan(4 * BLACK);
    }

    expect([await events(), chat.received]).toEqual([[], []]);
    expect(await status()).toMatchObject({ clipsRefused: 0, visitsWaiting: 0 });
  });

  test("an alarm is told in words and a signed link where its owner lets no picture out", {
    timeout: 180_000,
  }, async () => {
    const recording = { place: "agent_only", mode: "events" } as const;
    await change({ masks: [OVER_WALL], recording });
    const message = await until("a message", async () => chat.received[0]);
    expect(message.headers["content-type"]).toBe("application/json");
    const { embeds } = await messageIn(message);
    expect(embeds).toMatchObject([{ title: expect.stringContaining("yard\\-cam") }]);
    expect(embeds[0]).not.toHaveProperty("image");
    const { pathname } = new URL(embeds[0]?.url ?? "");
    expect(pathname).toMatch(/^\/e\/[A-Za-z0-9_-]{48}$/);

    const link = `/api/v1/event-links/${pathname.slice(-48)}`;
    const { eventId } = (await (await visit(link)).json()) as { eventId: string };
    expect((await events()).find(({ id }) => id === eventId)).toMatchObject({
      ...{ kind: "person", keptAtCamera: true },
      detection: { by: "agent", labels: ["person"], armed: true },
    });
    expect((await fetch(server.url + link)).status).toBe(401);
    const picture = await visit(`/api/v1/camera-events/${eventId}/picture`);
    expect(await picture.json()).toMatchObject({ code: "camera.no_picture" });
  });

  test("and with the one picture of it, masked, where that may leave the house", {
    timeout: 180_000,
  }, async () => {
    const { frames } = (await camera()).health;
    await change({ detection: { pictureInAlerts: true } });
    // The words do not wait for it for longer than a second.
    const { embeds, files } = await until("a message with a picture", async () => {
      const messages = await Promise.all(chat.received.map(messageIn));
      return messages.find((message) => message.files.length > 0);
    });
    expect(files).toHaveLength(1);
    expect(embeds).toMatchObject([{ url: expect.stringMatching(/\/e\/[A-Za-z0-9_-]{48}$/), image: {} }]);
    const [jpeg] = files as [Buffer];
    expect(await brightest(jpeg, HIDDEN_WALL)).toBeLessThan(BLACK);
    expect(await brightest(jpeg, OPEN_WALL)).toBeGreaterThan(4 * BLACK);
    expect(await brightest(jpeg, HIDDEN_FILM)).toBeGreaterThan(4 * BLACK);
    expect((await camera()).health.frames).toBe(frames);
  });
});
