import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type alerts, cameras, type cases } from "@gatehouse/contract";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  type HttpDouble,
  httpDouble,
  type Received,
  type SmtpSink,
  smtpSink,
} from "../../apps/server/src/features/notifications/testing/doubles.ts";
import { discord, email } from "../../apps/server/src/features/notifications/testing/settings.ts";
import { fetchAgain } from "../lib/ask-again.ts";
import { openBrowser } from "../lib/browser.ts";
import { framesOf } from "../lib/clip-frames.ts";
import { messageIn } from "../lib/discord-message.ts";
import { type Asker, type House, openHouse } from "../lib/organisations.ts";
import { takePulse } from "../lib/pulse.ts";

// One person walks past a camera: from the frame to a message, a decision, a case, and a proof that needs no server.

const FILM = fileURLToPath(new URL("../../../shared/media/one-by-one-person-detection.mp4", import.meta.url));
const MANIPULATE = fileURLToPath(new URL("../lib/manipulate-bundle.ts", import.meta.url));
const isHere = existsSync(FILM);
if (!isHere) console.warn("person-to-proof: ../shared/media is not here, so that nothing is tried");

const FPS = 5;
/** Nobody, then one person from the sixth second to the nineteenth, and nobody again. */
const SECONDS = 21;
const PATIENT = { timeout: 90_000, interval: 200 };
const run = promisify(execFile);

let house: House;
let chat: HttpDouble;
let post: SmtpSink;
let guard: Asker;
let customer: Asker;
let camera: { id: string; key: string };
let event: cameras.CameraEvent;
let alert: alerts.Alert;
/** When each message arrived, ms. */
const arrived: Record<"chat" | "post", number[]> = { chat: [], post: [] };
const folder = mkdtempSync(join(tmpdir(), "person to proof "));

const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  house.server.call<T>(method, path, body);

beforeAll(async () => {
  if (!isHere) return;
  house = await openHouse();
  [chat, post] = await Promise.all([
    httpDouble((_request, response) => {
      arrived.chat.push(Date.now());
      response.writeHead(200, { "content-type": "application/json" }).end('{"id":"1"}');
    }),
    smtpSink({
      onMailFrom: (_address, _session, done) => {
        arrived.post.push(Date.now());
        done();
      },
    }),
  ]);
  guard = await house.person(house.host.tenantId, "guard");
  const [siteId] = house.host.sites;
  customer = await house.person(house.host.tenantId, "customer", {
    everywhere: false,
    grants: [{ role: "customer", scope: { kind: "site", siteId } }],
  });
  const { device, key } = await call<{ device: { id: string }; key: { apiKey: string } }>(
    "POST",
    "/api/v1/devices",
    { name: "loading-bay", label: "North bay", typeId: "camera", siteId },
  );
  camera = { id: device.id, key: key.apiKey };
}, 180_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([chat?.[Symbol.asyncDispose](), post?.[Symbol.asyncDispose]()]);
  await house?.end();
}, 60_000);

/** The first camera that looks for people brings the rule; it tells both channels. */
async function armed(): Promise<void> {
  const path = `/api/v1/cameras/${camera.id}`;
  const { settings, settingsMs } = await call<cameras.Camera>("GET", path);
  const detection = { ...settings.detection, enabled: true, pictureInAlerts: true };
  await call("PUT", `${path}/settings`, { settings: { ...settings, detection }, settingsMs });
  const rule = await vi.waitFor(async () => {
    const { items } = await call<{ items: alerts.Rule[] }>("GET", "/api/v1/rules");
    const found = items.find(({ condition }) => condition.kind === "event");
    if (found === undefined) throw new Error("no rule yet");
    return found;
  }, PATIENT);
  const common = { enabled: true, minSeverity: "info", allowPrivate: true, dailyCap: 100 };
  const channelIds: string[] = [];
  for (const [name, settings] of [
    ["Chat", discord(`${chat.url}/api/webhooks/1/t`)],
    ["Mail", email(post.port)],
  ] as const)
    channelIds.push(
      (await call<{ id: string }>("POST", "/api/v1/channels", { ...common, name, settings })).id,
    );
  const { active: _active, createdMs: _createdMs, id, watches: _watches, ...body } = rule;
  await call("PUT", `/api/v1/rules/${id}`, { ...body, channelIds });
}

