import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_JPEG_LIMITS, inspectJpeg, JPEG_FAULTS } from "./jpeg.ts";
import { jpegOf, segment, withMetadata } from "./testing/jpeg-frames.ts";

const faultOf = (bytes: Uint8Array): string | undefined => {
  const found = inspectJpeg(bytes);
  return "fault" in found ? found.fault : undefined;
};
const joined = (...pieces: Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((one) => [...one]));

test("a whole picture is taken with its size", () => {
  expect(inspectJpeg(jpegOf(640, 480))).toMatchObject({ width: 640, height: 480 });
  expect(inspectJpeg(jpegOf(1, 1, { gray: true }))).toMatchObject({ width: 1, height: 1 });
});

test("zeros after the end are padding and cut off; anything else after it is refused", () => {
  const whole = jpegOf(320, 240);
  const found = inspectJpeg(joined(whole, new Uint8Array(200)));
  expect("bytes" in found && found.bytes).toEqual(whole);
  expect(faultOf(joined(whole, Uint8Array.of(0, 0x3c)))).toBe("trailing_data");
  expect(faultOf(joined(whole, whole))).toBe("trailing_data");
});

test("a frame without its end, cut anywhere, is refused", () => {
  const whole = jpegOf(640, 480);
  expect(faultOf(whole.subarray(0, -2))).toBe("no_end");
  for (let length = 0; length < whole.length; length++)
    expect(JPEG_FAULTS).toContain(faultOf(whole.subarray(0, length)));
});

test("what is no JPEG, or of a kind that not every reader takes, is refused", () => {
  expect(faultOf(new Uint8Array(0))).toBe("not_jpeg");
  expect(faultOf(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))).toBe("not_jpeg");
  expect(faultOf(Buffer.from("<svg onload=alert(1)>"))).toBe("not_jpeg");
  expect(faultOf(jpegOf(64, 64, { frameMarker: 0xc9 }))).toBe("unsupported");
  expect(faultOf(jpegOf(64, 64, { frameMarker: 0xc3 }))).toBe("unsupported");
  expect(faultOf(jpegOf(64, 64, { precision: 12 }))).toBe("unsupported");
});

test("a picture that would be huge in memory is refused by its header alone", () => {
  expect(faultOf(jpegOf(20_000, 20_000))).toBe("dimensions");
  expect(faultOf(jpegOf(4_097, 100))).toBe("dimensions");
  expect(faultOf(jpegOf(100, 0))).toBe("dimensions");
  expect(faultOf(jpegOf(0, 100))).toBe("dimensions");
});

test("metadata is bounded in sum, and so are the markers", () => {
  expect(faultOf(withMetadata(jpegOf(64, 64), [60_000]))).toBeUndefined();
  expect(faultOf(withMetadata(jpegOf(64, 64), [60_000, 10_000]))).toBe("metadata");
  expect(faultOf(withMetadata(jpegOf(64, 64), new Array(300).fill(2)))).toBe("malformed");
  expect(faultOf(new Uint8Array(DEFAULT_JPEG_LIMITS.maxBytes + 1))).toBe("too_large");
});

test("a progressive picture has few scans: each more is work for whoever decodes it", () => {
  const scan = Uint8Array.from([...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]), 0x12]);
  const withScans = (count: number): Uint8Array => {
    const whole = jpegOf(64, 64, { frameMarker: 0xc2 });
    return joined(whole.subarray(0, -2), ...new Array<Uint8Array>(count).fill(scan), whole.subarray(-2));
  };
  expect([faultOf(withScans(9)), faultOf(withScans(16))]).toEqual([undefined, "unsupported"]);
});

test("a second picture header, a picture in the picture and a scan without a header are refused", () => {
  const whole = jpegOf(64, 64);
  const twice = joined(
    whole.subarray(0, 2),
    segment(0xc0, [8, 0, 9, 0, 9, 1, 1, 0x11, 0]),
    whole.subarray(2),
  );
  expect(faultOf(twice)).toBe("malformed");
  expect(faultOf(joined(whole.subarray(0, -2), jpegOf(8, 8)))).toBe("malformed");
  expect(
    faultOf(joined(whole.subarray(0, 2), segment(0xda, [1, 1, 0, 0, 63, 0]), Uint8Array.of(1, 0xff, 0xd9))),
  ).toBe("malformed");
});

test("whatever the bytes, there is a verdict, and what is taken begins and ends like a picture", () => {
  const whole = jpegOf(64, 48);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      (changes, length) => {
        const bytes = Uint8Array.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        const found = inspectJpeg(bytes);
        if ("fault" in found) return JPEG_FAULTS.includes(found.fault);
        return found.bytes[1] === 0xd8 && found.bytes.at(-1) === 0xd9 && found.bytes.at(-2) === 0xff;
      },
    ),
    { numRuns: 3_000 },
  );
});
