import type { MonotonicMs, Random } from "@gatehouse/base";
import type { KeyBundle, PublicBundle } from "../key-bundle.ts";
import { type HandshakeOptions, HandshakeState } from "../noise/handshake-state.ts";
import { ascii, concat } from "../primitives/bytes.ts";
import { refused } from "../refusal.ts";
import { isSuiteAccepted, type SuiteId, type SuitePolicy } from "../suite-ids.ts";
import {
  encodePartiesHeader,
  FRAME_TYPES,
  HEADER_BYTES,
  type PartiesHeader,
  parsePartiesHeader,
} from "./frames.ts";
import { sessionProtocolOf } from "./protocols.ts";
import { Session } from "./session.ts";

const PROLOGUE_LABEL = ascii("SX-hello-v1\0");
/** Both handshake messages carry no payload of their own. */
const EMPTY = new Uint8Array(0);

/** The header is authenticated: a HELLO that was relabelled for another suite, sender or recipient is refused. */
const noiseOf = (
  header: PartiesHeader,
  rest: Omit<HandshakeOptions, "protocol" | "prologue">,
): HandshakeState =>
  new HandshakeState({
    ...rest,
    protocol: sessionProtocolOf(header.suite),
    prologue: concat([PROLOGUE_LABEL, encodePartiesHeader(FRAME_TYPES.hello, header)]),
  });

export interface HandshakeParties {
  readonly own: KeyBundle;
  readonly peer: PublicBundle;
  readonly random: Random;
}

/** The device's side: one HELLO, one ANSWER. */
export class Handshake {
  /** What to send. */
  readonly hello: Uint8Array;
  readonly #header: PartiesHeader;
  /** Undefined once an ANSWER was read: a state is used once, whatever came of it. */
  #noise: HandshakeState | undefined;

  constructor({ own, peer, random }: HandshakeParties) {
    this.#header = { suite: own.suite, senderKeyId: own.keyId, recipientKeyId: peer.keyId };
    const noise = noiseOf(this.#header, {
      role: "initiator",
      own: own.agreementPair,
      peer: peer.agreement,
      random,
    });
    const header = encodePartiesHeader(FRAME_TYPES.hello, this.#header);
    this.hello = concat([header, noise.writeMessage(EMPTY)]);
    this.#noise = noise;
  }

  /**
   * Reads one ANSWER; after a wrong one the handshake starts anew. The session's first DATA must be sent at once:
   * until then the server keeps the session before.
   */
  finish(answer: Uint8Array, nowMs: MonotonicMs): Session {
    const { suite, senderKeyId, recipientKeyId } = this.#header;
    const header = parsePartiesHeader(FRAME_TYPES.answer, answer);
    if (header.suite !== suite) throw refused("suite");
    if (header.senderKeyId !== recipientKeyId || header.recipientKeyId !== senderKeyId)
      throw refused("unknown_key");
    if (answer.length !== HEADER_BYTES + answerBytes(suite)) throw refused("malformed");
    const noise = this.#noise;
    if (noise === undefined) throw refused("replayed");
    this.#noise = undefined;
    readEmpty(noise, answer);
    return new Session({
      suite,
      role: "initiator",
      peerKeyId: recipientKeyId,
      result: noise.finish(),
      nowMs,
    });
  }
}

/** A HELLO that is well formed; nothing in it is proven. */
export interface Hello extends PartiesHeader {
  readonly frame: Uint8Array;
}

/** Reads who calls whom, for the look-up of both bundles. No key is used yet. */
export function parseHello(frame: Uint8Array): Hello {
  const header = parsePartiesHeader(FRAME_TYPES.hello, frame);
  if (frame.length !== HEADER_BYTES + helloBytes(header.suite)) throw refused("malformed");
  return { ...header, frame };
}

export interface AcceptOptions {
  /** Our bundle that the HELLO names; undefined when we have (no longer) such a key. */
  readonly own: KeyBundle | undefined;
  /** The sender's bundle; undefined when it is unknown or revoked. */
  readonly peer: PublicBundle | undefined;
  /** The tenant's allow-list and the device's pin. */
  readonly suites: SuitePolicy;
  readonly random: Random;
  readonly nowMs: MonotonicMs;
}

/**
 * The server's side. The session is only *offered*: a HELLO can be a replay, so the session counts from its first
 * valid DATA on (`PeerSessions.offer`).
 */
export function acceptHello(hello: Hello, options: AcceptOptions): { answer: Uint8Array; session: Session } {
  const { own, peer, suites, random, nowMs } = options;
  const { suite, senderKeyId, recipientKeyId } = hello;
  if (own?.keyId !== recipientKeyId || peer?.keyId !== senderKeyId) throw refused("unknown_key");
  const isOfSuite = own.suite === suite && peer.suite === suite;
  if (!isOfSuite || !isSuiteAccepted(suite, suites)) throw refused("suite");
  const noise = noiseOf(hello, {
    role: "responder",
    own: own.agreementPair,
    peer: peer.agreement,
    random,
  });
  readEmpty(noise, hello.frame);
  const header = { suite, senderKeyId: recipientKeyId, recipientKeyId: senderKeyId };
  const message = noise.writeMessage(EMPTY);
  const answer = concat([encodePartiesHeader(FRAME_TYPES.answer, header), message]);
  const session = new Session({
    suite,
    role: "responder",
    peerKeyId: senderKeyId,
    result: noise.finish(),
    nowMs,
  });
  return { answer, session };
}

function readEmpty(noise: HandshakeState, frame: Uint8Array): void {
  const payload = noise.readMessage(frame.subarray(HEADER_BYTES));
  if (payload === undefined || payload.length > 0) throw refused("not_authentic");
}

/** e, sealed s, sealed empty payload: 96 bytes in M1, 161 in C1. */
function helloBytes(suite: SuiteId): number {
  const { dh, aead } = sessionProtocolOf(suite);
  return dh.publicKeyBytes + aead.sealedBytes(dh.publicKeyBytes) + aead.sealedBytes(0);
}

/** e, sealed empty payload: 48 bytes in M1, 81 in C1. */
function answerBytes(suite: SuiteId): number {
  const { dh, aead } = sessionProtocolOf(suite);
  return dh.publicKeyBytes + aead.sealedBytes(0);
}
