import { encodeVerifierKey, parseVerifierKey } from "@gatehouse/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownerSigner, rootSigner } from "../../../ledger/src/testing/parties.ts";
import { frameAt, nodeCrypto, openTestSegment, testKey, writeSegment } from "../testing/segments.ts";
import { CIPHERS } from "./crypto.ts";
import { encodeFrames, type Frame, parseFrames } from "./frames.ts";
import { createHeader, HEADER_BYTES, openHeader, parseHeader } from "./header.ts";
import { isManifestSignedBy, parseManifest, signManifest } from "./manifest.ts";
import { compareWithManifest, readSegment, type SegmentContents } from "./read.ts";
import { SegmentWriter } from "./writer.ts";

const frames = [10, 20, 30, 40, 55].map((offsetMs, at) =>
  frameAt(offsetMs, new Uint8Array(50 + at).fill(at + 1), at === 0 ? undefined : 1_000 + at),
);
const good = writeSegment(frames);
const read = (file: Uint8Array, key = testKey) => readSegment(file, key, nodeCrypto);
const contents = (file: Uint8Array): SegmentContents => {
  const found = read(file);
  if ("fault" in found) throw new Error(found.fault);
  return found;
};
const bytes = (file: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat([...file]));

describe("a segment", () => {
  test.each(Object.entries(CIPHERS))(
    "sealed with %s gives back its frames, times and trailer",
    (_, cipher) => {
      const { file, manifest } = writeSegment(frames, openTestSegment(cipher));
      const found = contents(file);
      expect(found.frames).toEqual(frames);
      expect(found.trailer).toEqual({
        v: 1,
        chunks: [
          [0, 10],
          [2, 30],
          [4, 55],
        ],
        frames: 5,
        detections: [{ person: 1 }],
      });
      expect(found.faults).toEqual([]);
      expect(compareWithManifest(found, manifest, file, nodeCrypto)).toEqual([]);
      expect(manifest).toMatchObject({ frames: 5, deviceFirstMs: 1_001, deviceLastMs: 1_004, codec: "jpeg" });
      expect(manifest.lastMs - manifest.firstMs).toBe(45);
    },
  );

  test("keeps nothing readable in its file", () => {
    const word = Buffer.from("a word that would be found");
    const { file } = writeSegment([frameAt(0, word)]);
    expect(Buffer.from(file).includes(word)).toBe(false);
    expect(Buffer.from(file).includes("person")).toBe(false);
  });

  test("opens under one key only, and its header commits to it", () => {
    expect(read(good.file, new Uint8Array(32).fill(8))).toEqual({ fault: "wrong_key" });
    const header = parseHeader(good.file);
    expect(header && openHeader(header, testKey, nodeCrypto)?.chunkKey).toHaveLength(32);
    expect(read(good.file.subarray(0, HEADER_BYTES - 1))).toEqual({ fault: "no_segment" });
  });

  test("says which chunk was changed, and still gives what stands before it", () => {
    const [, first = new Uint8Array(), second = new Uint8Array()] = good.pieces;
    const changed = Uint8Array.from(good.file);
    const at = HEADER_BYTES + first.length + Math.floor(second.length / 2);
    changed[at] = (changed[at] as number) ^ 1;
    const found = contents(changed);
    expect(found.faults).toEqual([{ fault: "chunk_altered", chunk: 1 }]);
    expect(found.frames).toEqual(frames.slice(0, 2));
  });

  test("shows a chunk that was moved, repeated, left out or taken from another segment", () => {
    const [header, one, two, three, last] = good.pieces as [Uint8Array, ...Uint8Array[]] & { length: 5 };
    const faultsOf = (...pieces: (Uint8Array | undefined)[]) =>
      contents(bytes(pieces as Uint8Array[])).faults;
    expect(faultsOf(header, two, one, three, last)).toEqual([{ fault: "chunk_altered", chunk: 0 }]);
    expect(faultsOf(header, one, one, two, three, last)).toEqual([{ fault: "chunk_altered", chunk: 1 }]);
    expect(faultsOf(header, one, three, last)).toEqual([{ fault: "chunk_altered", chunk: 1 }]);
    expect(faultsOf(header, one, two, last)).toEqual([{ fault: "chunk_altered", chunk: 2 }]);
    const other = writeSegment(frames, openTestSegment(CIPHERS.aes256gcm, testKey, 3)).pieces[2];
    expect(faultsOf(header, one, other, three, last)).toEqual([{ fault: "chunk_altered", chunk: 1 }]);
  });

  test("cut anywhere shows no end, or what was cut", () => {
    for (let length = HEADER_BYTES; length < good.file.length; length += 7) {
      const found = contents(good.file.subarray(0, length));
      expect(found.trailer).toBeUndefined();
      expect(found.faults[0]?.fault).toBe("no_end");
      expect(found.frames).toEqual(frames.slice(0, found.frames.length));
    }
  });

  test("any bit flipped anywhere is seen", () => {
    fc.assert(
      fc.property(fc.nat(good.file.length * 8 - 1), (bit) => {
        const file = Uint8Array.from(good.file);
        file[bit >> 3] = (file[bit >> 3] as number) ^ (1 << (bit & 7));
        const found = read(file);
        return "fault" in found || found.faults.length > 0;
      }),
      { numRuns: 2_000 },
    );
  });

  test("takes no frame that goes back in time, and none after its end", () => {
    const writer = new SegmentWriter(openTestSegment(), nodeCrypto);
    writer.add(frameAt(10, Uint8Array.of(1)));
    expect(() => writer.add(frameAt(9, Uint8Array.of(1)))).toThrow(RangeError);
    const sealing = { previous: null, detections: [], sealedSha256: () => new Uint8Array(32) };
    expect(() => writer.finish(sealing)).toThrow("wait");
    expect(writer.takeChunk()).toBeDefined();
    expect(writer.takeChunk()).toBeUndefined();
    writer.finish(sealing);
    expect(() => writer.add(frameAt(20, Uint8Array.of(1)))).toThrow("finished");
    expect(() => writer.finish(sealing)).toThrow("finished");
  });

  test("has a key and a prefix of the right length", () => {
    const { header } = openTestSegment();
    expect(() => createHeader(header, new Uint8Array(16), header.noncePrefix, nodeCrypto)).toThrow(
      RangeError,
    );
    expect(() => createHeader(header, testKey, new Uint8Array(8), nodeCrypto)).toThrow(RangeError);
  });
});

