import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import { inspectFragment, inspectInit, inspectJpeg, type VideoInit } from "@gatehouse/video";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../testing/capture.ts";
import { makeFilm, missingForRtsp, type RtspServer, startRtspServer } from "../testing/rtsp-server.ts";

const missing = missingForRtsp();
const said = missing.length === 0 ? "" : ` (skipped: apt-get install ${missing.join(" ")})`;
const login = { user: "ada", password: 'pass "word"' };

describe.skipIf(missing.length > 0)(`a real RTSP server${said}`, () => {
  let folder: string;
  const servers: RtspServer[] = [];
  const start = async (...asked: Parameters<typeof startRtspServer>): Promise<RtspServer> => {
    const server = await startRtspServer(...asked);
    servers.push(server);
    return server;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gatehouse rtsp "));
    await makeFilm(join(folder, "film.mp4"), 60);
    await makeFilm(join(folder, "reordered.mp4"), 4, { reordered: true });
  });
  afterAll(async () => {
    for (const server of servers) await server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  test("gives an initialisation and fragments that validation lets through, as they were coded", async () => {
    const { url } = await start(join(folder, "film.mp4"));
    const { pictures, error } = await capture({ kind: "rtsp", url }, 4);
    expect(error).toBeUndefined();
    expect(pictures.map(({ kind }) => kind)).toEqual([
      "h264-init",
      "h264-fragment",
      "h264-fragment",
      "h264-fragment",
    ]);
    const init = inspectInit(pictures[0]?.bytes as Uint8Array) as VideoInit;
    expect(init).toMatchObject({ width: 160, height: 120 });
    for (const { bytes, pictures: count, durationMs } of pictures.slice(1)) {
      expect(inspectFragment(bytes, init)).toBeUndefined();
      expect([count, durationMs]).toEqual([10, 1_000]);
    }
  });

  test("takes pictures that are decoded in another order than they are shown, and says how the film ends", async () => {
    const { url } = await start(join(folder, "reordered.mp4"));
    const { pictures, error } = await capture({ kind: "rtsp", url }, 99, { limits: { silentMs: 10_000 } });
    const init = inspectInit(pictures[0]?.bytes as Uint8Array) as VideoInit;
    const fragments = pictures.slice(1);
    expect(fragments.length).toBeGreaterThanOrEqual(3);
    for (const { bytes } of fragments) expect(inspectFragment(bytes, init)).toBeUndefined();
    expect(error?.code).toBe("camera.source_unreachable");
  });

  test("answers Digest and Basic, and tells when a password is wrong or none is given", async () => {
    for (const scheme of ["digest", "basic"] as const) {
      const { url } = await start(join(folder, "film.mp4"), { login: { ...login, scheme } });
      const right = await capture({ kind: "rtsp", url, ...login }, 2);
      expect(right.error).toBeUndefined();
      expect(right.pictures).toHaveLength(2);
      for (const wrong of [{}, { ...login, password: "other" }]) {
        const { error } = await capture({ kind: "rtsp", url, ...wrong }, 1);
        expect([error?.code, error?.fields]).toEqual(["camera.source_refused", { reason: "credentials" }]);
      }
    }
  });

  test("says that there is nothing at an address", async () => {
    const { url } = await start(join(folder, "film.mp4"));
    const { error } = await capture({ kind: "rtsp", url: url.replace("/film", "/none") }, 1);
    expect([error?.code, error?.fields]).toEqual(["camera.source_invalid", { reason: "not_found" }]);
  });

  test("makes pictures of it where that is asked, each once", async () => {
    const { url } = await start(join(folder, "film.mp4"));
    const costs: number[] = [];
    const { pictures, error } = await capture({ kind: "rtsp", url }, 75, {
      as: "jpeg",
      onCost: (coreRatio) => costs.push(coreRatio),
    });
    expect(error).toBeUndefined();
    expect(costs[0]).toBeGreaterThan(0);
    expect(costs[0]).toBeLessThan(1);
    for (const { kind, bytes } of pictures) {
      expect(kind).toBe("jpeg");
      expect(inspectJpeg(bytes)).toMatchObject({ width: 160, height: 120 });
    }
    // A second has ten pictures, and the test card's clock shows another in each.
    expect(new Set(pictures.map(({ bytes }) => Buffer.from(bytes).toString("base64"))).size).toBe(75);
  });

  test("says that the server is gone when its plug is pulled, and has it again on the same port", async () => {
    const server = await start(join(folder, "film.mp4"), { port: await freePort() });
    const watching = capture({ kind: "rtsp", url: server.url }, 99);
    await capture({ kind: "rtsp", url: server.url }, 2);
    await server.kill();
    expect((await watching).error?.code).toBe("camera.source_unreachable");
    expect((await capture({ kind: "rtsp", url: server.url }, 1)).error?.fields).toMatchObject({
      reason: "connection",
    });
    const again = await start(join(folder, "film.mp4"), { port: server.port });
    expect((await capture({ kind: "rtsp", url: again.url }, 2)).error).toBeUndefined();
  });
});
