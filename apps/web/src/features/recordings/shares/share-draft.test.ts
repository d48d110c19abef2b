import { describe, expect, it } from "vitest";
import { linkFor, newDraft, requestOf, spanAround, spanOfEvent, spanProblem } from "./share-draft.ts";

const NOW_MS = 1_795_000_000_500;
const HOUR_MS = 3_600_000;
const span = { fromMs: NOW_MS - 60_000, toMs: NOW_MS - 30_000 };

describe("a clip that is to be shared", () => {
  it("has an end after its start, an hour at most, and lies in the past", () => {
    expect(spanProblem(span, NOW_MS)).toBeUndefined();
    expect(spanProblem({ ...span, toMs: span.fromMs }, NOW_MS)).toBe("noSpan");
    expect(spanProblem({ ...span, toMs: undefined }, NOW_MS)).toBe("noSpan");
    expect(spanProblem({ ...span, fromMs: span.toMs - HOUR_MS - 1 }, NOW_MS)).toBe("tooLong");
    expect(spanProblem({ ...span, toMs: NOW_MS + 1 }, NOW_MS)).toBe("future");
  });

  it("is asked for with what was chosen alone", () => {
    const draft = newDraft("c", span);
    const plain = { ...span, lifeMs: 7 * 24 * HOUR_MS, showsCamera: true, allowsDownload: true };
    expect(requestOf(draft, NOW_MS)).toEqual(plain);
    const chosen = { ...draft, password: "long enough", maxOpenings: 3, note: " for the insurance " };
    const more = { password: "long enough", maxOpenings: 3, note: "for the insurance" };
    expect(requestOf(chosen, NOW_MS)).toEqual({ ...plain, ...more });
    expect(requestOf({ ...draft, password: "short" }, NOW_MS)).toBeUndefined();
    expect(requestOf({ ...draft, toMs: undefined }, NOW_MS)).toBeUndefined();
  });

  it("begins as an event with five seconds around it, or as what is around the line; never in the future", () => {
    const second = Math.floor(NOW_MS / 1_000) * 1_000;
    const event = { startMs: second - 50_000, endMs: second - 20_000 };
    expect(spanOfEvent(event, NOW_MS)).toEqual({ fromMs: second - 55_000, toMs: second - 15_000 });
    expect(spanOfEvent({ startMs: second - 1_000 }, NOW_MS)).toEqual({
      fromMs: second - 6_000,
      toMs: second,
    });
    expect(spanOfEvent({ startMs: second - 2 * HOUR_MS, endMs: second }, NOW_MS).fromMs).toBe(
      second - HOUR_MS,
    );
    expect(spanAround(second - 60_000, NOW_MS)).toEqual({ fromMs: second - 75_000, toMs: second - 45_000 });
    expect(spanAround(second + 60_000, NOW_MS)).toEqual({ fromMs: second - 1_000, toMs: second });
  });
});

describe("a link", () => {
  const path = "/share#abc";

  it("has the address that the server was told, else the one under which the console is open", () => {
    const told = { url: `https://gate.example${path}`, isLocal: false };
    expect(linkFor(told.url, "https://other.example")).toEqual(told);
    expect(linkFor(`https://localhost:8080${path}`, "https://gate.lan:8080")).toEqual({
      url: `https://gate.lan:8080${path}`,
      isLocal: false,
    });
  });

  it("says when it works on this computer alone", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"])
      expect(linkFor(`http://localhost:8080${path}`, `http://${host}:8080`).isLocal).toBe(true);
  });
});
