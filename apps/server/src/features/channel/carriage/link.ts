import { AppError, type Clock, type MonotonicMs, type Random, type Uuid } from "@gatehouse/base";
import type { SealedMark } from "@gatehouse/contract";
import {
  acceptHello,
  assertSigned,
  CONTENT_TYPES,
  type ContentType,
  encodeForwarded,
  frameKindOf,
  isSuiteAccepted,
  isTimely,
  type KeyId,
  open,
  PeerSessions,
  parseEnvelope,
  parseForwarded,
  parseHello,
  refused,
  type SealedHeader,
  type Session,
  type SignedPart,
  sessionIdOf,
} from "@gatehouse/secure-channel";
import type { Controls } from "../../../platform/controls.ts";
import type { CloneWatch } from "./clone-watch.ts";
import type { CarriageKeys, LinkScope, OpenedMessage, Received, Sender } from "./ports.ts";
import type { ReplayGuard } from "./replay-guard.ts";

export interface LinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: CarriageKeys;
  readonly guard: ReplayGuard;
  readonly clones: CloneWatch;
  readonly controls: Controls;
}

/** Devices that one connection may hold sessions for: a site gateway's. */
const MAX_PEERS = 1_024;
/** Session ids remembered of a device: the live one, and those that were offered (MAX_OFFERS of them count). */
const MAX_SESSION_IDS = 5;

/** Handshakes a connection may ask for: this many at once, and one more with every second. Each costs milliseconds. */
const HELLO_BURST = 64;

/** The sessions of one key bundle on this connection. */
interface Peer {
  readonly keyId: KeyId;
  readonly sessions: PeerSessions;
  sessionIds: readonly string[];
}

const ownerOf = ({ tenantId, deviceId }: Sender) => ({ tenantId, deviceId });
const sayerOf = (sender: Sender) => ({ ...ownerOf(sender), senderKeyId: sender.bundle.keyId });

