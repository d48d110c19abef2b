import { AppError, type Clock, type Random } from "@gatehouse/base";
import {
  acceptHello,
  assertSigned,
  CONTENT_TYPES,
  type ContentType,
  encodeForwarded,
  frameKindOf,
  judgeSequence,
  type KeyId,
  markSeen,
  NO_CONTENT,
  NO_REPLAY_STATE,
  open,
  PeerSessions,
  type PublicBundle,
  parseEnvelope,
  parseForwarded,
  parseHello,
  type ReplayState,
  refused,
  type SequenceVerdict,
  type SignedPart,
} from "@gatehouse/secure-channel";
import type { AssignedDevice, Assignments } from "./assignments.ts";
import type { LocalKeys } from "./local-keys.ts";
import type { RelayEntry } from "./relay-entry.ts";
import type { TokenBucket } from "./token-bucket.ts";

export interface LocalLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: LocalKeys;
  readonly assignments: Assignments;
  readonly seen: SeenSequences;
  /** Handshakes of all devices together: the one thing here that costs something before anything is proven. */
  readonly handshakes: TokenBucket;
}

/** What one envelope of a device at the site comes to. */
export type Heard =
  /** To be sent back: the answer to a HELLO. */
  | { readonly kind: "answer"; readonly frame: Uint8Array }
  /** The session is in use; nothing was said. */
  | { readonly kind: "greeting"; readonly device: AssignedDevice }
  | { readonly kind: "duplicate"; readonly device: AssignedDevice; readonly sequence: string }
  | Kept;

/** To be kept for the server and then acknowledged. */
export interface Kept {
  readonly kind: "keep";
  readonly entry: RelayEntry;
  readonly device: AssignedDevice;
  readonly sequence: string;
  readonly isReading: boolean;
  /** Who said it is proven here; what is passed on untouched only the server can judge. */
  readonly isAuthentic: boolean;
  /** To be called once it is kept. */
  settle(): void;
}

/** Suites are the server's to judge; at the site both are taken. */
const ANY_SUITE = { allowed: [1, 2], pinned: undefined } as const;

/**
 * Sequences of what devices sealed for this gateway, since it started. The server remembers them for good; this only
 * spares the store what comes twice.
 */
export class SeenSequences {
  readonly #byKey = new Map<KeyId, ReplayState>();

  judge(keyId: KeyId, sequence: bigint): SequenceVerdict {
    return judgeSequence(this.#byKey.get(keyId) ?? NO_REPLAY_STATE, sequence);
  }

  add(keyId: KeyId, sequence: bigint): void {
    this.#byKey.set(keyId, markSeen(this.#byKey.get(keyId) ?? NO_REPLAY_STATE, sequence));
  }
}

/**
 * One connection at the site, without its wire: takes envelopes of assigned devices and nothing else. One device has a
 * session on it; every refusal is `envelope.refused`.
 */
export class LocalLink {
  readonly #parts: LocalLinkParts;
  readonly #sessions = new PeerSessions();
  /** Whose session it is or will be. */
  #peerKeyId: KeyId | undefined;

  constructor(parts: LocalLinkParts) {
    this.#parts = parts;
  }

  /** Whose live session this is, as long as the device is assigned. */
  get device(): AssignedDevice | undefined {
    if (this.#sessions.live === undefined || this.#peerKeyId === undefined) return undefined;
    return this.#parts.assignments.ofKey(this.#peerKeyId)?.device;
  }

  receive(frame: Uint8Array): Heard {
    switch (frameKindOf(frame)) {
      case "hello":
        return this.#hello(frame);
      case "data":
        return this.#data(frame);
      case "sealed":
        return this.#sealed(frame);
      default:
        throw refused("malformed");
    }
  }

  /** Undefined when there is no live session. */
  seal(contentType: ContentType, payload: Uint8Array): Uint8Array | undefined {
    if (this.device === undefined) return undefined;
    return this.#sessions.seal({ contentType, payload }, this.#parts.clock.monotonicMs());
  }

  end(): void {
    this.#sessions.end();
  }

  #hello(frame: Uint8Array): Heard {
    const { clock, random, keys, assignments, handshakes } = this.#parts;
    const hello = parseHello(frame);
    if (this.#peerKeyId !== undefined && this.#peerKeyId !== hello.senderKeyId) throw refused("unknown_key");
    const nowMs = clock.monotonicMs();
    const peer = assignments.ofKey(hello.senderKeyId)?.bundle;
    if (peer === undefined || !handshakes.take(nowMs)) throw refused("unknown_key");
    const { answer, session } = acceptHello(hello, {
      own: keys.find(hello.recipientKeyId),
      peer,
      suites: ANY_SUITE,
      random,
      nowMs,
    });
    this.#peerKeyId = hello.senderKeyId;
    this.#sessions.offer(session, nowMs);
    return { kind: "answer", frame: answer };
  }

  /** In the session comes what the device signed, and nothing that it did not. */
  #data(frame: Uint8Array): Heard {
    const { device, bundle } = this.#sender(this.#peerKeyId);
    if (bundle === undefined) throw refused("unknown_key");
    const { contentType, payload, forwarded, sequence } = this.#sessions.open(
      frame,
      this.#parts.clock.monotonicMs(),
    );
    if (contentType === NO_CONTENT) return { kind: "greeting", device };
    if (!forwarded) throw refused("malformed");
    const part = parseForwarded(payload);
    assertSigned(part, bundle);
    return this.#signed(part, device, String(sequence));
  }

  #sealed(frame: Uint8Array): Heard {
    const envelope = parseEnvelope(frame);
    const { header } = envelope;
    const { device, bundle } = this.#sender(header.senderKeyId);
    if (this.device !== undefined && this.device.deviceId !== device.deviceId) throw refused("unknown_key");
    if (header.forwarded) throw refused("malformed");
    const own = this.#parts.keys.find(header.recipientKeyId);
    const sequence = String(header.sequence);
    if (own !== undefined) {
      if (bundle === undefined) throw refused("unknown_key");
      return this.#signed(open(envelope, own, bundle), device, sequence);
    }
    return {
      kind: "keep",
      entry: { kind: "pass", bytes: frame },
      device,
      sequence,
      isReading: header.contentType === CONTENT_TYPES.meterReading,
      isAuthentic: this.device !== undefined,
      settle: () => {},
    };
  }

  #signed(part: SignedPart, device: AssignedDevice, sequence: string): Heard {
    const { seen } = this.#parts;
    const { header } = part;
    const verdict = seen.judge(header.senderKeyId, header.sequence);
    if (verdict === "too_old") throw refused("replayed");
    if (verdict === "seen") return { kind: "duplicate", device, sequence };
    return {
      kind: "keep",
      entry: { kind: "forward", bytes: encodeForwarded(part) },
      device,
      sequence,
      isReading: header.contentType === CONTENT_TYPES.meterReading,
      isAuthentic: true,
      settle: () => seen.add(header.senderKeyId, header.sequence),
    };
  }

  #sender(keyId: KeyId | undefined): { device: AssignedDevice; bundle: PublicBundle | undefined } {
    const known = keyId === undefined ? undefined : this.#parts.assignments.ofKey(keyId);
    if (known === undefined) throw refused("unknown_key");
    return known;
  }
}

export const isRefusedEnvelope = (error: unknown): boolean =>
  error instanceof AppError && error.code === "envelope.refused";
