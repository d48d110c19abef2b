import { isAppError, Secret, seededRandom } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { generateKeyBundle } from "../key-bundle.ts";
import { HandshakeState } from "../noise/handshake-state.ts";
import { ascii, concat, fromHex, toHex } from "../primitives/bytes.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import { refusalReason } from "../refusal.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { answerTo, connect, flipped, SUITES, sealed } from "../testing/connect.ts";
import { createParties } from "../testing/parties.ts";
import { frameKindOf, HEADER_BYTES, sessionIdOf } from "./frames.ts";
import { type AcceptOptions, acceptHello, Handshake, parseHello } from "./handshake.ts";
import { sessionProtocolOf } from "./protocols.ts";

/** The reason of the refusal, which must carry the one code and no field; undefined when there was none. */
function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    expect(isAppError(error, "envelope.refused") && error.fields).toEqual({});
    return refusalReason(error);
  }
}

describe.each(SUITES)("HELLO and ANSWER of %s", (name, suite) => {
  const parties = createParties(suite);
  const { device, server, random } = parties;
  const both = { allowed: [SUITE_IDS.C1, SUITE_IDS.M1], pinned: undefined };
  const accept = (frame: Uint8Array, change: Partial<AcceptOptions> = {}) =>
    acceptHello(parseHello(frame), { own: server, peer: device, suites: both, random, nowMs: 0, ...change });
  const hello = () => new Handshake({ own: device, peer: server, random }).hello;

  it("are framed as the document says", () => {
    const { hello: frame, answer } = connect(parties);
    const [version, ids] = [name === "M1" ? "12" : "11", [device.keyId, server.keyId]];
    expect(toHex(frame.subarray(0, 24))).toBe(`5358${version}2100000000${ids.join("")}`);
    expect(toHex(answer.subarray(0, 24))).toBe(`5358${version}2200000000${ids.reverse().join("")}`);
    expect([frame.length, answer.length]).toEqual(name === "M1" ? [120, 72] : [185, 105]);
    expect([frameKindOf(frame), frameKindOf(answer)]).toEqual(["hello", "answer"]);
  });

  it("name the session that DATA belongs to", () => {
    const pair = connect(parties);
    const frame = sealed(pair.device);
    expect(frameKindOf(frame)).toBe("data");
    expect(sessionIdOf(frame)).toBe(pair.server.id);
    expect(frameKindOf(frame.subarray(0, 23))).toBeUndefined();
    expect(frameKindOf(flipped(frame, 1))).toBeUndefined();
    expect(frameKindOf(flipped(frame, 3, 0x40))).toBeUndefined();
  });

  it("are refused before any key is used when the length is wrong", () => {
    const frame = hello();
    for (const length of [0, 3, 23, 24, frame.length - 1])
      expect(refusalOf(() => parseHello(frame.subarray(0, length)))).toBe("malformed");
    expect(refusalOf(() => parseHello(Uint8Array.from([...frame, 0])))).toBe("malformed");
  });

  it("are refused when our key or the sender's is unknown or revoked", () => {
    expect(refusalOf(() => accept(hello(), { own: undefined }))).toBe("unknown_key");
    expect(refusalOf(() => accept(hello(), { peer: undefined }))).toBe("unknown_key");
  });

  it("are refused for a suite that is not allowed, or below the pinned one", () => {
    const other = suite === SUITE_IDS.M1 ? SUITE_IDS.C1 : SUITE_IDS.M1;
    const allowed = { allowed: [other], pinned: undefined };
    expect(refusalOf(() => accept(hello(), { suites: allowed }))).toBe("suite");
    const pinned = { ...both, pinned: SUITE_IDS.M1 };
    expect(refusalOf(() => accept(hello(), { suites: pinned }))).toBe(name === "M1" ? undefined : "suite");
  });

  it("are refused when the sender calls itself by another device's key id", () => {
    const other = generateKeyBundle(suite, random);
    const relabelled = hello();
    relabelled.set(fromHex(other.keyId), 8);
    expect(refusalOf(() => accept(relabelled, { peer: other }))).toBe("not_authentic");
    const stranger = new Handshake({ own: other, peer: server, random }).hello;
    stranger.set(fromHex(device.keyId), 8);
    expect(refusalOf(() => accept(stranger))).toBe("not_authentic");
  });

  it("are refused with any bit changed", () => {
    const frame = hello();
    for (let at = 0; at < frame.length; at += at < 24 ? 1 : 3)
      expect(refusalOf(() => accept(flipped(frame, at)))).toBeDefined();
    const handshake = () => new Handshake({ own: device, peer: server, random });
    for (let at = 0; at < (name === "M1" ? 72 : 105); at += at < 24 ? 1 : 3) {
      const one = handshake();
      const { answer } = answerTo(one.hello, parties);
      expect(refusalOf(() => one.finish(flipped(answer, at), 0))).toBeDefined();
    }
  });

  it("are read once: a second ANSWER is refused, whether the first was true or forged", () => {
    const [one, other] = [0, 1].map(() => new Handshake({ own: device, peer: server, random })) as [
      Handshake,
      Handshake,
    ];
    const { answer } = answerTo(one.hello, parties);
    one.finish(answer, 0);
    expect(refusalOf(() => one.finish(answer, 0))).toBe("replayed");
    const forged = answerTo(other.hello, parties).answer;
    expect(refusalOf(() => other.finish(flipped(forged, forged.length - 1), 0))).toBe("not_authentic");
    expect(refusalOf(() => other.finish(forged, 0))).toBe("replayed");
  });

  it("do not fit another handshake: an old ANSWER is refused", () => {
    const [first, second] = [0, 1].map(() => new Handshake({ own: device, peer: server, random }));
    const { answer } = answerTo((first as Handshake).hello, parties);
    expect(refusalOf(() => (second as Handshake).finish(answer, 0))).toBe("not_authentic");
  });

  it("are refused from a server that only knows public keys", () => {
    const impostor = generateKeyBundle(suite, random);
    const handshake = new Handshake({ own: device, peer: server, random });
    expect(refusalOf(() => accept(handshake.hello, { own: { ...impostor, keyId: server.keyId } }))).toBe(
      "not_authentic",
    );
    const other = new Handshake({ own: device, peer: { ...impostor, keyId: server.keyId }, random });
    const { answer } = acceptHello(parseHello(other.hello), {
      own: { ...impostor, keyId: server.keyId },
      peer: device,
      suites: both,
      random,
      nowMs: 0,
    });
    expect(refusalOf(() => handshake.finish(answer, 0))).toBe("not_authentic");
  });

  it("can be forged in part by a thief of the server's key, who still gets no session as the device", () => {
    const protocol = sessionProtocolOf(suite);
    const own = { ...device.agreementPair, privateKey: new Secret(random.bytes(32)) };
    /** The thief has no device key; what it needs of it for HELLO the server's private key gives. */
    const dh = (pair: KeyPair, peer: PublicKey) =>
      pair === own && peer === server.agreement
        ? protocol.dh.dh(server.agreementPair, device.agreement)
        : protocol.dh.dh(pair, peer);
    const header = hello().subarray(0, HEADER_BYTES);
    const thief = new HandshakeState({
      protocol: { ...protocol, dh: { ...protocol.dh, dh } },
      role: "initiator",
      prologue: concat([ascii("SX-hello-v1\0"), header]),
      own,
      peer: server.agreement,
      random,
    });
    const forged = concat([header, thief.writeMessage(new Uint8Array(0))]);
    const { answer } = accept(forged);
    expect(thief.readMessage(answer.subarray(HEADER_BYTES))).toBeUndefined();
  });

  it("need a key of the suite they name", () => {
    const otherSuite = suite === SUITE_IDS.M1 ? SUITE_IDS.C1 : SUITE_IDS.M1;
    const other = generateKeyBundle(otherSuite, seededRandom(5));
    const wrong = { ...other, keyId: server.keyId };
    expect(refusalOf(() => accept(hello(), { own: wrong }))).toBe("suite");
    expect(refusalOf(() => accept(hello(), { peer: { ...other, keyId: device.keyId } }))).toBe("suite");
  });
});
