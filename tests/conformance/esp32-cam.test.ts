import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture } from "../../apps/server/src/platform/pictures/index.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { Between } from "./firmware/between.ts";
import { absent, buildCamera } from "./firmware/build.ts";
import { Camera, enrolCamera, until } from "./firmware/camera.ts";

// The camera's firmware, built for this machine, and the whole program: what happens to both between an enrolment and
// the twentieth picture.

interface CameraView {
  readonly health: { readonly frames: number; readonly refused: object; readonly via?: string };
}
interface SettingsView {
  readonly state: string;
  readonly wanted?: { readonly version: number };
  readonly device?: { readonly settings?: { readonly fps: number } };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A JPEG of VGA size: stripes that every frame has elsewhere. */
function drawPicture(at: number): Promise<Uint8Array> {
  const rgb = new Uint8Array(640 * 480 * 3);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++)
    rgb.set([(pixel + 16 * at) & 0xff, pixel >> 11, 90 + 8 * at], 3 * pixel);
  return encodePicture(rgb, { width: 640, height: 480 }, 80);
}

describe.skipIf(absent !== "")(`a camera of ours and its Gatehouse${absent}`, () => {
  let program: string;
  let folder: string;
  let server: Gatehouse;
  const frames: { readonly file: string; readonly digest: string }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cameras "));
    [program, server] = await Promise.all([buildCamera(), startGatehouse()]);
    for (let at = 0; at < 20; at++) {
      const bytes = await drawPicture(at);
      const file = join(folder, `${at}.jpg`);
      writeFileSync(file, bytes);
      frames.push({ file, digest: sha256(bytes) });
    }
  }, 300_000);
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function addCamera(name: string): Promise<{ id: string; code: string }> {
    const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    const made = await server.call<{ device: { id: string }; claim: { code: string } }>(
      "POST",
      "/api/v1/devices",
      { name, typeId: "esp32-cam", siteId: items[0]?.id },
    );
    return { id: made.device.id, code: made.claim.code };
  }

  const view = (id: string) => server.call<CameraView>("GET", `/api/v1/cameras/${id}`);
  const settings = (id: string) => server.call<SettingsView>("GET", `/api/v1/devices/${id}/remote-settings`);
  const lastOf = async (id: string, metric: string): Promise<unknown> => {
    const device = await server.call<{ last: { metric: string; value: unknown }[] }>(
      "GET",
      `/api/v1/devices/${id}`,
    );
    return device.last.find((value) => value.metric === metric)?.value;
  };

  async function snapshot(id: string): Promise<Buffer> {
    const reply = await until("an answer of a server that is not busy", async () => {
      const answer = await fetch(`${server.url}/api/v1/cameras/${id}/snapshot`, {
        headers: { cookie: server.cookie },
      });
      return answer.status === 503 ? undefined : answer;
    });
    expect(reply.status).toBe(200);
    return Buffer.from(await reply.arrayBuffer());
  }

  describe.each(["M1", "C1"] as const)("%s", (suite) => {
    const enrolled = (stateDir: string, code: string) =>
      enrolCamera(program, stateDir, { suite, url: server.url, code });

    it("from the claim code to twenty pictures, a setting, a command, and a restart of the server", async () => {
      const stateDir = join(folder, suite);
      const { id, code } = await addCamera(`camera-${suite}`);
      const { event, detail } = await enrolled(stateDir, code);
      expect(event).toBe("enrolled");
      const { enrolment } = await server.call<{ enrolment: { words: string[] } }>(
        "GET",
        `/api/v1/devices/${id}/security`,
      );
      expect(detail).toBe(enrolment.words.join(" "));
      // Once and no more.
      expect(await enrolled(join(folder, `again-${suite}`), code)).toMatchObject({
        detail: "device.claim_invalid",
      });

      const camera = new Camera(program, stateDir);
      await camera.happened("session.began");
      await camera.ask("reading", "reading");
      await until("its reading", async () => (await lastOf(id, "rssi")) === -61 || undefined);
      expect([await lastOf(id, "uptime"), await lastOf(id, "lamp")]).toEqual([0.25, true]);

      for (const { file } of frames) expect((await camera.ask(`frame ${file}`, "frame")).detail).toBe("sent");
      await until("all pictures", async () => (await view(id)).health.frames === 20 || undefined);
      expect((await view(id)).health).toMatchObject({ refused: {}, via: "channel", width: 640, height: 480 });
      expect(sha256(await snapshot(id))).toBe(frames.at(-1)?.digest);

      await server.call("PUT", `/api/v1/devices/${id}/remote-settings`, {
        settings: { fps: 7, flip: "both" },
        after: 0,
      });
      await until("the setting", async () => (await settings(id)).state === "applied" || undefined);
      expect((await settings(id)).device?.settings).toMatchObject({ fps: 7, flip: "both", frameSize: "vga" });
      await server.call("PUT", `/api/v1/devices/${id}/remote-settings`, {
        settings: { frameSize: "uxga" },
        after: 1,
      });
      await until("the refusal", async () => (await settings(id)).state === "refused" || undefined);
      expect((await camera.state()).settingsVersion).toBe(1);

      await server.call("POST", `/api/v1/devices/${id}/commands`, { key: "lamp", params: { on: true } });
      await camera.happened("lamp", 1, "on");
      await until("the answer", async () => {
        const { items } = await server.call<{ items: { state: string }[] }>(
          "GET",
          `/api/v1/devices/${id}/commands`,
        );
        return items[0]?.state === "acknowledged" || undefined;
      });

      await server.kill("SIGKILL");
      await camera.happened("disconnected");
      await server.restart();
      // Its pauses are seconds by now. To skip time could skip over what is under way.
      await camera.happened("session.began", 2);
      await camera.ask(`frame ${frames[0]?.file}`, "frame");
      await until("a picture", async () => (await view(id)).health.frames === 1 || undefined);
      expect(sha256(await snapshot(id))).toBe(frames[0]?.digest);
      expect((await camera.state()).refused).toBe(0);
      expect(await camera.end()).toBe(0);
    }, 240_000);

    it("an answer that was recorded begins nothing, and a picture that is cut is none", async () => {
      const { id, code } = await addCamera(`cut-${suite}`);
      const stateDir = join(folder, `cut-${suite}`);
      await enrolled(stateDir, code);
      const between = await new Between(server.url).start();
      let answer: Buffer | undefined;
      between.down = (bytes, part) => {
        if (part !== 1) return bytes;
        answer ??= bytes;
        return answer;
      };
      between.cutAfterBytes = 8_000;
      const camera = new Camera(program, stateDir, between.url);
      await camera.happened("session.began");
      await camera.ask(`frame ${frames[0]?.file}`, "frame");
      await camera.happened("disconnected");
      camera.tell("skip 60000");
      await camera.happened("disconnected", 1, "answer refused");
      expect(camera.count("session.began")).toBe(1);
      between.down = (bytes) => bytes;
      camera.tell("skip 60000");
      await camera.happened("session.began", 2);
      await camera.ask(`frame ${frames[1]?.file}`, "frame");
      await until("a picture", async () => (await view(id)).health.frames > 0 || undefined);
      expect((await view(id)).health).toMatchObject({ frames: 1, refused: {} });
      expect(sha256(await snapshot(id))).toBe(frames[1]?.digest);
      expect(await camera.end()).toBe(0);
      await between.stop();
    }, 240_000);

    it("a key that was revoked gets no session any more", async () => {
      const { id, code } = await addCamera(`revoked-${suite}`);
      const stateDir = join(folder, `revoked-${suite}`);
      await enrolled(stateDir, code);
      const camera = new Camera(program, stateDir);
      await camera.happened("session.began");
      await camera.ask("reading", "reading");
      await until("its reading", async () => (await lastOf(id, "rssi")) === -61 || undefined);
      const { keys } = await server.call<{ keys: { keyId: string }[] }>(
        "GET",
        `/api/v1/devices/${id}/security`,
      );
      await server.call("DELETE", `/api/v1/devices/${id}/security/keys/${keys[0]?.keyId}`);
      await camera.ask(`frame ${frames[0]?.file}`, "frame");
      await camera.happened("disconnected");
      for (let attempt = 2; attempt <= 4; attempt++) {
        camera.tell("skip 60000");
        await camera.happened("disconnected", attempt);
      }
      expect(camera.count("session.began")).toBe(1);
      expect(await camera.end()).toBe(0);
    }, 240_000);
  });
});
