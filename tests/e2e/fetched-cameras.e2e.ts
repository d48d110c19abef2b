import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import { makeFilm, missingForRtsp, type RtspServer, startRtspServer } from "@gatehouse/capture/testing";
import type { cameras } from "@gatehouse/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// A camera that cannot send, played by GStreamer's RTSP server; the whole program fetches its pictures, a browser shows them.

const PATIENT = { timeout: 60_000, interval: 250 };
const LOGIN = { user: "ada", password: "s3cret-word", scheme: "digest" } as const;
const missing = missingForRtsp();
const said = missing.length === 0 ? "" : ` (skipped: apt-get install ${missing.join(" ")})`;

describe.skipIf(missing.length > 0)(`a camera that is fetched from${said}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse fetched "));
  const film = join(folder, "film.mp4");
  let server: Gatehouse;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let rtsp: RtspServer;
  let cameraId = "";

  beforeAll(async () => {
    await makeFilm(film, 600);
    [server, browser, rtsp] = await Promise.all([
      startGatehouse(),
      openBrowser(),
      // Of those that nobody else takes: it is killed and must get the same again.
      startRtspServer(film, { port: await freePort(), login: LOGIN }),
    ]);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
    faults = await watchFaults(context, [422]);
    await useSession(context, server.url, server.cookie);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end();
    await rtsp?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const camera = () => server.call<cameras.Camera>("GET", `/api/v1/cameras/${cameraId}`);
  const address = () => page.getByRole("textbox", { name: "Address" });
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  test("is added in the console, tried, and shown live", async () => {
    await page.goto(`${server.url}/devices/add?type=camera`);
    await page.getByLabel("Name", { exact: false }).first().fill("yard");
    await press("Add and make its key");
    await page.getByRole("link", { name: "Enter the camera’s address" }).click();
    await page.waitForURL(/\/cameras\/[0-9a-f-]{36}\/source$/);
    cameraId = /cameras\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
    await page.getByText("Not fetched").waitFor();
    // As manuals write it: name and password in the address go into their fields.
    await address().fill(rtsp.url.replace("//", `//${LOGIN.user}:wrong@`));
    await address().blur();
    await expect.poll(() => address().inputValue()).toBe(rtsp.url);
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe(LOGIN.user);
    await press("Test");
    await page.getByText("This is an address of a private network.").waitFor();
    await page.getByLabel("The camera is in a private network").check({ force: true });
    await press("Test");
    await page.getByText("The camera does not accept this name and password.").waitFor();
    await page.locator("input[type=password]").fill(LOGIN.password);
    await press("Test");
    await page.getByText("H.264, 160 × 120").waitFor();
    await page.getByText("10 frames a second").waitFor();
    await press("Save");
    await page.getByText("Delivers", { exact: true }).waitFor();
    await expect.poll(() => page.locator("input[type=password]").inputValue()).toBe("");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("tab", { name: "Live" }).click();
    await page.getByText("Fetched by the server").waitFor();
    await page.locator("figure video:visible").waitFor();
    expect(faults).toEqual([]);
  });

  test("is recorded, and has snapshots though it sends video", async () => {
    await vi.waitFor(async () => expect((await camera()).recording).toBe(true), PATIENT);
    expect((await camera()).health).toMatchObject({ via: "pull", width: 160, height: 120 });
    const reply = await fetchAgain(`${server.url}/api/v1/cameras/${cameraId}/snapshot`, {
      headers: { cookie: server.cookie },
    });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  });

  test("is shown with its problem when it is gone, and comes back by itself, also over a restart", async () => {
    await page.goto(`${server.url}/cameras/${cameraId}/source`);
    await rtsp.kill();
    await page.getByText("There is no connection to this address.").waitFor();
    await expect.poll(async () => (await camera()).health.problem).toBe("connection");
    rtsp = await startRtspServer(film, { port: rtsp.port, login: LOGIN });
    await vi.waitFor(async () => expect((await camera()).health.problem).toBeUndefined(), PATIENT);
    await page.getByText("Delivers", { exact: true }).waitFor();
    await server.kill("SIGKILL");
    await server.restart();
    await vi.waitFor(async () => expect((await camera()).state).toBe("live"), PATIENT);
  });

  test("is masked by making pictures of its video, and what that costs is said", async () => {
    const { settings, settingsMs } = await camera();
    const half: cameras.Polygon = [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ];
    const body = { settings: { ...settings, masks: [half] }, settingsMs };
    await server.call("PUT", `/api/v1/cameras/${cameraId}/settings`, body);
    await vi.waitFor(async () => {
      const { state, health } = await camera();
      expect(state).toBe("live");
      expect(health.maskMs).toBeGreaterThan(0);
      expect(health.convertRatio).toBeGreaterThan(0);
    }, PATIENT);
  });
});
