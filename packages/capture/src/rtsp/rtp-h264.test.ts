import { inspectFragment, inspectInit, type VideoInit } from "@gatehouse/video";
import fc from "fast-check";
import { expect, test } from "vitest";
import { H264Packager } from "../h264/packager.ts";
import type { CapturedPicture } from "../source.ts";
import { type AccessUnit, H264Depacketizer } from "./rtp-h264.ts";

const TYPE = 96;
const SPS = Buffer.from("67640028acd100780227e5c044000003000400000300c83c60c448", "hex");
const PPS = Buffer.from("68eb8f2c", "hex");

/** A packet of RTP (RFC 3550 §5.1), with an extension and padding where a test wants them. */
function packet(sequence: number, time: number, payload: Uint8Array, { isPadded = false } = {}): Buffer {
  const head = Buffer.alloc(isPadded ? 20 : 12);
  head[0] = isPadded ? 0xb0 : 0x80;
  head[1] = TYPE;
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(time >>> 0, 4);
  if (isPadded) head.writeUInt16BE(1, 14);
  return Buffer.concat([head, payload, ...(isPadded ? [Buffer.of(0, 0, 3)] : [])]);
}

/** FU-A of a NAL unit (RFC 6184 §5.8), so many bytes a piece. */
function pieces(nal: Uint8Array, size: number): Buffer[] {
  const [head = 0, body] = [nal[0], nal.subarray(1)];
  const count = Math.max(2, Math.ceil(body.length / size));
  const each = Math.ceil(body.length / count);
  return Array.from({ length: count }, (_, at) => {
    const flags = (at === 0 ? 0x80 : 0) | (at === count - 1 ? 0x40 : 0);
    const part = body.subarray(at * each, (at + 1) * each);
    return Buffer.concat([Buffer.of((head & 0xe0) | 28, flags | (head & 0x1f)), part]);
  }).filter((piece) => piece.length > 2);
}

/** STAP-A (§5.7.1). */
const several = (nals: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    Buffer.of(24),
    ...nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal]),
  ]);

function collect(maxBytes = 100_000) {
  const units: AccessUnit[] = [];
  const losses: string[] = [];
  const reader = new H264Depacketizer(TYPE, maxBytes, {
    onPicture: (unit) => units.push(unit),
    onLoss: (reason) => losses.push(reason),
  });
  return { reader, units, losses };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("NAL units come out as they went in, alone, several in a packet, or in pieces, also when numbers and times wrap", () => {
  const nal = fc
    .tuple(fc.constantFrom(0x65, 0x41, 0x06, 0x67), fc.uint8Array({ minLength: 4, maxLength: 300 }))
    .map(([head, body]) => Uint8Array.of(head, ...body));
  const picture = fc.record({
    nals: fc.array(nal, { minLength: 1, maxLength: 4 }),
    way: fc.constantFrom("single", "several", "pieces"),
    isPadded: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), (pictures) => {
      const { reader, units, losses } = collect();
      let sequence = 0xfffc;
      let time = 0xffff_f000;
      for (const { nals, way, isPadded } of pictures) {
        const payloads =
          way === "single"
            ? nals
            : way === "several"
              ? [several(nals)]
              : nals.flatMap((one) => pieces(one, 70));
        for (const payload of payloads)
          expect(reader.push(packet(sequence++, time, payload, { isPadded }))).toBe(true);
        time += 3_600;
      }
      reader.push(packet(sequence, time, Buffer.of(0x41, 1)));
      expect(losses).toEqual([]);
      expect(units.map(({ nals }) => nals.map(hex))).toEqual(pictures.map(({ nals }) => nals.map(hex)));
    }),
    { numRuns: 200 },
  );
});

test("whatever comes as a packet, it ends within bounds", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 40 }), (packets) => {
      const { reader, units } = collect(200);
      for (const [at, bytes] of packets.entries()) {
        reader.push(bytes);
        reader.push(packet(at, at >> 2, bytes));
      }
      for (const { nals } of units)
        expect(nals.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(240);
    }),
    { numRuns: 500 },
  );
});

/** A stream of pictures, one packet each but for key frames, which have the parameter sets in front. */
function packetsOf(kinds: string): Buffer[] {
  let sequence = 0;
  return [...kinds].flatMap((kind, at) => {
    const time = at * 9_000;
    const slice = Buffer.concat([Buffer.of(kind === "K" ? 0x65 : 0x41), Buffer.alloc(50, at)]);
    const nals = kind === "K" ? [SPS, PPS, slice] : [slice];
    return nals.map((nal) => packet(sequence++, time, nal));
  });
}

function filmOf(packets: readonly Buffer[], maxBytes = 100_000) {
  const given: CapturedPicture[] = [];
  const losses: string[] = [];
  const packager = new H264Packager([], maxBytes, {
    onPicture: (one) => given.push(one),
    onTooLarge: () => losses.push("too_large"),
  });
  const reader = new H264Depacketizer(TYPE, maxBytes, {
    onPicture: (unit) => packager.push(unit),
    onLoss: (reason) => {
      losses.push(reason);
      packager.lost();
    },
  });
  for (const one of packets) reader.push(one);
  return { given, losses };
}

test("of a stream that lost a packet nothing is given on until the next key frame", () => {
  const packets = packetsOf("KpppKpppKpppKp");
  const whole = filmOf(packets);
  expect(whole.given.map(({ pictures }) => pictures)).toEqual([undefined, 4, 4, 4]);
  const init = inspectInit(whole.given[0]?.bytes as Uint8Array) as VideoInit;
  expect(init).toMatchObject({ width: 1_920, height: 1_080 });
  for (const { bytes } of whole.given.slice(1)) expect(inspectFragment(bytes, init)).toBeUndefined();
  // Six packets are of the first group, nine of the first and the key frame of the second.
  const without = (lost: number) => filmOf(packets.filter((_, at) => at !== lost));
  const picturesOf = (lost: number) => without(lost).given.map(({ pictures }) => pictures);
  expect(without(10).losses).toEqual(["gap"]);
  expect(picturesOf(10)).toEqual([undefined, 4, 1, 4]);
  // What stands on either side of the gap may be without its end, or its beginning.
  expect(picturesOf(9)).toEqual([undefined, 4, 4]);
  expect(picturesOf(6)).toEqual([undefined, 3, 4]);
});

test("a group of pictures that is too large is cut before its end, and said", () => {
  const { given, losses } = filmOf(packetsOf("KppppppppppKp"), 700);
  expect(losses).toEqual(["too_large"]);
  expect(given.at(-1)?.pictures).toBeLessThan(11);
  expect(given.at(-1)?.bytes.length).toBeLessThanOrEqual(700);
});

test("a camera that sets its clock makes no pause of the film", () => {
  const packets = packetsOf("KppKppKp").map((one, at) => {
    if (at >= 5) one.writeUInt32BE((one.readUInt32BE(4) + 0x4000_0000) >>> 0, 4);
    return one;
  });
  const { given } = filmOf(packets);
  for (const { durationMs } of given.slice(1)) expect(durationMs).toBeLessThan(500);
});
