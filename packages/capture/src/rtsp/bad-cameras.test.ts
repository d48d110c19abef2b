import type { Socket } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type BadCamera, badCamera, rtspAnswer } from "../testing/bad-camera.ts";
import { capture } from "../testing/capture.ts";
import { RtspParser } from "./message.ts";

let camera: BadCamera | undefined;
afterEach(async () => camera?.close());

const LIMITS = { beginMs: 1_500, silentMs: 1_000, pictureBytes: 1_500_000 };

/** How a source ends whose camera answers so: its reason, and the detail. */
async function endOf(
  answer: (socket: Socket, head: string) => void,
  login: object = {},
): Promise<readonly [unknown, unknown]> {
  camera = await badCamera(answer);
  const url = `rtsp://127.0.0.1:${camera.port}/stream`;
  const { error } = await capture({ kind: "rtsp", url, ...login }, 1, { limits: LIMITS });
  return [error?.fields.reason, error?.fields.detail];
}

const sdp = (...lines: readonly string[]): string => ["v=0", "s=x", "t=0 0", ...lines, ""].join("\r\n");
const H264_SDP = sdp("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=control:track1");

const describing =
  (body: string) =>
  (socket: Socket, head: string): void => {
    if (head.startsWith("DESCRIBE"))
      socket.write(rtspAnswer(head, "200 OK", ["Content-Type: application/sdp"], body));
    else if (head.startsWith("SETUP"))
      socket.write(rtspAnswer(head, "200 OK", ["Session: 7", "Transport: RTP/AVP/TCP;interleaved=0-1"]));
    else socket.write(rtspAnswer(head, "200 OK"));
  };

test("a camera that says nothing ends after its time", async () => {
  expect(await endOf(() => undefined)).toEqual(["timeout", undefined]);
});

test("a header without end is cut off", async () => {
  const reason = await endOf((socket) => {
    const pour = (): void => {
      if (!socket.destroyed) socket.write(`X-Pad: ${"a".repeat(8_000)}\r\n`, () => setImmediate(pour));
    };
    socket.write("RTSP/1.0 200 OK\r\n");
    pour();
  });
  expect(reason).toEqual(["too_large", undefined]);
});

test("no redirect is followed, wherever it leads", async () => {
  const elsewhere = await badCamera(() => undefined);
  for (const target of ["rtsp://169.254.169.254/latest", `rtsp://127.0.0.1:${elsewhere.port}/`]) {
    expect(
      await endOf((socket, head) => socket.write(rtspAnswer(head, "302 Moved", [`Location: ${target}`]))),
    ).toEqual(["redirect", undefined]);
    await camera?.close();
  }
  expect(
    await endOf((socket, head) => {
      describing(H264_SDP)(socket, head);
      if (head.startsWith("PLAY"))
        socket.write(`REDIRECT * RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.0.0.1/\r\n\r\n`);
    }),
  ).toEqual(["redirect", undefined]);
  expect(elsewhere.connections()).toBe(0);
  await elsewhere.close();
});

test("an address elsewhere in what it describes is asked on the same connection, never called", async () => {
  const elsewhere = await badCamera(() => undefined);
  const away = `rtsp://127.0.0.1:${elsewhere.port}/away`;
  const body = sdp("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", `a=control:${away}`);
  expect(await endOf(describing(body))).toEqual(["silent", undefined]);
  expect(camera?.heard.some((head) => head.startsWith(`SETUP ${away}`))).toBe(true);
  expect(elsewhere.connections()).toBe(0);
  await elsewhere.close();
});

test("what is no H.264 is named", async () => {
  const hevc = sdp("m=audio 0 RTP/AVP 0", "m=video 0 RTP/AVP 97", "a=rtpmap:97 H265/90000");
  expect(await endOf(describing(hevc))).toEqual(["codec", "H265"]);
  await camera?.close();
  expect(await endOf(describing(sdp("m=video 0 RTP/AVP 26")))).toEqual(["codec", "type 26"]);
  await camera?.close();
  expect(await endOf(describing(sdp("m=audio 0 RTP/AVP 0")))).toEqual(["no_video", undefined]);
});

test("garbage ends it", async () => {
  expect(await endOf((socket) => socket.write("GET / HTTP/1.1\r\nnonsense\r\n\r\n"))).toEqual([
    "malformed",
    undefined,
  ]);
  await camera?.close();
  expect(await endOf((socket) => socket.write(Buffer.alloc(40_000, 0xee)))).toEqual(["too_large", undefined]);
});

test("packets that are no video, and video without a key frame, are not waited for without end", async () => {
  expect(
    await endOf((socket, head) => {
      describing(H264_SDP)(socket, head);
      if (!head.startsWith("PLAY")) return;
      let number = 0;
      const timer = setInterval(() => {
        // A slice of no key frame, again and again: version 2, type 96.
        const packet = Buffer.from([0x24, 0, 0, 16, 0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x41, 1, 2, 3]);
        packet.writeUInt16BE(number, 6);
        packet.writeUInt32BE(number * 9_000, 8);
        number++;
        socket.write(packet);
      }, 50);
      socket.on("close", () => clearInterval(timer));
    }),
  ).toEqual(["no_key_frame", undefined]);
});

test("a password is answered to a challenge alone, once, and stands in no error", async () => {
  const login = { user: "ada", password: "s3cret-word" };
  const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256';
  camera = await badCamera((socket, head) => socket.write(rtspAnswer(head, "401 Unauthorized", [challenge])));
  const url = `rtsp://127.0.0.1:${camera.port}/stream`;
  const { error } = await capture({ kind: "rtsp", url, ...login }, 1, { limits: LIMITS });
  expect(error?.fields).toEqual({ reason: "credentials" });
  expect(camera.heard.filter((head) => head.startsWith("DESCRIBE"))).toHaveLength(2);
  expect(camera.heard[0]).not.toContain("Authorization");
  expect(camera.heard.join("\n") + JSON.stringify(error) + String(error)).not.toContain(login.password);
});

test("whatever a server says, it is cut into messages, or ends it", () => {
  const piece = fc.oneof(
    fc.constantFrom("RTSP/1.0 200 OK\r\n", "CSeq: 1\r\n", "Content-Length: 5\r\n", "\r\n", "$\0\0\u0004abcd"),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (pieces, size) => {
      const bytes = Buffer.from(pieces.join(""), "latin1");
      const parser = new RtspParser();
      try {
        for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      } catch (error) {
        expect((error as { code: string }).code).toBe("camera.source_invalid");
      }
    }),
    { numRuns: 500 },
  );
});
