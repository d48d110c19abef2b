import { describe, expect, it } from "vitest";
import { partsOf } from "./chart-parts.ts";
import { chartKeys, chartsText, inCalls, moved, parseCharts } from "./chart-plan.ts";
import { bandsOf } from "./state-bands.ts";
import { extendTrack, fitTrack, trackOf } from "./tracks.ts";

const ref = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, "0")}:temperature`;

describe("charts in the address", () => {
  it("come back as they went in", () => {
    const charts = [
      { title: "", series: [ref(1), ref(2)] },
      { title: "", series: [ref(3)] },
    ];
    expect(parseCharts(chartsText(charts))).toEqual(charts);
  });

  it("hold at most six series and leave out what is none", () => {
    const seven = Array.from({ length: 7 }, (_, n) => ref(n)).join();
    expect(parseCharts(`${seven};nonsense;${ref(1)},${ref(1)}`).map(({ series }) => series.length)).toEqual([
      6, 1,
    ]);
  });

  it("move by one place and stop at the ends", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  });

  it("have keys of their own even when they are equal", () => {
    const same = { title: "", series: [ref(1)] };
    expect(new Set(chartKeys([same, same])).size).toBe(2);
  });

  it("are read in one call up to 96 series", () => {
    const refs = Array.from({ length: 97 }, (_, n) => ref(n));
    expect(inCalls(refs.slice(0, 96))).toHaveLength(1);
    expect(inCalls(refs).map((call) => call.length)).toEqual([96, 1]);
  });
});

const history = { ref: ref(1), fromMs: 0, toMs: 100, truncated: false, conflicts: 0 };

describe("a track", () => {
  const raw = trackOf({ ...history, resolution: "raw", t: [10, 20], v: [1, 2] });

  it("takes live readings in their order and drops what left the window", () => {
    const { t, v } = extendTrack(
      raw,
      [
        [40, 4],
        [30, 3],
      ],
      15,
    );
    expect([t, v]).toEqual([
      [20, 30, 40],
      [2, 3, 4],
    ]);
  });

  it("of a rollup takes no live reading", () => {
    const hours = trackOf({ ...history, resolution: "1h", t: [10], v: [1], min: [0], max: [2] });
    expect(extendTrack(hours, [[40, 4]], 0)).toBe(hours);
  });

  it("reaches the ends of the window with a gap", () => {
    expect(fitTrack(raw, 0, 50).v).toEqual([null, 1, 2, null]);
  });

  it("of a state holds its last value to the end", () => {
    const state = trackOf({ ...history, resolution: "raw", t: [10, 20], v: [], s: [false, true] });
    expect(fitTrack(state, 10, 50)).toMatchObject({ t: [10, 20, 50], v: [0, 1, 1] });
  });

  it("of texts numbers the words as they come", () => {
    const texts = trackOf({ ...history, resolution: "raw", t: [1, 2, 3], v: [], s: ["idle", "run", "idle"] });
    expect([texts.v, texts.words]).toEqual([
      [0, 1, 0],
      ["idle", "run"],
    ]);
  });
});

describe("the parts of a chart", () => {
  const series = (kind: "number" | "state", unit: string) => ({
    ref: ref(1),
    deviceId: "",
    deviceName: "",
    siteName: "",
    metric: "",
    kind,
    unit,
    label: { en: "", fr: "" },
  });
  const warm = series("number", "°C");
  const humid = series("number", "%");
  const power = series("number", "W");
  const door = series("state", "");

  it("are an axis for each of two units, and states apart", () => {
    expect(partsOf([warm, door, humid, warm, undefined])).toEqual({
      units: ["°C", "%"],
      lines: [
        { index: 0, right: false },
        { index: 2, right: true },
        { index: 3, right: false },
      ],
      states: [1],
      leftOut: [],
    });
  });

  it("leave out what has a third unit", () => {
    const { lines, leftOut } = partsOf([warm, humid, power]);
    expect([lines.length, leftOut]).toEqual([2, [power]]);
  });
});

describe("the bands of a state", () => {
  const words = (t: number[], s: string[]) => trackOf({ ...history, resolution: "raw", t, v: [], s });

  it("hold each state until the next and the last to the end, the first from before the window", () => {
    expect(bandsOf(words([-50, 25, 50], ["idle", "run", "idle"]), 0, 100)).toEqual([
      { from: 0, to: 0.25, value: 0 },
      { from: 0.25, to: 0.5, value: 1 },
      { from: 0.5, to: 1, value: 0 },
    ]);
  });

  it("say that there are many where none could be told apart", () => {
    const t = Array.from({ length: 500 }, (_, n) => n);
    const bands = bandsOf(
      words(
        t,
        t.map((n) => (n % 2 === 0 ? "a" : "b")),
      ),
      0,
      1_000,
    );
    expect(bands).toEqual([
      { from: 0, to: 0.499, value: undefined },
      { from: 0.499, to: 1, value: 1 },
    ]);
  });
});
