import { type Random, seededRandom } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { x25519 } from "../primitives/x25519.ts";
import { cbcHmacAead, gcmAead } from "../session/aeads.ts";
import { sessionProtocolOf } from "../session/protocols.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import { describeShared, readShared } from "../testing/shared-vectors.ts";
import { CipherState } from "./cipher-state.ts";
import { type HandshakeOptions, HandshakeState } from "./handshake-state.ts";
import { IK, type NoiseProtocol, type Pattern } from "./protocol.ts";

/** Patterns of the vectors; the product uses IK alone. */
const PATTERNS: Readonly<Record<string, Pattern>> = {
  IK,
  XX: { initiatorKnowsResponder: false, messages: [["e"], ["e", "ee", "s", "es"], ["s", "se"]] },
  IKpsk2: {
    initiatorKnowsResponder: true,
    messages: [
      ["e", "es", "s", "ss"],
      ["e", "ee", "se", "psk"],
    ],
  },
};

type Side = "init" | "resp";
type Vector = Record<string, string> & {
  protocol_name: string;
  handshake_hash: string;
  init_psks?: string[];
  resp_psks?: string[];
  messages: { payload: string; ciphertext: string }[];
};

/** Chance that was thrown beforehand: the ephemeral key of the vector. */
const fixed = (hex: string): Random => ({ ...seededRandom(0), bytes: () => fromHex(hex) });

const pairOf = (hex: string) => {
  const pair = x25519.importKeyPair(fromHex(hex));
  if (pair === undefined) throw new Error("not a private key");
  return pair;
};

function sideOf(vector: Vector, side: Side): HandshakeState {
  const field = (name: string) => vector[`${side}_${name}`] as string;
  const pattern = PATTERNS[vector.protocol_name.split("_")[1] as string];
  if (pattern === undefined) throw new Error(`unknown pattern in ${vector.protocol_name}`);
  const psk = side === "init" ? vector.init_psks : vector.resp_psks;
  const peer = vector[`${side}_remote_static`];
  return new HandshakeState({
    protocol: { name: vector.protocol_name, pattern, dh: x25519, aead: gcmAead },
    role: side === "init" ? "initiator" : "responder",
    prologue: fromHex(field("prologue")),
    own: pairOf(field("static")),
    random: fixed(field("ephemeral")),
    ...(peer && { peer: { raw: fromHex(peer) } }),
    ...(psk && { psk: fromHex(psk[0] as string) }),
  });
}

const published = readShared<{ vectors: Vector[] }>("noise/cacophony-ik-xx-25519-aesgcm-sha256.json");

describeShared("Noise vectors of cacophony", () => {
  const vectors = published?.vectors ?? [];

  it.each(vectors.map((vector) => [vector.protocol_name, vector] as const))("reproduces %s", (_, vector) => {
    const sides = [sideOf(vector, "init"), sideOf(vector, "resp")] as const;
    const length = PATTERNS[vector.protocol_name.split("_")[1] as string]?.messages.length as number;
    vector.messages.slice(0, length).forEach(({ payload, ciphertext }, turn) => {
      const [writer, reader] = turn % 2 === 0 ? sides : [sides[1], sides[0]];
      const message = (writer as HandshakeState).writeMessage(fromHex(payload));
      expect(toHex(message)).toBe(ciphertext);
      expect(toHex((reader as HandshakeState).readMessage(message) as Uint8Array)).toBe(payload);
    });
    const [initiator, responder] = sides.map((side) => side.finish());
    expect(initiator).toEqual(responder);
    expect(toHex(initiator?.handshakeHash as Uint8Array)).toBe(vector.handshake_hash);
    const keys = [initiator?.initiatorKey, initiator?.responderKey].map(
      (key) => new CipherState(gcmAead, key),
    );
    vector.messages.slice(length).forEach(({ payload, ciphertext }, at) => {
      const cipher = keys[(length + at) % 2] as CipherState;
      expect(toHex(cipher.encrypt(new Uint8Array(0), fromHex(payload)))).toBe(ciphertext);
    });
  });

  it("has IK, XX and IKpsk2 to reproduce", () => {
    expect(vectors.map((vector) => vector.protocol_name.split("_")[1])).toEqual(["IK", "XX", "IKpsk2"]);
  });
});

const protocols = [
  ["M1", sessionProtocolOf(SUITE_IDS.M1)],
  ["C1", sessionProtocolOf(SUITE_IDS.C1)],
] as const;

