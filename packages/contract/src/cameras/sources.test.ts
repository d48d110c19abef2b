import { Check } from "typebox/value";
import { expect, test } from "vitest";
import { PullSource } from "./sources.ts";

test("name and password of a source are of one line each: they stand in one of RTSP and HTTP", () => {
  const isOne = (login: object): boolean =>
    Check(PullSource, { url: "rtsp://10.0.0.1/", allowPrivate: true, ...login });
  for (const login of [{}, { user: "", password: "" }, { user: "ada", password: "pässwört 😀" }])
    expect([login, isOne(login)]).toEqual([login, true]);
  for (const text of ["a\nSession: 1", "a\r\n\r\nTEARDOWN *", "a\u0000b", "a\ud800"])
    for (const login of [{ user: text }, { password: text }])
      expect([login, isOne(login)]).toEqual([login, false]);
});
