import type { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { draftOf, isChanged, kindOf, sourceFrom, withoutLogin } from "./source-draft.ts";

const kept: cameras.SourceView = {
  kind: "rtsp",
  url: "rtsp://192.168.1.20/stream1",
  allowPrivate: true,
  hasLogin: true,
  changedMs: 1,
  state: "delivering",
};

test("an address tells its kind, and what is none has none", () => {
  expect(kindOf("rtsp://192.168.1.20:554/stream1")).toBe("rtsp");
  expect(kindOf(" rtsps://camera.example/1 ")).toBe("rtsp");
  expect(kindOf("http://camera/video")).toBe("multipart");
  for (const url of ["", "192.168.1.20", "rtsp://", "file:///etc/passwd", "ftp://camera/"])
    expect(kindOf(url)).toBeUndefined();
});

test("name and password are asked to change only when somebody wrote one, or had them forgotten", () => {
  const draft = draftOf(kept);
  expect(isChanged(draft, kept)).toBe(false);
  expect(sourceFrom(draft)).toEqual({ url: kept.url, allowPrivate: true });
  expect(sourceFrom({ ...draft, password: "new" })).toMatchObject({ user: "", password: "new" });
  expect(sourceFrom({ ...draft, forgets: true })).toMatchObject({ user: "", password: "" });
  expect(isChanged({ ...draft, forgets: true }, kept)).toBe(true);
});

test("a name and password in the address go into their fields", () => {
  const draft = withoutLogin({ ...draftOf(undefined), url: "rtsp://ada:p%40ss@10.0.0.5:8554/a?b=c" });
  expect(draft).toMatchObject({ url: "rtsp://10.0.0.5:8554/a?b=c", user: "ada", password: "p@ss" });
});
