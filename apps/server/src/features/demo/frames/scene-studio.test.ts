import { silentLogger } from "@gatehouse/base";

import { inspectJpeg } from "@gatehouse/video";
import { expect, it, vi } from "vitest";
import { SceneStudio } from "./scene-studio.ts";

it("shows a scene to several at once, and ends its thread with the last of them", {
  timeout: 90_000,
}, async () => {
  const studio = new SceneStudio(silentLogger, { scenes: ["boiler-room"] });
  const first: Uint8Array[] = [];
  const second: Uint8Array[] = [];
  const failures: string[] = [];
  const fail = (reason: string): void => void failures.push(reason);
  const one = studio.open("boiler-room")((jpeg) => void first.push(jpeg), fail);
  const two = studio.open("boiler-room")((jpeg) => void second.push(jpeg), fail);
  await vi.waitFor(() => expect(second.length).toBeGreaterThan(2), { timeout: 80_000 });
  await one.stop();
  expect(first.slice(0, 3)).toEqual(second.slice(0, 3));
  expect(inspectJpeg(first[0] as Uint8Array)).toMatchObject({ width: 640, height: 360 });
  const atStop = first.length;
  const later = second.length;
  await vi.waitFor(() => expect(second.length).toBeGreaterThan(later + 1), { timeout: 20_000 });
  expect(first.length).toBe(atStop);
  await two.stop();
  expect(studio.isDrawing).toBe(false);
  expect(failures).toEqual([]);
});
