import { systemRandom } from "@gatehouse/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONTENT_TYPES,
  type ContentType,
  generateKeyBundle,
  importKeyBundle,
  importPublicBundle,
  MAX_BODY_BYTES,
  open,
  parseEnvelope,
  refusalReason,
  SUITE_IDS,
  seal,
} from "../index.ts";
import { createParties } from "../testing/parties.ts";
import { assertSigned } from "./seal.ts";
import { encodeForwarded, parseForwarded } from "./signed-part.ts";

const SUITES = [
  ["M1", SUITE_IDS.M1],
  ["C1", SUITE_IDS.C1],
] as const;

/** The reason of the refusal; anything but the channel's one error fails the test. */
function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const reason = refusalReason(error);
    if (reason !== undefined) return reason;
    throw error;
  }
  return "accepted";
}

describe.each(SUITES)("an envelope of suite %s", (name, suite) => {
  const { device, server, request } = createParties(suite);

  it("brings every header and payload to the recipient unchanged", () => {
    const requests = fc.record({
      contentType: fc.constantFrom(...(Object.values(CONTENT_TYPES) as ContentType[])),
      sequence: fc.bigInt(1n, 2n ** 63n - 1n),
      sentMs: fc.nat(Number.MAX_SAFE_INTEGER),
      bootId: fc.nat(2 ** 32 - 1),
      forwarded: fc.boolean(),
      command: fc.boolean(),
      storedLate: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 600 }),
    });
    fc.assert(
      fc.property(requests, (parts) => {
        const envelope = seal(request(parts), systemRandom);
        const { header, payload } = open(parseEnvelope(envelope), server, device);
        const { payload: sent, ...fields } = parts;
        expect(Uint8Array.from(payload)).toEqual(sent);
        expect(header).toMatchObject({
          ...fields,
          suite,
          senderKeyId: device.keyId,
          recipientKeyId: server.keyId,
        });
      }),
      { numRuns: 150 },
    );
  });

  it("adds 160 bytes (M1) or 194 to 209 (C1)", () => {
    for (let length = 0; length < 40; length++) {
      const overhead = seal(request({ payload: new Uint8Array(length) }), systemRandom).length - length;
      if (name === "M1") expect(overhead).toBe(160);
      else {
        expect(overhead).toBeGreaterThanOrEqual(194);
        expect(overhead).toBeLessThanOrEqual(209);
      }
    }
  });

  it("never looks the same twice, and shows nothing of its payload", () => {
    const [one, other] = [seal(request(), systemRandom), seal(request(), systemRandom)];
    expect(Buffer.compare(one.subarray(48, 80), other.subarray(48, 80))).not.toBe(0);
    expect(Buffer.from(one).includes("energy")).toBe(false);
  });

  it("carries up to 4 MiB and refuses to make more", () => {
    const room = MAX_BODY_BYTES - 300;
    expect(
      open(parseEnvelope(seal(request({ payload: new Uint8Array(room) }), systemRandom)), server, device)
        .payload,
    ).toHaveLength(room);
    expect(() => seal(request({ payload: new Uint8Array(MAX_BODY_BYTES) }), systemRandom)).toThrow(
      RangeError,
    );
  });

  it("and its payload are plain byte arrays, whose slice copies", () => {
    const envelope = seal(request(), systemRandom);
    const { payload, signature } = open(parseEnvelope(envelope), server, device);
    for (const bytes of [envelope, payload, signature]) expect(Buffer.isBuffer(bytes)).toBe(false);
  });

  it("is not made of what its header cannot hold", () => {
    const wrong = [
      { sequence: 0n },
      { sequence: 2n ** 63n },
      { sentMs: -1 },
      { sentMs: 1.5 },
      { bootId: 2 ** 32 },
    ];
    for (const parts of wrong) expect(() => seal(request(parts), systemRandom)).toThrow(RangeError);
    const other = createParties(suite === SUITE_IDS.M1 ? SUITE_IDS.C1 : SUITE_IDS.M1).server;
    expect(() => seal(request({ recipient: other }), systemRandom)).toThrow(RangeError);
  });

  it("opens from any place in a larger buffer", () => {
    const envelope = seal(request(), systemRandom);
    const buffer = new Uint8Array(envelope.length + 13);
    buffer.set(envelope, 7);
    const placed = buffer.subarray(7, 7 + envelope.length);
    expect(open(parseEnvelope(placed), server, device).header.sequence).toBe(1n);
  });

  it("is refused before any key is used when its length is not what it says", () => {
    const envelope = seal(request(), systemRandom);
    const longer = new Uint8Array(envelope.length + 1);
    longer.set(envelope);
    for (const wrong of [envelope.subarray(0, -1), longer, envelope.subarray(0, 48)])
      expect(reasonOf(() => parseEnvelope(wrong))).toBe("malformed");
  });

  it("is refused by another recipient, in the name of another sender, and in the name of a known one", () => {
    const stranger = generateKeyBundle(suite, systemRandom);
    const envelope = parseEnvelope(seal(request(), systemRandom));
    expect(reasonOf(() => open(envelope, stranger, device))).toBe("unknown_key");
    expect(reasonOf(() => open(envelope, server, stranger))).toBe("unknown_key");
    // Anybody can encrypt to the server; only the device can sign as the device.
    const forged = seal(request({ sender: { ...stranger, keyId: device.keyId } }), systemRandom);
    expect(reasonOf(() => open(parseEnvelope(forged), server, device))).toBe("not_authentic");
  });

  it("cannot be passed on by its recipient as meant for somebody else", () => {
    const other = generateKeyBundle(suite, systemRandom);
    const { header, signature, payload } = open(parseEnvelope(seal(request(), systemRandom)), server, device);
    const passedOn = { ...header, recipientKeyId: other.keyId };
    const resealed = seal({ ...request(), ...passedOn, recipient: other, payload }, systemRandom);
    const headerBytes = resealed.subarray(0, 48);
    expect(reasonOf(() => assertSigned({ header: passedOn, headerBytes, signature, payload }, device))).toBe(
      "not_authentic",
    );
  });

  it("is refused under the other suite's number, with the same keys' ids", () => {
    const envelope = seal(request(), systemRandom);
    envelope[3] = suite === SUITE_IDS.M1 ? SUITE_IDS.C1 : SUITE_IDS.M1;
    expect(reasonOf(() => open(parseEnvelope(envelope), server, device))).toBe("unknown_key");
  });

  it("one error for all: no field, no message that tells more, whatever was wrong", () => {
    const envelope = seal(request(), systemRandom);
    const wrong = [envelope.length - 1, 60, 4, 30].map((at) => {
      const altered = Uint8Array.from(envelope);
      altered[at] = (altered[at] as number) ^ 1;
      try {
        open(parseEnvelope(altered), server, device);
      } catch (error) {
        return { ...(error as object), message: (error as Error).message };
      }
      throw new Error("accepted");
    });
    for (const error of wrong) expect(error).toEqual(wrong[0]);
    expect(wrong[0]).toMatchObject({ code: "envelope.refused", fields: {} });
  });

  it("stays verifiable after a gateway opened and forwarded it, by somebody without any decryption key", () => {
    const gateway = generateKeyBundle(suite, systemRandom);
    const atGateway = open(
      parseEnvelope(seal(request({ recipient: gateway }), systemRandom)),
      gateway,
      device,
    );
    const outer = seal(
      request({ sender: gateway, forwarded: true, sequence: 99n, payload: encodeForwarded(atGateway) }),
      systemRandom,
    );
    const opened = open(parseEnvelope(outer), server, gateway);
    const inner = parseForwarded(opened.payload);
    assertSigned(inner, device);
    expect(inner.header).toEqual(atGateway.header);
    expect(Buffer.from(inner.payload).toString()).toContain("energy");
    expect(reasonOf(() => assertSigned(inner, gateway))).toBe("unknown_key");

    for (const at of [47, 60, opened.payload.length - 1]) {
      const altered = Uint8Array.from(opened.payload);
      altered[at] = (altered[at] as number) ^ 1;
      expect(reasonOf(() => assertSigned(parseForwarded(altered), device))).not.toBe("accepted");
    }
    expect(reasonOf(() => parseForwarded(opened.payload.subarray(0, 111)))).toBe("malformed");
    const twice = Uint8Array.from(opened.payload);
    twice[5] = 2;
    expect(reasonOf(() => parseForwarded(twice))).toBe("malformed");
  });
});

