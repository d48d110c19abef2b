import { expect, it } from "vitest";
import { sealedClip } from "../testing/sealed-clips.ts";
import { openedAhead } from "./opened-ahead.ts";
import { type SealedClip, verifySealedClip } from "./sealed-clip.ts";
import { portableCrypto } from "./segment-crypto.ts";

const { clip, fingerprint } = sealedClip(3);
const { subtle } = globalThis.crypto;

/** The same clip with some byte of its second segment another. */
const changedAt = (place: number): SealedClip => ({
  ...clip,
  segments: clip.segments.map((one, at) =>
    at === 1 ? { ...one, file: one.file.with(place, (one.file[place] as number) ^ 1) } : one,
  ),
});

it("says of every clip what is said without it", async () => {
  const length = clip.segments[1]?.file.length as number;
  for (const one of [clip, ...[5, 40, 70, 95, 150, length - 1].map(changedAt)]) {
    const crypto = await openedAhead(one.segments, subtle);
    const [ahead, plain] = [crypto, portableCrypto].map((which) =>
      verifySealedClip(one, { fingerprint }, { crypto: which }),
    );
    expect(ahead?.opened).toEqual(plain?.opened);
    expect(ahead?.report).toEqual(plain?.report);
  }
});

it("is asked once for each chunk, and for the last as one of frames before", async () => {
  const calls: string[] = [];
  const crypto = await openedAhead(clip.segments, subtle);
  const watched = {
    ...crypto,
    open: (...args: Parameters<typeof crypto.open>) => {
      const opened = crypto.open(...args);
      calls.push(opened === undefined ? "refused" : "opened");
      return opened;
    },
  };
  expect(verifySealedClip(clip, { fingerprint }, { crypto: watched }).report.ok).toBe(true);
  expect(calls).toEqual([0, 1, 2].flatMap(() => ["opened", "refused", "opened"]));
});
