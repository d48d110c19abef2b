import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { SUITES } from "../testing/connect.ts";
import { bundleOf, fixedRandom } from "../testing/sealed-vectors.ts";
import { sessionVectors } from "../testing/session-vectors.ts";
import { acceptHello, parseHello } from "./handshake.ts";

interface Vectors {
  handshake: Record<"hello" | "answer" | "serverEphemeralPrivate" | "sessionId", string>;
  data: { from: string; afterMs: number; epoch: number; sequence: number; payload: string; frame: string }[];
}

describe.each(SUITES)("vectors of a session (%s)", (name, suite) => {
  const text = readFileSync(
    new URL(`../../vectors/session-${name.toLowerCase()}.json`, import.meta.url),
    "utf8",
  );
  const vectors = JSON.parse(text) as Vectors;

  it("are what the code makes, byte for byte", () => {
    expect(`${JSON.stringify(sessionVectors(suite), undefined, 2)}\n`).toBe(text);
  });

  it("are answered and opened by a server that has only its own key, the device's and its chance", () => {
    const { hello, answer, serverEphemeralPrivate, sessionId } = vectors.handshake;
    const accepted = acceptHello(parseHello(fromHex(hello)), {
      own: bundleOf(suite, "server"),
      peer: bundleOf(suite, "device"),
      suites: { allowed: [suite], pinned: undefined },
      random: fixedRandom([fromHex(serverEphemeralPrivate)]),
      nowMs: 0,
    });
    expect(toHex(accepted.answer)).toBe(answer);
    expect(accepted.session.id).toBe(sessionId);
    const fromDevice = vectors.data.filter(({ from }) => from === "device");
    expect(fromDevice.map(({ epoch }) => epoch)).toEqual([0, 0, 1, 2]);
    for (const { frame, afterMs, payload, epoch, sequence } of fromDevice) {
      const opened = accepted.session.open(fromHex(frame), afterMs);
      expect(toHex(opened.payload)).toBe(payload);
      expect(opened).toMatchObject({ epoch, sequence });
    }
  });
});