describe("a manifest", () => {
  const text = signManifest(good.manifest, rootSigner);
  const signed = parseManifest(text);

  test("is read back as it was signed, and names who signed", () => {
    expect(signed?.manifest).toEqual(good.manifest);
    if (signed === undefined) return;
    expect(isManifestSignedBy(signed, rootSigner.key)).toBe(true);
    expect(isManifestSignedBy(signed, ownerSigner.key)).toBe(false);
    expect(isManifestSignedBy(signed, parseVerifierKey(encodeVerifierKey(rootSigner.key)))).toBe(true);
  });

  test("that was changed is not signed", () => {
    const later = parseManifest(text.replace('"frames":5', '"frames":4'));
    expect(later?.manifest.frames).toBe(4);
    expect(later && isManifestSignedBy(later, rootSigner.key)).toBe(false);
  });

  test("in any other writing, with more in it or too long, is none", () => {
    const lines = text.split("\n");
    expect(parseManifest(text.replace('"v":1', '"v":1,"x":1'))).toBeUndefined();
    expect(parseManifest(text.replace('"frames":5', '"frames": 5'))).toBeUndefined();
    expect(parseManifest(["gatehouse-segment/v2", ...lines.slice(1)].join("\n"))).toBeUndefined();
    expect(parseManifest(text + " ".repeat(9_000))).toBeUndefined();
    expect(parseManifest("")).toBeUndefined();
  });

  test("of another segment differs by name: camera, time, count, pictures", () => {
    const found = contents(good.file);
    const differs = (change: object) =>
      compareWithManifest(found, { ...good.manifest, ...change }, good.file, nodeCrypto);
    expect(differs({ camera: "00000000-0000-0000-0000-000000000000" })).toEqual([
      { fault: "manifest_differs", field: "camera" },
    ]);
    expect(differs({ firstMs: good.manifest.firstMs - 1 })[0]).toMatchObject({ field: "firstMs" });
    expect(differs({ frames: 6 })[0]).toMatchObject({ field: "frames" });
    const other = writeSegment([...frames.slice(0, 4), frameAt(55, new Uint8Array(54).fill(9), 1_004)]);
    expect(
      compareWithManifest(contents(other.file), good.manifest, other.file, nodeCrypto).map((one) => one),
    ).toEqual([
      { fault: "manifest_differs", field: "framesRoot" },
      { fault: "manifest_differs", field: "sealedSha256" },
    ]);
  });
});

test("frames are read back as they were written, whatever they hold", () => {
  const anyFrame: fc.Arbitrary<Frame> = fc.record({
    kind: fc.constantFrom(1 as const, 2 as const, 3 as const),
    offsetMs: fc.nat(2 ** 32 - 1),
    deviceMs: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
    isKey: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 8 }), (some) => {
      expect(parseFrames(encodeFrames(some))).toEqual(some);
    }),
    { numRuns: 300 },
  );
  expect(parseFrames(encodeFrames(frames).subarray(0, -1))).toBeUndefined();
});
