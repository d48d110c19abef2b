import { isAppError } from "@gatehouse/base";
import { expect, test } from "vitest";
import { describeSource, parseSource, type SourceOptions, sourceOf } from "./camera-source.ts";

const refused = (options: SourceOptions): boolean => {
  try {
    sourceOf(options);
    return false;
  } catch (error) {
    return isAppError(error, "request.invalid");
  }
};

test("a source is what the command line says, and says nothing of a password", () => {
  const given: SourceOptions = { source: "rtsp://viewer:p%40ss@10.0.0.7:8554/door", fps: "5" };
  const door = sourceOf(given);
  expect(door).toEqual({ kind: "rtsp", url: "rtsp://10.0.0.7:8554/door", user: "viewer", password: "p@ss" });
  expect(describeSource(door)).toBe("rtsp://10.0.0.7:8554/door");
  expect(sourceOf({ multipart: "http://cam/video", user: "a", password: "b" })).toEqual({
    kind: "multipart",
    url: "http://cam/video",
    user: "a",
    password: "b",
  });
  expect(sourceOf({ v4l2: "/dev/video0", size: "640x480", fps: "15" })).toEqual({
    kind: "v4l2",
    device: "/dev/video0",
    width: 640,
    height: 480,
    framesPerSecond: 15,
  });
  expect(sourceOf({ folder: "/srv/frames" })).toEqual({
    kind: "folder",
    path: "/srv/frames",
    framesPerSecond: 10,
  });
});

test("what is no source, two of them, and numbers beyond their bounds are refused", () => {
  const wrong: readonly SourceOptions[] = [
    {},
    { file: "/a", folder: "/b" },
    { source: "http://cam/video" },
    { source: "file:///etc/passwd" },
    { multipart: "rtsp://cam/" },
    { source: "rtsp://a%ZZ:b@cam/" },
    { source: "door" },
    { file: "film.mp4" },
    { folder: "/frames", fps: "0" },
    { folder: "/frames", fps: "61" },
    { folder: "/frames", fps: "1e1" },
    { v4l2: "/dev/video0", size: "large" },
    { v4l2: "/dev/video0", size: "9999x1" },
  ];
  expect(wrong.filter((options) => !refused(options))).toEqual([]);
});

test("a file that is damaged, or of another version, is no source", () => {
  const kept = sourceOf({ folder: "/frames" });
  expect(parseSource(Buffer.from(JSON.stringify(kept)))).toEqual(kept);
  for (const bytes of [
    undefined,
    Buffer.from("{"),
    Buffer.from("{}"),
    Buffer.from(JSON.stringify({ ...kept, more: 1 })),
  ])
    expect(() => parseSource(bytes)).toThrowError(expect.objectContaining({ code: "secret.unreadable" }));
});
