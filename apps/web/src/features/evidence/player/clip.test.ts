import { expect, test } from "vitest";
import { Playhead } from "../../recordings/player/playhead.ts";
import type { CheckedClip, OpenedPicture } from "../check/model.ts";
import { elapsed, judge, spanOfClip } from "../judgement.ts";
import { aheadFrom, clipPlayer } from "./clip-player.ts";
import { ClipReel } from "./clip-reel.ts";
import { slicesOf } from "./slices.ts";
import { areaOf } from "./use-picture-area.ts";

const START_MS = 1_800_000_000_000;
const at = (seconds: number): number => START_MS + seconds * 1_000;
const picture = (seconds: number): OpenedPicture => ({
  kind: "jpeg",
  takenMs: at(seconds),
  bytes: new Uint8Array([seconds]),
});
const segment = (from: number, to: number, state: CheckedClip["segments"][number]["state"] = "genuine") => ({
  ...{ segmentId: `${from}`, state, fromMs: at(from), toMs: at(to) },
  ...{ frames: to - from, manifestSha256: "ab" },
});
const box = { label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.3 };
const look = (seconds: number, score = 0.9) => ({
  ...{ v: 1 as const, takenMs: at(seconds), model: "m" },
  boxes: [{ ...box, score }],
});

const CLIP: CheckedClip = {
  checks: (["opened", "complete", "signed", "time", "logged"] as const).map((id) => ({
    ...{ id, state: "passed" as const, problems: [], proof: [] },
  })),
  segments: [segment(0, 10), segment(10, 20, "changed"), segment(30, 40)],
  pictures: [
    ...Array.from({ length: 10 }, (_, n) => picture(n)),
    ...Array.from({ length: 10 }, (_, n) => picture(30 + n)),
  ],
  found: [look(4, 0.5), look(6, 0.9), look(35, 0.7)],
  ...{ logIndex: 7, tookMs: 1_900, checkedMs: at(60) },
};
const reel = new ClipReel(CLIP, { fromMs: at(0), toMs: at(39) });

test("what is shown is the last picture, nothing where nothing was recorded, and never what was changed", () => {
  expect(reel.at(at(4.9))).toEqual({ kind: "picture", picture: CLIP.pictures[4] });
  expect(reel.at(at(12)).kind).toBe("changed");
  expect(reel.at(at(25)).kind).toBe("gap");
  expect(reel.at(at(-1)).kind).toBe("gap");
});

test("playing goes over what is not recorded and ends where the clip ends", () => {
  expect(reel.ahead(at(5), false)).toEqual({ kind: "ready" });
  expect(reel.ahead(at(26), false)).toEqual({ kind: "jump", toMs: at(30) });
  expect(reel.ahead(at(26), true)).toEqual({ kind: "jump", toMs: at(9) });
  expect(reel.ahead(at(39) + 1, false)).toEqual({ kind: "end" });
});

test("a step leads to the neighbouring picture, within the clip", () => {
  expect(reel.step(at(4), 1)).toBe(at(5));
  expect(reel.step(at(4.5), -1)).toBe(at(4));
  expect(reel.step(at(0), -1)).toBeUndefined();
  expect(reel.step(at(39), 1)).toBeUndefined();
});

/** A player that stands at so many seconds of the clip. */
function playerAt(seconds: number) {
  const playhead: Playhead = new Playhead(at(seconds), {
    nowMs: () => Number.POSITIVE_INFINITY,
    ahead: (ms, isBackwards) => aheadFrom(reel, playhead.state.atMs, ms, isBackwards),
  });
  const player = clipPlayer(reel, playhead);
  /** A second of frames. */
  const play = () => {
    for (let frame = 0; frame < 60; frame++) playhead.tick(1_000 / 60);
  };
  return { ...player, play, state: () => playhead.state };
}

test("playing stops at the last picture, however fast, and from there begins again", () => {
  const { play, playhead, shuttle, state, toggle } = playerAt(37);
  playhead.setSpeed(16);
  shuttle(false);
  play();
  expect(state()).toMatchObject({ atMs: at(39), isPlaying: false });
  playhead.setSpeed(1);
  shuttle(false);
  expect(state()).toMatchObject({ atMs: at(0), isPlaying: true });
  playhead.pause();
  playhead.seek(at(39));
  toggle();
  expect(state()).toMatchObject({ atMs: at(0), isPlaying: true });
});

test("backwards it stops at the first picture, and from there begins at the end", () => {
  const { play, shuttle, state } = playerAt(0.5);
  shuttle(true);
  play();
  expect(state()).toMatchObject({ atMs: at(0), isPlaying: false });
  shuttle(true);
  expect(state()).toMatchObject({ atMs: at(39), isPlaying: true, isBackwards: true });
});

test("a changed end is played to, though nothing of it is shown", () => {
  const cut = new ClipReel(
    { ...CLIP, pictures: CLIP.pictures.slice(0, 10) },
    { fromMs: at(0), toMs: at(18) },
  );
  expect(aheadFrom(cut, at(17), at(19), false)).toEqual({ kind: "jump", toMs: at(18) });
  expect(aheadFrom(cut, at(18), at(19), false)).toEqual({ kind: "end" });
  expect(cut.edge(true)).toBe(at(0));
});

test("boxes stand on the picture that was looked at and shortly after, never before", () => {
  expect(reel.foundAt(at(6))?.boxes).toHaveLength(1);
  expect(reel.foundAt(at(6.4))?.takenMs).toBe(at(6));
  expect(reel.foundAt(at(6.5))).toBeUndefined();
  expect(reel.foundAt(at(5.9))).toBeUndefined();
});

test("the lane has of each block the surest look and the worst segment", () => {
  const slices = slicesOf(CLIP, { fromMs: at(0), toMs: at(40) });
  expect(slices).toHaveLength(20);
  expect(slices[2]).toMatchObject({ score: 0.5, state: "genuine" });
  expect(slices[3]?.score).toBe(0.9);
  expect(slices[5]?.state).toBe("changed");
  expect(slices[12]?.state).toBe("none");
});

test("one changed segment or one failed check makes the clip changed; what nobody signed is not known", () => {
  expect(judge(CLIP)).toMatchObject({ seal: "tampered", passed: 5, changed: [{ number: 2 }] });
  const whole = { checks: CLIP.checks, segments: [segment(0, 10)] };
  expect(judge(whole).seal).toBe("verified");
  const doubtful = whole.checks.map((check) =>
    check.id === "time" ? { ...check, state: "unknown" as const } : check,
  );
  expect(judge({ ...whole, checks: doubtful })).toMatchObject({ seal: "unknown", passed: 4 });
  const wrong = whole.checks.map((check) =>
    check.id === "logged" ? { ...check, state: "failed" as const } : check,
  );
  expect(judge({ ...whole, checks: wrong }).seal).toBe("tampered");
});

test("the clip is the event with what was kept around it, as far as it is recorded", () => {
  const rolls = { preRollSeconds: 5, postRollSeconds: 20 };
  expect(spanOfClip({ startMs: at(8), endMs: at(12) }, CLIP, rolls)).toEqual({ fromMs: at(3), toMs: at(32) });
  expect(spanOfClip({ startMs: at(2), endMs: at(38) }, CLIP, rolls)).toEqual({ fromMs: at(0), toMs: at(40) });
});

test("a picture lies in the middle of its stage, whole", () => {
  expect(areaOf({ width: 200, height: 100 }, { width: 10, height: 10 })).toEqual({
    ...{ left: 50, top: 0, width: 100, height: 100 },
  });
  expect(elapsed(72_900)).toBe("01:12");
});
