import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jpegOf } from "@gatehouse/video/testing";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type BadCamera, badCamera } from "../testing/bad-camera.ts";
import { capture } from "../testing/capture.ts";
import { boundaryOf, MultipartParser } from "./parser.ts";

let server: Server | undefined;
let bad: BadCamera | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await bad?.close();
});

const LIMITS = { beginMs: 1_500, silentMs: 1_000, pictureBytes: 100_000 };
const TYPE = "multipart/x-mixed-replace; boundary=--frame";
const picture = Buffer.from(jpegOf(64, 48));

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/video?size=1`;
}
const from = async (listener: RequestListener, login: object = {}, count = 3) =>
  capture({ kind: "multipart", url: await serve(listener), ...login }, count, { limits: LIMITS });

test("parts come out whole, with and without their length, however the stream is cut", () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 6 });
  fc.assert(
    fc.property(bodies, fc.boolean(), fc.integer({ min: 1, max: 50 }), (parts, isCounted, size) => {
      // Without its length a part ends where the boundary stands.
      fc.pre(isCounted || !parts.some((part) => Buffer.from(part).includes("--b")));
      const stream = Buffer.concat(
        parts.flatMap((part) => [
          Buffer.from(
            `\r\n--b\r\nContent-Type: x\r\n${isCounted ? `Content-length: ${part.length}\r\n` : ""}\r\n`,
          ),
          part,
        ]),
      );
      const parser = new MultipartParser("--b", 1_000);
      const whole = Buffer.concat([stream, Buffer.from("\r\n--b--\r\n")]);
      const found: Uint8Array[] = [];
      for (let at = 0; at < whole.length; at += size)
        found.push(...parser.push(whole.subarray(at, at + size)));
      expect(found.map((one) => Buffer.from(one).toString("hex"))).toEqual(
        parts.map((one) => Buffer.from(one).toString("hex")),
      );
    }),
    { numRuns: 300 },
  );
});

test("a part without a length is as large as may be at most, with a line break before the boundary or without", () => {
  const push = (body: string) =>
    new MultipartParser("--b", 50).push(Buffer.from(`--b\r\n\r\n${body}--b\r\n`));
  expect(push(`${"x".repeat(50)}\r\n`).map(({ length }) => length)).toEqual([50]);
  expect(() => push("x".repeat(51))).toThrow();
});

test("whatever comes is cut into parts within bounds, or ends it", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "--b",
      "--b\r\n",
      "\r\n\r\n",
      "Content-Length: 9\r\n",
      "--b--",
      "Content-Length: 99999999\r\n",
    ),
    fc.string({ maxLength: 30 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const parser = new MultipartParser("--b", 50);
      try {
        for (const one of pieces)
          for (const part of parser.push(Buffer.from(one, "latin1")))
            expect(part.length).toBeLessThanOrEqual(50);
      } catch (error) {
        expect((error as { code: string }).code).toBe("camera.source_invalid");
      }
    }),
    { numRuns: 500 },
  );
});

test("a boundary is found with and without quotes and dashes", () => {
  for (const type of [
    "boundary=frame",
    'boundary="frame"',
    "boundary=--frame",
    "charset=x; Boundary = frame",
  ])
    expect(boundaryOf(`multipart/x-mixed-replace; ${type}`)).toBe("--frame");
  for (const type of [
    "image/jpeg",
    "multipart/x-mixed-replace",
    "text/multipart/x-mixed-replace; boundary=a",
  ])
    expect(boundaryOf(type)).toBeUndefined();
});

test("pictures come as they were sent", async () => {
  const { pictures, error } = await from((_request, response) => {
    response.writeHead(200, { "content-type": TYPE });
    for (let i = 0; i < 3; i++) {
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write("\r\n");
    }
  });
  expect(error).toBeUndefined();
  expect(pictures.map(({ bytes }) => Buffer.from(bytes).equals(picture))).toEqual([true, true, true]);
});

test("name and password are given when they are asked for, as Digest where that is offered", async () => {
  const heard: (string | undefined)[] = [];
  const listener: RequestListener = ({ headers }, response) => {
    heard.push(headers.authorization);
    if (headers.authorization?.includes('uri="/video?size=1"') !== true) {
      response.writeHead(401, {
        "www-authenticate": ['Basic realm="r"', 'Digest realm="r", nonce="n", qop="auth"'],
      });
      response.end();
      return;
    }
    response.writeHead(200, { "content-type": TYPE });
    response.write(Buffer.concat([Buffer.from("--frame\r\n\r\n"), picture, Buffer.from("\r\n--frame\r\n")]));
  };
  expect((await from(listener, { user: "ada", password: "s3cret" }, 1)).error).toBeUndefined();
  expect(heard[0]).toBeUndefined();
  expect(heard[1]).toMatch(/^Digest username="ada"/);
  server?.close();
  expect((await from(listener, {}, 1)).error?.fields).toEqual({ reason: "credentials" });
});

test("a redirect, another type, a part that is too large, silence and an end are told apart", async () => {
  const reasonOf = async (listener: RequestListener) => {
    const { error } = await from(listener);
    server?.closeAllConnections();
    server?.close();
    return error?.fields.reason;
  };
  const answer =
    (status: number, headers: Record<string, string>, body = ""): RequestListener =>
    (_request, response) =>
      void response.writeHead(status, headers).end(body);
  expect(await reasonOf(answer(302, { location: "http://169.254.169.254/latest/meta-data" }))).toBe(
    "redirect",
  );
  expect(await reasonOf(answer(404, {}))).toBe("not_found");
  expect(await reasonOf(answer(403, {}))).toBe("credentials");
  expect(await reasonOf(answer(500, {}))).toBe("status");
  expect(await reasonOf(answer(200, { "content-type": "text/html" }, "<html>"))).toBe("no_video");
  const large = "--frame\r\nContent-Length: 100001\r\n\r\n";
  expect(await reasonOf(answer(200, { "content-type": TYPE }, large))).toBe("too_large");
  expect(await reasonOf(answer(200, { "content-type": TYPE }, "x".repeat(20_000)))).toBe("malformed");
  expect(await reasonOf(answer(200, { "content-type": TYPE }, "--frame--"))).toBe("ended");
  expect(
    await reasonOf((_request, response) => {
      response.writeHead(200, { "content-type": TYPE });
      response.write("--frame\r\n");
    }),
  ).toBe("silent");
  expect(await reasonOf(() => undefined)).toBe("timeout");
});

test("a header without end, and an answer that is no HTTP, end it", async () => {
  bad = await badCamera((socket) => {
    const pour = (): void => {
      if (!socket.destroyed) socket.write(`X-Pad: ${"a".repeat(4_000)}\r\n`, () => setImmediate(pour));
    };
    socket.write("HTTP/1.1 200 OK\r\n");
    pour();
  });
  const url = `http://127.0.0.1:${bad.port}/`;
  const { error } = await capture({ kind: "multipart", url }, 1, { limits: LIMITS });
  expect(error?.fields.reason).toBe("too_large");
  await bad.close();
  bad = await badCamera((socket) => socket.write("SSH-2.0-OpenSSH_9\r\n\r\n"));
  const other = `http://127.0.0.1:${bad.port}/`;
  expect((await capture({ kind: "multipart", url: other }, 1, { limits: LIMITS })).error?.fields.reason).toBe(
    "malformed",
  );
});
