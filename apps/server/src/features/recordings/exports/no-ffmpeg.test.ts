import { AppError, newUuid, systemRandom } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test, vi } from "vitest";
import { recordingHouse, START_MS } from "../testing/house.ts";
import { filmPictures } from "../testing/pictures.ts";

vi.mock("../../../platform/ffmpeg/index.ts", async (original) => ({
  ...(await original<object>()),
  findFfmpeg: () => Promise.reject(new AppError("ffmpeg.missing")),
}));

test("without ffmpeg no film is promised, and what needs none is made", { timeout: 60_000 }, async () => {
  const clock = virtualClock(START_MS);
  const house = await recordingHouse(clock);
  const { recordings } = house;
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await recordings.start?.();
  await filmPictures(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 5, fps: 2 });
  await recordings.idle();
  const call = (path: string, body: object) => {
    const route = recordings.routes?.find(({ endpoint }) => `${endpoint.method} ${endpoint.path}` === path);
    return route?.handler({ scope: access.wholeTenant(tenantId), body, principal: { tenantId } });
  };
  const asked = { cameraId, fromMs: START_MS, toMs: START_MS + 3_000 };
  const create = "POST /api/v1/recordings/exports";
  expect(await call(`${create}/estimate`, asked)).toMatchObject({ frames: 6, canMakeFilm: false });
  await expect(call(create, { ...asked, form: "mp4" })).rejects.toMatchObject({ code: "ffmpeg.missing" });
  const order = { ...asked, tenantId, fileId: newUuid(clock, systemRandom) };
  await expect(
    recordings.films.render({ ...order, signal: new AbortController().signal }),
  ).rejects.toMatchObject({ code: "ffmpeg.missing" });
  expect(await call(create, { ...asked, form: "frames" })).toMatchObject({ state: "waiting" });
  await recordings.stop?.();
  await house[Symbol.asyncDispose]();
});
