import fc from "fast-check";
import { expect, it } from "vitest";
import { JpegSplitter } from "./jpeg-splitter.ts";

const frame = (body: number[]): Buffer => Buffer.from([0xff, 0xd8, ...body, 0xff, 0xd9]);

it("gives the same pictures however the stream is cut", () => {
  const body = fc.array(fc.integer({ min: 0, max: 0xfe }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(body, { maxLength: 6 }), fc.integer({ min: 1, max: 17 }), (bodies, size) => {
      const frames = bodies.map(frame);
      const stream = Buffer.concat(frames);
      const splitter = new JpegSplitter();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size)
        found.push(...splitter.push(stream.subarray(at, at + size)));
      expect(found.map((bytes) => bytes.toString("hex"))).toEqual(
        frames.map((bytes) => bytes.toString("hex")),
      );
    }),
  );
});

it("refuses what is no JPEG, and a picture without an end", () => {
  expect(() => new JpegSplitter().push(Buffer.from("#EXTM3U"))).toThrow("not a stream of JPEG");
  const endless = new JpegSplitter();
  expect(() => {
    endless.push(frame([]).subarray(0, 2));
    for (let i = 0; i < 20; i++) endless.push(Buffer.alloc(100_000, 1));
  }).toThrow("too large");
});