/**
 * One connection of the secure channel: what came over it is opened, what goes down it is sealed. Its sessions live
 * as long as it does. Every refusal is `envelope.refused`; the reason is in the error for our own counters
 * (`refusalReason`). Refuses in the order of cost (docs/channel.md).
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #scope: LinkScope;
  readonly #peers = new Map<KeyId, Peer>();
  readonly #bySession = new Map<string, Peer>();
  /** The peer whose session a device used last. */
  readonly #byDevice = new Map<Uuid, Peer>();
  #helloAllowance = HELLO_BURST;
  #helloAtMs: MonotonicMs;

  constructor(parts: LinkParts, scope: LinkScope) {
    this.#parts = parts;
    this.#scope = scope;
    this.#helloAtMs = parts.clock.monotonicMs();
  }

  receive(frame: Uint8Array): Received {
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

  /** Undefined when the device has no live session here. */
  seal(deviceId: Uuid, contentType: ContentType, payload: Uint8Array): Uint8Array | undefined {
    const live = this.#byDevice.get(deviceId);
    if (live === undefined || this.#sender(live.keyId) === undefined) return undefined;
    const command = contentType === CONTENT_TYPES.command;
    return live.sessions.seal({ contentType, command, payload }, this.#parts.clock.monotonicMs());
  }

  hasSession(deviceId: Uuid): boolean {
    return this.#byDevice.has(deviceId);
  }

  end(): void {
    for (const peer of [...this.#peers.values()]) this.#forget(peer);
  }

  #hello(frame: Uint8Array): Received {
    const { clock, random, keys } = this.#parts;
    const hello = parseHello(frame);
    const peer = this.#sender(hello.senderKeyId);
    if (peer === undefined) throw refused("unknown_key");
    this.#allowHello();
    const { answer, session } = acceptHello(hello, {
      own: keys.own(hello.recipientKeyId),
      peer: peer.bundle,
      suites: peer.suites,
      random,
      nowMs: clock.monotonicMs(),
    });
    this.#offer(this.#peerOf(hello.senderKeyId), session);
    return { kind: "answer", frame: answer, ...ownerOf(peer) };
  }

  /** Throws `message.rate_limited`. */
  #allowHello(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const earned = (nowMs - this.#helloAtMs) / 1_000;
    this.#helloAtMs = nowMs;
    this.#helloAllowance = Math.min(HELLO_BURST, this.#helloAllowance + earned);
    if (this.#helloAllowance < 1) throw new AppError("message.rate_limited", { retryAfterSeconds: 1 });
    this.#helloAllowance--;
  }

  #data(frame: Uint8Array): Received {
    const { clock, keys } = this.#parts;
    const peer = this.#bySession.get(sessionIdOf(frame));
    if (peer === undefined) throw refused("unknown_key");
    const sender = this.#sender(peer.keyId);
    if (sender === undefined) {
      this.#forget(peer);
      throw refused("unknown_key");
    }
    const before = peer.sessions.live;
    const { contentType, payload, storedLate, forwarded } = peer.sessions.open(frame, clock.monotonicMs());
    const sessionId = peer.sessions.live?.id ?? "";
    if (this.#parts.clones.noteSession(peer.keyId, sessionId, clock.monotonicMs())) this.#assertOne(sender);
    this.#byDevice.set(sender.deviceId, peer);
    keys.authenticated(sender, peer.sessions.live === before ? "message" : "handshake", clock.nowMs());
    if (forwarded) return this.#forwarded(sender, payload, []);
    const message = { ...sayerOf(sender), contentType, payload, storedLate, marks: [], settle: () => {} };
    return { kind: "message", message };
  }

  #sealed(frame: Uint8Array): Received {
    const { clock, keys, guard, clones } = this.#parts;
    const envelope = parseEnvelope(frame);
    const { header } = envelope;
    const own = keys.own(header.recipientKeyId);
    const sender = this.#sender(header.senderKeyId);
    if (own === undefined || sender === undefined) throw refused("unknown_key");
    this.#assertTimely(header, sender);
    const mark: SealedMark = { keyId: header.senderKeyId, sequence: header.sequence };
    const isTaken = guard.isTaken(mark);
    // Two machines with one key draw on the same sequences: such a repetition is worth its opening.
    if (isTaken && !clones.isSecondMachine(header))
      return { kind: "duplicate", isStored: true, ...ownerOf(sender) };
    const part = open(envelope, own, sender.bundle);
    this.#noteBoot(sender, header);
    if (isTaken) return { kind: "duplicate", isStored: true, ...ownerOf(sender) };
    keys.authenticated(sender, "message", clock.nowMs());
    if (header.forwarded) return this.#forwarded(sender, part.payload, [mark]);
    return this.#reserve(sender, part, [mark]);
  }

  /** The inner signed part of another device, from a gateway that may speak for it. */
  #forwarded(gateway: Sender, payload: Uint8Array, outer: readonly SealedMark[]): Received {
    const part = parseForwarded(payload);
    const { header } = part;
    const sender = this.#parts.keys.sender(header.senderKeyId);
    if (sender === undefined || sender.tenantId !== gateway.tenantId || !this.#scope.speaksFor(sender))
      throw refused("unknown_key");
    this.#assertTimely(header, sender);
    const mark: SealedMark = { keyId: header.senderKeyId, sequence: header.sequence };
    if (this.#parts.guard.isTaken(mark)) return { kind: "duplicate", isStored: true, ...ownerOf(sender) };
    assertSigned(part, sender.bundle);
    this.#noteBoot(sender, header);
    this.#parts.keys.authenticated(sender, "message", this.#parts.clock.nowMs());
    return this.#reserve(sender, part, [mark, ...outer]);
  }

  #reserve(sender: Sender, part: SignedPart, marks: readonly SealedMark[]): Received {
    const { contentType, storedLate } = part.header;
    const { guard } = this.#parts;
    const [first, ...rest] = marks as readonly [SealedMark, ...SealedMark[]];
    const reservation = guard.reserve(first);
    if (reservation !== "fresh")
      return {
        kind: "duplicate",
        isStored: reservation === "taken" ? true : reservation,
        ...ownerOf(sender),
      };
    for (const mark of rest) guard.reserve(mark);
    const message: OpenedMessage = {
      ...sayerOf(sender),
      contentType,
      payload: part.payload,
      storedLate,
      signed: encodeForwarded(part),
      marks,
      settle(isStored) {
        for (const mark of marks) guard.settle(mark, isStored);
      },
    };
    return { kind: "message", message };
  }

  /** For a header that is authentic. */
  #noteBoot(sender: Sender, header: SealedHeader): void {
    const { clones } = this.#parts;
    if (clones.isSecondMachine(header)) this.#assertOne(sender);
    clones.noteBoot(header);
  }

  #assertOne(sender: Sender): void {
    const { controls, clones, keys } = this.#parts;
    if (!controls.cloneWatch) return;
    clones.forget(sender.bundle.keyId);
    keys.cloned(sender);
    throw refused("cloned");
  }

  #assertTimely(header: SealedHeader, sender: Sender): void {
    const { clock, keys, controls } = this.#parts;
    if (!isSuiteAccepted(header.suite, sender.suites)) throw refused("suite");
    const timely = isTimely(header, clock.nowMs(), keys.storedLimitMs(sender.tenantId));
    if (!timely && controls.timeWindow) throw refused("time");
  }

  /** Looked up with every frame, so that a revocation is felt at once. */
  #sender(keyId: KeyId): Sender | undefined {
    const sender = this.#parts.keys.sender(keyId);
    return sender !== undefined && this.#scope.speaksFor(sender) ? sender : undefined;
  }

  #peerOf(keyId: KeyId): Peer {
    const known = this.#peers.get(keyId);
    if (known !== undefined) return known;
    if (this.#peers.size >= MAX_PEERS) throw refused("unknown_key");
    const peer: Peer = { keyId, sessions: new PeerSessions(), sessionIds: [] };
    this.#peers.set(keyId, peer);
    return peer;
  }

  #offer(peer: Peer, session: Session): void {
    const nowMs = this.#parts.clock.monotonicMs();
    peer.sessions.offer(session, nowMs);
    const liveId = peer.sessions.live?.id;
    const offered = [...peer.sessionIds.filter((id) => id !== liveId), session.id].slice(1 - MAX_SESSION_IDS);
    const kept = liveId === undefined ? offered : [liveId, ...offered];
    for (const id of peer.sessionIds) if (!kept.includes(id)) this.#bySession.delete(id);
    peer.sessionIds = kept;
    this.#bySession.set(session.id, peer);
  }

  #forget(peer: Peer): void {
    peer.sessions.end();
    this.#peers.delete(peer.keyId);
    for (const id of peer.sessionIds) this.#bySession.delete(id);
    for (const [deviceId, live] of this.#byDevice) if (live === peer) this.#byDevice.delete(deviceId);
  }
}
