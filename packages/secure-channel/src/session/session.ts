import { AppError, type MonotonicMs } from "@gatehouse/base";
import type { KeyId } from "../key-id.ts";
import type { HandshakeResult } from "../noise/handshake-state.ts";
import { ascii, concat, sameBytes, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/hash.ts";
import { join } from "../primitives/join.ts";
import { refused } from "../refusal.ts";
import {
  type ContentType,
  decodeFlags,
  encodeFlags,
  isContentType,
  MAX_BODY_BYTES,
  type MessageFlags,
} from "../sealed/header.ts";
import type { SuiteId } from "../suite-ids.ts";
import { ReceivingEpochs, SendingEpochs } from "./epochs.ts";
import { encodeDataHeader, HEADER_BYTES, parseDataHeader, SESSION_ID_BYTES } from "./frames.ts";
import { sessionProtocolOf } from "./protocols.ts";
import { ReplayWindow } from "./replay-window.ts";

/** A device asks for a new session after this long … */
export const HANDSHAKE_DUE_MS = 24 * 3_600_000;
/** … and the old one ends this long after it began, whatever became of the new. */
export const SESSION_MAX_MS = HANDSHAKE_DUE_MS + 3_600_000;

/** Content type of a DATA without content: the first of a session whose device has nothing to say yet. */
export const NO_CONTENT = 0;

type DataContent = ContentType | typeof NO_CONTENT;
const isDataContent = (value: number): value is DataContent => value === NO_CONTENT || isContentType(value);

const SESSION_ID_LABEL = ascii("SX-sid-v1\0");

export interface DataMessage extends Partial<MessageFlags> {
  readonly contentType: DataContent;
  readonly payload: Uint8Array;
}

export interface OpenedData extends Required<DataMessage> {
  readonly sequence: number;
  readonly epoch: number;
}

export interface SessionOptions {
  readonly suite: SuiteId;
  readonly role: "initiator" | "responder";
  readonly peerKeyId: KeyId;
  readonly result: HandshakeResult;
  readonly nowMs: MonotonicMs;
}

/**
 * One session after its handshake: seals and opens DATA. Lives in memory alone and has no timer; every call is told
 * the time of one monotonic clock. Both keys of a session differ, so neither side can be sent its own messages.
 */
export class Session {
  /** 16 hex digits, the same on both sides. */
  readonly id: string;
  readonly suite: SuiteId;
  readonly peerKeyId: KeyId;
  readonly #idBytes: Uint8Array;
  readonly #startedMs: MonotonicMs;
  readonly #maxSealedBytes: number;
  readonly #window = new ReplayWindow();
  #epochs: { readonly sending: SendingEpochs; readonly receiving: ReceivingEpochs } | undefined;
  #nextSequence = 0;

  constructor({ suite, role, peerKeyId, result, nowMs }: SessionOptions) {
    const { initiatorKey, responderKey, handshakeHash } = result;
    this.suite = suite;
    this.peerKeyId = peerKeyId;
    this.#idBytes = sha256(concat([SESSION_ID_LABEL, handshakeHash])).subarray(0, SESSION_ID_BYTES);
    this.id = toHex(this.#idBytes);
    this.#startedMs = nowMs;
    const { aead } = sessionProtocolOf(suite);
    this.#maxSealedBytes = aead.sealedBytes(MAX_BODY_BYTES);
    const common = { aead, suite, handshakeHash };
    const forth = { ...common, direction: 1, secret: initiatorKey } as const;
    const back = { ...common, direction: 2, secret: responderKey } as const;
    const [own, peer] = role === "initiator" ? [forth, back] : [back, forth];
    this.#epochs = { sending: new SendingEpochs(own, nowMs), receiving: new ReceivingEpochs(peer) };
  }

  /** Whether the device should begin a new handshake; this session goes on until the new one is used. */
  isHandshakeDue(nowMs: MonotonicMs): boolean {
    return nowMs - this.#startedMs >= HANDSHAKE_DUE_MS;
  }

  isOver(nowMs: MonotonicMs): boolean {
    return this.#epochs === undefined || nowMs - this.#startedMs >= SESSION_MAX_MS;
  }

  /** Forgets the keys: nothing can be sealed or opened any more. */
  end(): void {
    this.#epochs = undefined;
  }

  /** A whole DATA frame; undefined when the session is over and a new handshake is needed. */
  seal(message: DataMessage, nowMs: MonotonicMs): Uint8Array | undefined {
    const { contentType, payload } = message;
    if (payload.length > MAX_BODY_BYTES) throw new AppError("message.too_large");
    const epoch = this.isOver(nowMs) ? undefined : this.#epochs?.sending.take(nowMs);
    if (epoch === undefined) return undefined;
    const sequence = this.#nextSequence++;
    const header = encodeDataHeader({
      suite: this.suite,
      flags: encodeFlags(message),
      contentType,
      epoch: epoch.number,
      sessionId: this.#idBytes,
      sequence,
    });
    return join([header, ...epoch.keyed.seal(sequence, header, payload)]);
  }

  /** Whether the frame claims to be of this session; says nothing about who sent it. */
  claims(frame: Uint8Array): boolean {
    const { sessionId } = parseDataHeader(frame);
    return sameBytes(sessionId, this.#idBytes);
  }

  /**
   * Opens a DATA frame of the peer, once. Refuses in the order of cost; a refused frame changes nothing.
   * `isOnce` is false in the attack lab alone.
   */
  open(frame: Uint8Array, nowMs: MonotonicMs, isOnce = true): OpenedData {
    const { contentType, epoch: number, sequence, ...flags } = this.#readHeader(frame, nowMs);
    const receiving = this.#epochs?.receiving;
    const epoch = receiving?.find(number, nowMs);
    if (receiving === undefined || epoch === undefined) throw refused("unknown_key");
    if (isOnce && !this.#window.isUnseen(sequence)) throw refused("replayed");
    const header = frame.subarray(0, HEADER_BYTES);
    const payload = epoch.keyed.open(sequence, header, frame.subarray(HEADER_BYTES));
    if (payload === undefined) throw refused("not_authentic");
    this.#window.accept(sequence);
    receiving.accept(epoch, sequence, this.#window.highest, nowMs);
    return { ...flags, contentType, payload, sequence, epoch: number };
  }

  /** What can be refused without a key. */
  #readHeader(frame: Uint8Array, nowMs: MonotonicMs): Omit<OpenedData, "payload"> {
    const { suite, flags: bits, contentType, epoch, sessionId, sequence } = parseDataHeader(frame);
    const flags = decodeFlags(bits);
    if (flags === undefined || !isDataContent(contentType)) throw refused("malformed");
    if (frame.length - HEADER_BYTES > this.#maxSealedBytes) throw refused("malformed");
    if (suite !== this.suite) throw refused("suite");
    if (!sameBytes(sessionId, this.#idBytes) || this.isOver(nowMs)) throw refused("unknown_key");
    return { ...flags, contentType, epoch, sequence };
  }
}
