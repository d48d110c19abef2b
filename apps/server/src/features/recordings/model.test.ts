import fc from "fast-check";
import { expect, test } from "vitest";
import { contentBytes, encodeChunks, filePlaceOf, parseBlobName, parseChunks, segmentBlob } from "./model.ts";

const chunk = fc.record({
  bytes: fc.nat(2 ** 32 - 1),
  offsetMs: fc.nat(2 ** 32 - 1),
  frames: fc.nat(2 ** 32 - 1),
});

test("chunks are read back as they were written, each behind the one before", () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
      const parsed = parseChunks(encodeChunks(chunks));
      expect(parsed.map(({ bytes, offsetMs, frames }) => ({ bytes, offsetMs, frames }))).toEqual(chunks);
      let at = 0;
      for (const one of parsed) {
        expect(one.at).toBe(at);
        at += one.bytes;
      }
      expect(contentBytes(parsed)).toBe(at);
    }),
  );
});

test("the place of a chunk in the file is behind the header and what sealing adds to those before", () => {
  const [first, second] = parseChunks(
    encodeChunks([
      { bytes: 100, offsetMs: 0, frames: 1 },
      { bytes: 7, offsetMs: 1, frames: 1 },
    ]),
  );
  expect(first && filePlaceOf(first)).toEqual({ number: 0, start: 96, end: 212 });
  expect(second && filePlaceOf(second)).toEqual({ number: 1, start: 216, end: 239 });
});

test("a name of a file says whose it is; others say nothing", () => {
  const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
  const name = { tenantId: id(1), cameraId: id(2), segmentId: id(3) };
  expect(parseBlobName(segmentBlob(name))).toEqual({ ...name, isKey: false });
  for (const other of ["", "a.ghs", segmentBlob(name).replace(".ghs", ".tmp"), `x/${segmentBlob(name)}`])
    expect(parseBlobName(other)).toBeUndefined();
});
