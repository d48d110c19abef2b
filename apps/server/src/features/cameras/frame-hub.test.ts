import { silentLogger } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { recordingLogger } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { FrameHub } from "./frame-hub.ts";
import type { CameraFrame } from "./model.ts";

const { jpeg, videoInit, videoFragment } = cameras.FRAME_KINDS;
const frame = (cameraId: string, number: number, kind: cameras.FrameKind = jpeg): CameraFrame => ({
  tenantId: "tenant",
  cameraId,
  kind,
  bytes: new Uint8Array(1),
  width: 1,
  height: 1,
  number,
  takenMs: number,
  deviceMs: undefined,
});

test("everybody gets what they asked for, in order, until they have enough", () => {
  const hub = new FrameHub(silentLogger);
  const [all, own]: [number[], number[]] = [[], []];
  const endAll = hub.subscribe(({ number }) => all.push(number));
  const endOwn = hub.subscribeTo("a", ({ number }) => own.push(number));
  for (const [cameraId, number] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ] as const)
    hub.publish(frame(cameraId, number));
  endOwn();
  hub.publish(frame("a", 4));
  endAll();
  hub.publish(frame("a", 5));
  expect([all, own]).toEqual([
    [1, 2, 3, 4],
    [1, 3],
  ]);
  expect(hub.newest("a")?.number).toBe(5);
  hub.forget("a");
  expect(hub.newest("a")).toBeUndefined();
});

test("a listener that fails harms no other, and one that leaves while it is told neither", () => {
  const log = recordingLogger();
  const hub = new FrameHub(log);
  const heard: number[] = [];
  hub.subscribe(() => {
    throw new Error("broken");
  });
  const end = hub.subscribeTo("a", () => end());
  hub.subscribeTo("a", ({ number }) => heard.push(number));
  hub.publish(frame("a", 1));
  hub.publish(frame("a", 2));
  expect(heard).toEqual([1, 2]);
  expect(log.lines.length).toBe(2);
});

test("the initialisation of a video is kept for whoever comes later, until pictures come", () => {
  const hub = new FrameHub(silentLogger);
  hub.publish(frame("a", 1, videoInit));
  hub.publish(frame("a", 2, videoFragment));
  expect([hub.initOf("a")?.number, hub.newest("a")?.number]).toEqual([1, 2]);
  hub.publish(frame("a", 3));
  expect(hub.initOf("a")).toBeUndefined();
});