describe("a key bundle", () => {
  it.each(SUITES)("of suite %s has an id of both keys, the same from raw keys of either form", (_, suite) => {
    const { device } = createParties(suite);
    expect(device.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(importPublicBundle(suite, device.agreement.raw, device.signing.raw)?.keyId).toBe(device.keyId);
    const [agreement, signing] = [device.agreementPair, device.signingPair].map((pair) =>
      pair.privateKey.reveal(),
    );
    expect(importKeyBundle(suite, agreement as Uint8Array, signing as Uint8Array)?.keyId).toBe(device.keyId);
    const other = generateKeyBundle(suite, systemRandom);
    expect(importPublicBundle(suite, device.agreement.raw, other.signing.raw)?.keyId).not.toBe(device.keyId);
    expect(importPublicBundle(suite, other.agreement.raw, device.signing.raw)?.keyId).not.toBe(device.keyId);
  });

  it("does not use one key for two purposes, nor a key of another suite", () => {
    const { device } = createParties(SUITE_IDS.C1);
    const m1 = createParties(SUITE_IDS.M1).device;
    expect(importPublicBundle(SUITE_IDS.C1, device.agreement.raw, device.agreement.raw)).toBeUndefined();
    expect(importPublicBundle(SUITE_IDS.M1, device.agreement.raw, device.signing.raw)).toBeUndefined();
    expect(importPublicBundle(SUITE_IDS.C1, m1.agreement.raw, m1.signing.raw)).toBeUndefined();
  });

  it("prints no private key", () => {
    const { device } = createParties(SUITE_IDS.M1);
    expect(JSON.stringify(device)).not.toContain(
      Buffer.from(device.signingPair.privateKey.reveal()).toString("base64"),
    );
    expect(JSON.stringify(device)).toContain("[secret]");
  });
});