/** As a camera that sends five pictures a second over a WebSocket. */
async function film(seconds = SECONDS): Promise<void> {
  const frames: Buffer[] = [];
  for await (const frame of framesOf(FILM, { fps: FPS, seconds })) frames.push(frame);
  const url = `${house.server.url.replace("http", "ws")}${cameras.CAMERAS_FEED_PATH}?token=${camera.key}`;
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const beganMs = performance.now();
  for (const [n, frame] of frames.entries()) {
    await sleep(Math.max(0, beganMs + (n * 1_000) / FPS - performance.now()));
    socket.send(Uint8Array.from(frame));
  }
  socket.close();
}

test.runIf(isHere)(
  "somebody who walks past is told of within three seconds, in words and with a picture",
  async () => {
    await using pulse = takePulse();
    await armed();
    await film();
    event = await vi.waitFor(async () => {
      const path = `/api/v1/camera-events?camera=${camera.id}&kinds=person`;
      const { items } = await call<{ items: cameras.CameraEvent[] }>("GET", path);
      expect(items.map(({ endMs }) => endMs !== undefined)).toEqual([true]);
      return items[0] as cameras.CameraEvent;
    }, PATIENT);
    expect(event.detection).toMatchObject({ by: "server", mostAtOnce: 1, armed: true });
    await vi.waitFor(() => expect([chat.received.length, post.mails.length]).toEqual([1, 1]), PATIENT);
    const alarmMs = event.detection?.alarmMs as number;
    const toldMs = Math.max(arrived.chat[0] as number, arrived.post[0] as number);
    const tookMs = pulse.msBetween(alarmMs, toldMs);
    const stoodMs = toldMs - alarmMs - tookMs;
    console.log(`from the alarm to both messages: ${tookMs} ms, and ${stoodMs} ms without a machine`);
    expect(tookMs).toBeLessThan(3_000);

    const { items } = await call<{ items: alerts.Alert[] }>("GET", `/api/v1/alerts?device=${camera.id}`);
    expect(items).toMatchObject([{ state: "active", event: { id: event.id, kind: "person", count: 1 } }]);
    alert = items[0] as alerts.Alert;
    const [message] = chat.received;
    const {
      embeds,
      files: [picture],
    } = await messageIn(message as Received);
    expect(embeds[0]).toMatchObject({ title: expect.stringContaining("North bay") });
    // The words do not wait longer than a second for it, of which a machine that stood still had less.
    const hasTime = (atMs: number): boolean => {
      const agoMs = atMs - alarmMs;
      return agoMs < 1_000 || agoMs - pulse.msBetween(alarmMs, atMs) < 100;
    };
    if (hasTime(arrived.chat[0] as number) || picture !== undefined)
      expect(picture?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    if (hasTime(arrived.post[0] as number))
      expect(post.mails[0]?.raw).toContain("Content-Disposition: inline");
    const url = embeds[0]?.url ?? "";
    expect(new URL(url).pathname).toMatch(/^\/e\/[A-Za-z0-9_-]{48}$/);

    const link = `/api/v1/event-links/${url.slice(-48)}`;
    expect(await guard.get("GET", link)).toEqual({ eventId: event.id });
    expect((await house.nobody().ask("GET", link)).status).toBe(401);
    expect((await customer.ask("GET", link)).status).toBe(403);
  },
  180_000,
);

test.runIf(isHere)(
  "the clip plays for the guard, and not for a customer of the same site",
  async () => {
    const evidence = `/api/v1/camera-events/${event.id}/evidence`;
    await vi.waitFor(async () => {
      const { segments } = await guard.get<cameras.ClipEvidence>("GET", evidence);
      expect(segments.map(({ state }) => state)).toContain("sealed");
      expect(segments.every(({ key }) => key !== undefined)).toBe(true);
      // Ten seconds before the visit are kept, so far as the camera had begun.
      expect(segments[0]?.firstMs).toBeLessThan(event.startMs - 2_000);
    }, PATIENT);
    const picture = await guard.ask("GET", `/api/v1/camera-events/${event.id}/picture`);
    expect(picture.status).toBe(200);
    for (const path of [
      evidence,
      `/api/v1/camera-events/${event.id}`,
      `/api/v1/camera-events/${event.id}/picture`,
    ])
      expect([403, 404]).toContain((await customer.ask("GET", path)).status);
  },
  120_000,
);

test.runIf(isHere)(
  "a verdict is kept, and an intrusion waits for somebody who looks after it",
  async () => {
    const verdict = { verdict: "intrusion", note: "Nobody is expected here." };
    await guard.get("PUT", `/api/v1/camera-events/${event.id}/verdict`, verdict);
    expect(
      (await customer.ask("PUT", `/api/v1/camera-events/${event.id}/verdict`, verdict)).status,
    ).toBeGreaterThan(400);
    const stateOf = async () =>
      (await call<{ alert: alerts.Alert }>("GET", `/api/v1/alerts/${alert.id}`)).alert.state;
    expect(await call("GET", `/api/v1/camera-events/${event.id}`)).toMatchObject({
      verdict: { verdict: "intrusion", note: verdict.note },
    });
    expect(await stateOf()).toBe("active");
    await guard.get("POST", `/api/v1/alerts/${alert.id}/acknowledge`, {});
    await vi.waitFor(async () => expect(await stateOf()).toBe("resolved"), PATIENT);
  },
  180_000,
);

/** More of the same camera, another segment: what was open is sealed since somebody looked at the clip. */
async function filmMore(): Promise<{ kind: "span"; cameraId: string; fromMs: number; toMs: number }> {
  await film(3);
  const fromMs = event.startMs - 30_000;
  return { kind: "span", cameraId: camera.id, fromMs, toMs: Date.now() };
}

test.runIf(isHere)(
  "the case goes out as one bundle that proves itself without a server",
  async () => {
    const items = [{ kind: "event", eventId: event.id }, await filmMore()];
    const made = await call<cases.Case>("POST", "/api/v1/cases", { title: "Loading bay", items });
    const path = `/api/v1/cases/${made.id}/exports`;
    const { id } = await call<cases.CaseExport>("POST", path, { form: "zip", language: "en" });
    await vi.waitFor(async () => {
      const { items: all } = await call<{ items: cases.CaseExport[] }>("GET", path);
      expect(all.find((one) => one.id === id)?.state).toBe("done");
    }, PATIENT);
    const owner = await house.person(house.host.tenantId, "owner");
    const content = await fetchAgain(`${house.server.url}${path}/${id}/content`, { headers: owner.headers });
    expect(content.status).toBe(200);
    const bundle = new Uint8Array(await content.arrayBuffer());
    const file = join(folder, "case.zip");
    writeFileSync(file, bundle);
    const files = unzipSync(bundle);
    const names = Object.keys(files);
    expect(names).toEqual(
      expect.arrayContaining(["case.json", "report.pdf", "verify.mjs", "verify.html", "keys.json"]),
    );
    const manifestsIn = (clip: string) => names.filter((name) => name.startsWith(`${clip}manifests/`)).length;
    const clip = ["clips/01/", "clips/02/"].find((one) => manifestsIn(one) >= 2) ?? "";
    expect(clip).not.toBe("");
    for (const name of ["verify.mjs", "verify.html"])
      writeFileSync(join(folder, name), files[name] as Uint8Array);

    const { fingerprint } = await call<{ fingerprint: string }>("GET", "/api/v1/ledger/trust");
    const args = ["verify.mjs", "case.zip", "--fingerprint", fingerprint];
    const { stdout } = await run(process.execPath, args, { cwd: folder, env: {} });
    expect(stdout).toContain("Genuine");

    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(join(folder, "verify.html")).href);
      await page.fill("#fingerprint", fingerprint);
      await page.setInputFiles("#file", file);
      const verdict = page.locator("#verdict:not(:text('Verifying …'))");
      await verdict.waitFor({ timeout: 60_000 });
      expect(await verdict.textContent()).toContain("Genuine");
      expect(asked.filter((url) => /^https?:/.test(url))).toEqual([]);
    } finally {
      await browser.close();
    }

    // Somebody who has the bundle and no key: a process of its own, in a folder with nothing else.
    const alone = mkdtempSync(join(tmpdir(), "only a bundle "));
    try {
      writeFileSync(join(alone, "case.zip"), bundle);
      const made = await run(process.execPath, [MANIPULATE, "case.zip", clip], { cwd: alone, env: {} });
      const manipulations = JSON.parse(made.stdout) as { name: string; file: string; named: string }[];
      expect(manipulations).toHaveLength(7);
      for (const { name, file: changed, named } of manipulations) {
        const said = await run(
          process.execPath,
          ["verify.mjs", join(alone, changed), "--fingerprint", fingerprint],
          { cwd: folder, env: {} },
        ).catch((error: { code: number; stdout: string }) => error);
        expect(said, name).toMatchObject({ code: 1, stdout: expect.stringContaining("NOT GENUINE") });
        expect(said.stdout, name).toMatch(new RegExp(`^  ${named}, ${clip.slice(0, -1)}`, "m"));
      }
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  },
  240_000,
);