describe.each(protocols)("a handshake of %s", (_, protocol: NoiseProtocol) => {
  const random = seededRandom(7);
  const [device, server, stranger] = [1, 2, 3].map(() => protocol.dh.generateKeyPair(random));
  if (!device || !server || !stranger) throw new Error("unreachable");
  const EMPTY = new Uint8Array(0);
  const initiator = (change: Partial<HandshakeOptions> = {}) =>
    new HandshakeState({
      protocol,
      role: "initiator",
      prologue: EMPTY,
      own: device,
      peer: server.publicKey,
      random,
      ...change,
    });
  const responder = (change: Partial<HandshakeOptions> = {}) =>
    new HandshakeState({
      protocol,
      role: "responder",
      prologue: EMPTY,
      own: server,
      peer: device.publicKey,
      random,
      ...change,
    });

  it("gives both sides the same two keys", () => {
    const [one, other] = [initiator(), responder()];
    expect(other.readMessage(one.writeMessage(EMPTY))).toHaveLength(0);
    expect(one.readMessage(other.writeMessage(EMPTY))).toHaveLength(0);
    expect(one.finish()).toEqual(other.finish());
    expect(one.finish().initiatorKey).not.toEqual(one.finish().responderKey);
  });

  it("is as long as the document says", () => {
    const [one, other] = [initiator(), responder()];
    const first = one.writeMessage(EMPTY);
    other.readMessage(first);
    expect([first.length, other.writeMessage(EMPTY).length]).toEqual(
      protocol.name.includes("25519") ? [96, 48] : [161, 81],
    );
  });

  it("refuses a device whose key is not the one on record", () => {
    expect(responder().readMessage(initiator({ own: stranger }).writeMessage(EMPTY))).toBeUndefined();
  });

  it("refuses a shown key that is not the one on record, even from who holds the right private key", () => {
    const own = { publicKey: stranger.publicKey, privateKey: device.privateKey };
    expect(responder().readMessage(initiator({ own }).writeMessage(EMPTY))).toBeUndefined();
  });

  it("refuses a server that does not hold the expected key", () => {
    expect(responder({ own: stranger }).readMessage(initiator().writeMessage(EMPTY))).toBeUndefined();
  });

  it("refuses another prologue", () => {
    const changed = responder({ prologue: Uint8Array.of(1) });
    expect(changed.readMessage(initiator().writeMessage(EMPTY))).toBeUndefined();
  });

  it("refuses every message cut short", () => {
    const message = initiator().writeMessage(EMPTY);
    for (let length = 0; length < message.length; length += 5)
      expect(responder().readMessage(message.subarray(0, length))).toBeUndefined();
  });

  it("refuses an ephemeral key that is no key or of small order", () => {
    const message = initiator().writeMessage(EMPTY);
    message.fill(0, 0, protocol.dh.publicKeyBytes);
    expect(responder().readMessage(message)).toBeUndefined();
  });

  it("cannot be finished after a refused message", () => {
    const one = initiator();
    const other = responder();
    other.readMessage(one.writeMessage(EMPTY));
    const answer = other.writeMessage(EMPTY);
    answer[answer.length - 1] = (answer.at(-1) as number) ^ 1;
    expect(one.readMessage(answer)).toBeUndefined();
    expect(() => one.finish()).toThrow(TypeError);
    expect(() => one.readMessage(answer)).toThrow(TypeError);
  });

  it("keeps the order of its messages", () => {
    expect(() => responder().writeMessage(EMPTY)).toThrow(TypeError);
    expect(() => initiator().readMessage(EMPTY)).toThrow(TypeError);
    expect(() => initiator().finish()).toThrow(TypeError);
  });
});

describe("the cipher of C1", () => {
  const key = new Uint8Array(32).fill(9);
  const header = Uint8Array.of(1, 2, 3);
  const text = new TextEncoder().encode("forty-two kilowatt-hours");
  const sealed = (direction: 0 | 1 | 2, epoch: number, sequence: number) =>
    cbcHmacAead.withKey(key, { direction, epoch }).seal(sequence, header, text).map(toHex).join("");

  it("never repeats an IV: direction, epoch and sequence all change the ciphertext", () => {
    const all = [sealed(1, 0, 0), sealed(2, 0, 0), sealed(1, 1, 0), sealed(1, 256, 0), sealed(1, 0, 1)];
    expect(new Set(all.map((hex) => hex.slice(0, 32))).size).toBe(all.length);
    expect(sealed(1, 0, 0)).toBe(all[0]);
  });

  it.each([0, 1, 15, 16, 17, 1000])("makes of %i bytes as many as it says", (bytes) => {
    const pieces = cbcHmacAead
      .withKey(key, { direction: 1, epoch: 0 })
      .seal(0, header, new Uint8Array(bytes));
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(cbcHmacAead.sealedBytes(bytes));
  });
});
