import { describe, expect, it } from "vitest";
import { ByteCache } from "./byte-cache.ts";
import { timeOf } from "./camera-reel.ts";
import { openReel, recordSegment, recordVideo, START_MS } from "./testing/segments.ts";

const never = new AbortController().signal;
const shownMs = (shown: Awaited<ReturnType<ReturnType<typeof openReel>["reel"]["show"]>>) =>
  shown.kind === "picture" ? timeOf(shown.segment, shown.frame) : shown.kind;

describe("what a camera showed at an instant", () => {
  it("is its last frame until then, read with the one chunk that holds it", async () => {
    const { reel, asked, segments } = openReel([recordSegment(0), recordSegment(1)]);
    const shown = await reel.show(START_MS + 61_234, never);
    expect(shownMs(shown)).toBe(START_MS + 61_200);
    expect(asked).toHaveLength(1);
    expect(shownMs(reel.peek(START_MS + 61_999) ?? { kind: "gap" })).toBe(START_MS + 61_900);
    expect(segments.peek(START_MS + 61_234)?.id).toContain("000000000001");
  });

  it("is nothing where nothing is recorded", async () => {
    const { reel } = openReel([recordSegment(0), recordSegment(3)]);
    expect((await reel.show(START_MS + 100_000, never)).kind).toBe("gap");
    expect(reel.peek(START_MS + 100_000)?.kind).toBe("gap");
    expect(await reel.segments.nextStart(START_MS + 100_000)).toBe(START_MS + 180_000);
    expect(await reel.segments.previousEnd(START_MS + 100_000)).toBe(START_MS + 59_900);
  });

  it("is found after a gap of days, and not after the last recording", async () => {
    const farMs = START_MS + 3 * 86_400_000;
    const { reel } = openReel([recordSegment(0), recordSegment(9, { startMs: farMs })], farMs + 86_400_000);
    expect(await reel.segments.nextStart(START_MS + 120_000)).toBe(farMs);
    expect(await reel.segments.nextStart(farMs + 120_000)).toBeUndefined();
  });
});

describe("a chunk that does not open", () => {
  it("is said to be damaged, alone, however much was asked for together", async () => {
    const { reel, chunks, damaged } = openReel([recordSegment(0)]);
    damaged.add("0.5");
    const segment = await reel.segments.find(START_MS);
    if (segment === undefined) throw new Error("not found");
    await chunks.prefetch(segment, [3, 4, 5, 6], never);
    expect(reel.peek(START_MS + 5_500)).toEqual({ kind: "damaged", segment, chunk: 5 });
    expect(shownMs(reel.peek(START_MS + 4_500) ?? { kind: "gap" })).toBe(START_MS + 4_500);
    expect(shownMs(reel.peek(START_MS + 6_500) ?? { kind: "gap" })).toBe(START_MS + 6_500);
  });

  it("is damaged too when the bytes are no frames", async () => {
    const recorded = recordSegment(0);
    recorded.content[recorded.segment.chunks[2]?.[0] ?? 0] = 9;
    const { reel } = openReel([recorded]);
    expect((await reel.show(START_MS + 2_500, never)).kind).toBe("damaged");
    expect((await reel.show(START_MS + 3_500, never)).kind).toBe("picture");
  });
});

describe("stepping", () => {
  it("goes frame by frame over chunks and segments, both ways", async () => {
    const { reel } = openReel([recordSegment(0), recordSegment(1)]);
    expect(await reel.step(START_MS + 1_000, 1, never)).toBe(START_MS + 1_100);
    expect(await reel.step(START_MS + 1_900, 1, never)).toBe(START_MS + 2_000);
    expect(await reel.step(START_MS + 2_000, -1, never)).toBe(START_MS + 1_900);
    expect(await reel.step(START_MS + 59_900, 1, never)).toBe(START_MS + 60_000);
    expect(await reel.step(START_MS + 60_000, -1, never)).toBe(START_MS + 59_900);
    expect(await reel.step(START_MS + 119_900, 1, never)).toBeUndefined();
  });
});

describe("stepping through video", () => {
  it("goes picture by picture within a fragment and from one to the next, both ways", async () => {
    const { reel } = openReel([recordVideo(0, 60), recordVideo(1, 3)]);
    expect(await reel.step(START_MS, 1, never)).toBe(START_MS + 100);
    expect(await reel.step(START_MS + 950, 1, never)).toBe(START_MS + 1_000);
    expect(await reel.step(START_MS + 1_000, -1, never)).toBe(START_MS + 900);
    expect(await reel.step(START_MS + 1_234, -1, never)).toBe(START_MS + 1_200);
    expect(await reel.step(START_MS + 59_900, 1, never)).toBe(START_MS + 60_000);
    expect(await reel.step(START_MS + 60_000, -1, never)).toBe(START_MS + 59_900);
    expect(await reel.step(START_MS, -1, never)).toBeUndefined();
    expect(await reel.step(START_MS + 62_900, 1, never)).toBeUndefined();
  });
});

describe("reading", () => {
  it("asks for a chunk once, and again when whoever asked first has given up", async () => {
    const { reel, asked } = openReel([recordSegment(0)]);
    const first = new AbortController();
    const given = reel.show(START_MS + 500, first.signal);
    await Promise.resolve();
    const wanted = reel.show(START_MS + 600, never);
    first.abort();
    await expect(given).rejects.toThrow();
    expect(shownMs(await wanted)).toBe(START_MS + 600);
    const before = asked.length;
    await reel.show(START_MS + 700, never);
    expect(asked).toHaveLength(before);
  });

  it("reads on what playing needs, in few requests", async () => {
    const { reel, asked } = openReel([recordSegment(0), recordSegment(1)]);
    reel.readAhead(START_MS + 58_000, 1);
    await expect.poll(() => reel.peek(START_MS + 60_500)?.kind).toBe("picture");
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it("looks again at what is still being written", async () => {
    const growing = recordSegment(0, { seconds: 5 });
    const recorded = [{ ...growing, segment: { ...growing.segment, state: "open" as const } }];
    const { reel, clock } = openReel(recorded, START_MS + 6_000);
    await reel.show(START_MS + 4_500, never);
    expect(reel.peek(START_MS + 5_200)?.kind).toBe("picture");
    const grown = recordSegment(0, { seconds: 9 });
    recorded[0] = { ...grown, segment: { ...grown.segment, state: "open" } };
    clock.nowMs += 4_000;
    expect(reel.peek(START_MS + 8_500)).toBeUndefined();
    expect(shownMs(await reel.show(START_MS + 8_500, never))).toBe(START_MS + 8_500);
  });
});

describe("what is kept", () => {
  it("never exceeds the cap, and the longest unused goes first", () => {
    const cache = new ByteCache<number>(100);
    cache.set("a", 1, 40);
    cache.set("b", 2, 40);
    cache.get("a");
    cache.set("c", 3, 40);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
    expect(cache.bytes).toBe(80);
    cache.set("huge", 4, 500);
    expect([cache.get("a"), cache.get("huge")]).toEqual([undefined, 4]);
    cache.set("small", 5, 10);
    expect([cache.has("huge"), cache.bytes]).toEqual([false, 10]);
  });
});
