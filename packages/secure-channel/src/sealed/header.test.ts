import { describe, expect, it } from "vitest";
import { refusalReason } from "../refusal.ts";
import {
  CONTENT_TYPES,
  encodeSealedHeader,
  MAX_BODY_BYTES,
  parseSealedHeader,
  type SealedHeader,
} from "./header.ts";

const header: SealedHeader = {
  suite: 2,
  forwarded: false,
  command: true,
  storedLate: true,
  contentType: 7,
  senderKeyId: "0123456789abcdef",
  recipientKeyId: "fedcba9876543210",
  sequence: 0x0102030405060708n,
  sentMs: 1_800_000_000_000,
  bootId: 0xdeadbeef,
  bodyBytes: 200,
};
const bytes = encodeSealedHeader(header);

function reasonOf(altered: Uint8Array): string | undefined {
  try {
    parseSealedHeader(altered);
  } catch (error) {
    return refusalReason(error);
  }
  return undefined;
}

const withBytes = (at: number, ...values: number[]): Uint8Array => {
  const altered = Uint8Array.from(bytes);
  altered.set(values, at);
  return altered;
};

describe("the header of a single message", () => {
  it("is these 48 bytes", () => {
    expect(Buffer.from(bytes).toString("hex")).toBe(
      "53580102100c0007" + // "SX", version, suite, type, flags, content type
        "0123456789abcdef" +
        "fedcba9876543210" +
        "0102030405060708" +
        "000001a3185c5000" +
        "deadbeef" +
        "000000c8",
    );
    expect(parseSealedHeader(bytes)).toEqual(header);
  });

  it.each([
    ["another magic", withBytes(0, 0x54)],
    ["another version", withBytes(2, 2)],
    ["another type", withBytes(4, 0x20)],
    ["a flag without meaning", withBytes(5, 0x01)],
    ["a high flag without meaning", withBytes(5, 0x80)],
    ["content type 0", withBytes(6, 0, 0)],
    ["an unknown content type", withBytes(6, 0, Math.max(...Object.values(CONTENT_TYPES)) + 1)],
    ["content type 257", withBytes(6, 1, 1)],
    ["sequence 0", withBytes(24, 0, 0, 0, 0, 0, 0, 0, 0)],
    ["a sequence above 2^63 − 1", withBytes(24, 0x80)],
    ["a time above 2^53", withBytes(32, 0, 0x20)],
    [
      "a body above the limit",
      withBytes(44, ...[24, 16, 8, 0].map((bits) => ((MAX_BODY_BYTES + 1) >> bits) & 255)),
    ],
    ["47 bytes", bytes.subarray(0, 47)],
    ["nothing", new Uint8Array(0)],
  ])("is refused as malformed with %s", (_, altered) => {
    expect(reasonOf(altered)).toBe("malformed");
  });

  it.each([0, 3, 4, 255])("is refused with suite %i, reserved or unknown", (suite) => {
    expect(reasonOf(withBytes(3, suite))).toBe("suite");
  });
});
