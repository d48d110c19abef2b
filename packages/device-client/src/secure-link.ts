import { AppError, type Clock, type Random } from "@gatehouse/base";
import {
  CLOCK_TOLERANCE_MS,
  type ContentType,
  frameKindOf,
  Handshake,
  isTimely,
  type KeyBundle,
  NO_CONTENT,
  open,
  type PublicBundle,
  parseEnvelope,
  type Session,
  seal,
} from "@gatehouse/secure-channel";
import type { Counters } from "./counters.ts";
import type { Identity } from "./identity.ts";
import { verifiedServerKey } from "./server-keys.ts";

/** Something from the server that is authentic and new. */
export interface Incoming {
  readonly contentType: number;
  readonly payload: Uint8Array;
}

export interface Outgoing {
  readonly contentType: ContentType;
  readonly payload: Uint8Array;
  /** Unix ms; 0 when our clock is not to be believed. */
  readonly sentMs: number;
  /** Kept for want of a connection: then it is judged by its sequence, not by the clock. */
  readonly storedLate?: boolean;
  /** The payload is another device's signed part, for which we speak. */
  readonly forwarded?: boolean;
}

export interface Frame {
  readonly bytes: Uint8Array;
  readonly sequence: number;
}

export interface SecureLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Counters;
  /** Whether our wall clock agrees with the server's, so that the time of a message says something. */
  readonly isClockSet: () => boolean;
}

/**
 * The device's end of the secure channel on one connection: envelopes in and out, no wire, no timer. The session
 * lives here and nowhere else, so it ends with the connection.
 */
export class SecureLink {
  readonly #parts: SecureLinkParts;
  readonly #keys: KeyBundle;
  readonly #servers: readonly PublicBundle[];
  readonly #bootId: number;
  #handshake: Handshake | undefined;
  #session: Session | undefined;
  /** The session before, for what was under way when the new one began. */
  #before: Session | undefined;

  /** `keys` are the identity's, or those that are to follow them. */
  constructor(parts: SecureLinkParts, identity: Identity, keys: KeyBundle, bootId: number) {
    this.#parts = parts;
    this.#keys = keys;
    this.#bootId = bootId;
    const { current, next } = identity.server;
    this.#servers = [current, ...(next === undefined ? [] : [next])].map(
      (json) => verifiedServerKey(json, identity.root).bundle,
    );
  }

  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  isHandshakeDue(): boolean {
    return this.#session?.isHandshakeDue(this.#parts.clock.monotonicMs()) ?? true;
  }

  /** The first message of a connection, and of every new session on it. */
  hello(): Uint8Array {
    this.#handshake = new Handshake({ own: this.#keys, peer: this.#server, random: this.#parts.random });
    return this.#handshake.hello;
  }

  /** What an envelope says; undefined for the answer to our HELLO. Refuses `envelope.refused`. */
  async receive(frame: Uint8Array): Promise<Incoming | undefined> {
    switch (frameKindOf(frame)) {
      case "data":
        return this.#receiveData(frame);
      case "sealed":
        return await this.#receiveSealed(frame);
      case "answer":
        return this.#finish(frame);
      default:
        throw new AppError("envelope.refused");
    }
  }

  /** In the session; undefined when there is none or it is used up. */
  data(message: Outgoing): Frame | undefined {
    const { contentType, payload, storedLate = false, forwarded = false } = message;
    return this.#dataFrame({ contentType, payload, storedLate, forwarded });
  }

  /** The first DATA of a session, which makes the server take it into use. */
  greeting(): Frame | undefined {
    return this.#dataFrame({ contentType: NO_CONTENT, payload: new Uint8Array(0), storedLate: false });
  }

  /** On its own: signed, for whoever holds the server's key, without a session. */
  async single(message: Outgoing): Promise<Frame> {
    const { contentType, payload, sentMs, storedLate = false, forwarded = false } = message;
    const sequence = await this.#parts.counters.next(this.#keys.keyId);
    const bytes = seal(
      {
        sender: this.#keys,
        recipient: this.#server,
        contentType,
        sequence,
        sentMs,
        bootId: this.#bootId,
        storedLate,
        forwarded,
        payload,
      },
      this.#parts.random,
    );
    return { bytes, sequence: Number(sequence) };
  }

  end(): void {
    this.#session?.end();
    this.#before?.end();
    this.#session = undefined;
    this.#before = undefined;
  }

  get #server(): PublicBundle {
    return this.#servers[0] as PublicBundle;
  }

  #dataFrame(message: {
    contentType: ContentType | typeof NO_CONTENT;
    payload: Uint8Array;
    storedLate: boolean;
    forwarded?: boolean;
  }): Frame | undefined {
    const session = this.#session;
    const nowMs = this.#parts.clock.monotonicMs();
    if (session === undefined || session.isOver(nowMs)) return undefined;
    const bytes = session.seal(message, nowMs);
    return bytes && { bytes, sequence: sequenceOf(bytes) };
  }

  #finish(answer: Uint8Array): undefined {
    const handshake = this.#handshake;
    this.#handshake = undefined;
    if (handshake === undefined) throw new AppError("envelope.refused");
    const session = handshake.finish(answer, this.#parts.clock.monotonicMs());
    this.#before?.end();
    this.#before = this.#session;
    this.#session = session;
  }

  #receiveData(frame: Uint8Array): Incoming {
    const session = [this.#session, this.#before].find((candidate) => candidate?.claims(frame));
    if (session === undefined) throw new AppError("envelope.refused");
    return session.open(frame, this.#parts.clock.monotonicMs());
  }

  async #receiveSealed(frame: Uint8Array): Promise<Incoming> {
    const { clock, counters, isClockSet } = this.#parts;
    const envelope = parseEnvelope(frame);
    const { header } = envelope;
    const server = this.#servers.find(({ keyId }) => keyId === header.senderKeyId);
    const isAcceptable =
      server !== undefined &&
      counters.isFresh(header.senderKeyId, header.sequence) &&
      (!isClockSet() || isTimely(header, clock.nowMs(), CLOCK_TOLERANCE_MS));
    if (!isAcceptable) throw new AppError("envelope.refused");
    const { payload } = open(envelope, this.#keys, server);
    if (!(await counters.take(header.senderKeyId, header.sequence))) throw new AppError("envelope.refused");
    return { contentType: header.contentType, payload };
  }
}

/** Of a DATA frame, docs/channel.md: the last 8 bytes of its header of 24. */
const sequenceOf = (frame: Uint8Array): number =>
  Number(new DataView(frame.buffer, frame.byteOffset, 24).getBigUint64(16));
