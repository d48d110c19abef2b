import { AppError, type Clock, type MonotonicMs, type Random, type Uuid } from "@gatehouse/base";
import type { SealedMark } from "@gatehouse/contract";
import {
  acceptHello,
  assertSigned,
  CLOCK_TOLERANCE_MS,
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
  refusalReason,
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

/** Whom a frame names, as far as it was read. */
interface Named {
  sender: Sender | undefined;
  /** See `Received`. */
  isProven: boolean;
}

/** What speaks against a message by its header alone. */
type Objection = "suite" | "time" | "too_old" | "seen";

const ownerOf = ({ tenantId, deviceId }: Sender) => ({ tenantId, deviceId });
const markOf = ({ senderKeyId: keyId, sequence }: SealedHeader): SealedMark => ({ keyId, sequence });
const sayerOf = (sender: Sender) => ({ ...ownerOf(sender), senderKeyId: sender.bundle.keyId });

/**
 * One connection of the secure channel: what came over it is opened, what goes down it is sealed. Its sessions live
 * as long as it does. Whoever sent a refused frame hears `envelope.refused` and no more; the reason is for our own
 * counters. Refuses in the order of docs/channel.md.
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

  /** Throws `envelope.refused` (`refusalReason`) for a frame that names nobody. */
  receive(frame: Uint8Array): Received {
    const named: Named = { sender: undefined, isProven: false };
    try {
      return this.#receive(frame, named);
    } catch (error) {
      const reason = refusalReason(error);
      const { sender, isProven } = named;
      if (reason === undefined || sender === undefined) throw error;
      return { kind: "refused", code: `envelope.${reason}`, isProven, ...ownerOf(sender) };
    }
  }

  #receive(frame: Uint8Array, named: Named): Received {
    switch (frameKindOf(frame)) {
      case "hello":
        return this.#hello(frame, named);
      case "data":
        return this.#data(frame, named);
      case "sealed":
        return this.#sealed(frame, named);
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

  #hello(frame: Uint8Array, named: Named): Received {
    const { clock, random, keys } = this.#parts;
    const hello = parseHello(frame);
    this.#allowHello();
    const peer = this.#sender(hello.senderKeyId);
    if (peer === undefined) throw refused("unknown_key");
    named.sender = peer;
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

  #data(frame: Uint8Array, named: Named): Received {
    const { clock, controls, keys } = this.#parts;
    const peer = this.#bySession.get(sessionIdOf(frame));
    if (peer === undefined) throw refused("unknown_key");
    const sender = this.#sender(peer.keyId);
    if (sender === undefined) {
      this.#forget(peer);
      throw refused("unknown_key");
    }
    named.sender = sender;
    const before = peer.sessions.live;
    const { contentType, payload, storedLate, forwarded } = peer.sessions.open(
      frame,
      clock.monotonicMs(),
      controls.sessionWindow,
    );
    named.isProven = true;
    const sessionId = peer.sessions.live?.id ?? "";
    if (this.#parts.clones.noteSession(peer.keyId, sessionId, clock.monotonicMs())) this.#assertOne(sender);
    this.#byDevice.set(sender.deviceId, peer);
    keys.authenticated(sender, peer.sessions.live === before ? "message" : "handshake", clock.nowMs());
    if (forwarded) return this.#forwarded(sender, payload, [], named);
    const message = { ...sayerOf(sender), contentType, payload, storedLate, marks: [], settle: () => {} };
    return { kind: "message", message };
  }

  #sealed(frame: Uint8Array, named: Named): Received {
    const { clock, keys } = this.#parts;
    const envelope = parseEnvelope(frame);
    const { header } = envelope;
    const own = keys.own(header.recipientKeyId);
    const sender = this.#sender(header.senderKeyId);
    if (own === undefined || sender === undefined) throw refused("unknown_key");
    named.sender = sender;
    const objection = this.#objectionTo(header, sender);
    const part = open(envelope, own, sender.bundle);
    if (this.#isSeen(header, sender, objection, named))
      return { kind: "duplicate", isStored: true, ...ownerOf(sender) };
    keys.authenticated(sender, "message", clock.nowMs());
    const mark = markOf(header);
    if (header.forwarded) return this.#forwarded(sender, part.payload, [mark], named);
    return this.#reserve(sender, part, [mark]);
  }

  /** The inner signed part of another device, from a gateway that may speak for it. */
  #forwarded(gateway: Sender, payload: Uint8Array, outer: readonly SealedMark[], named: Named): Received {
    const { clock, keys } = this.#parts;
    const part = parseForwarded(payload);
    const { header } = part;
    const sender = keys.sender(header.senderKeyId);
    if (sender === undefined || sender.tenantId !== gateway.tenantId || !this.#scope.speaksFor(sender))
      throw refused("unknown_key");
    this.#assertAddressed(header, gateway);
    Object.assign(named, { sender, isProven: false });
    const objection = this.#objectionTo(header, sender);
    assertSigned(part, sender.bundle);
    if (this.#isSeen(header, sender, objection, named))
      return { kind: "duplicate", isStored: true, ...ownerOf(sender) };
    keys.authenticated(sender, "message", clock.nowMs());
    return this.#reserve(sender, part, [markOf(header), ...outer]);
  }

  /**
   * What a gateway forwards was meant for us or for it, by a key that lives. Its keys outlive a restore of ours, which forgets what
   * it passed on since the backup: so what was said to it before the restore does not count any more.
   */
  #assertAddressed({ recipientKeyId, sentMs }: SealedHeader, { deviceId }: Sender): void {
    const { keys } = this.#parts;
    if (keys.own(recipientKeyId) !== undefined) return;
    const isGateways =
      this.#scope.isSiteKey(deviceId, recipientKeyId) || keys.sender(recipientKeyId)?.deviceId === deviceId;
    if (!isGateways) throw refused("unknown_key");
    if (sentMs > 0 && sentMs < keys.recoveredMs()) throw refused("time");
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

  /**
   * Found before any cryptography, said only after it: what is not authentic is nobody's message, and nobody may be
   * told that it is stored, or have it counted as the device's.
   */
  #objectionTo(header: SealedHeader, sender: Sender): Objection | undefined {
    const { clock, keys, controls, guard } = this.#parts;
    if (!isSuiteAccepted(header.suite, sender.suites)) return "suite";
    const timely = isTimely(header, clock.nowMs(), keys.storedLimitMs(sender.tenantId));
    if (!timely && controls.timeWindow) return "time";
    const verdict = guard.judge(markOf(header));
    return verdict === "fresh" ? undefined : verdict;
  }

  /** For a header that is authentic: throws what speaks against it, but for one that was taken before. */
  #isSeen(header: SealedHeader, sender: Sender, objection: Objection | undefined, named: Named): boolean {
    const { clock, clones, guard } = this.#parts;
    const isOfNow = header.sentMs >= clock.nowMs() - CLOCK_TOLERANCE_MS;
    named.isProven = isOfNow && guard.judge(markOf(header)) === "fresh";
    // By a wrong clock, and by what was refused for it, no machine is told from another.
    const isJudged = objection !== "time" && objection !== "suite";
    if (isJudged && clones.isSecondMachine(header)) {
      named.isProven = true;
      this.#assertOne(sender);
    }
    if (objection === undefined) clones.noteBoot(header);
    else if (objection !== "seen") throw refused(objection === "too_old" ? "replayed" : objection);
    return objection === "seen";
  }

  #assertOne(sender: Sender): void {
    const { controls, clones, keys } = this.#parts;
    if (!controls.cloneWatch) return;
    clones.forget(sender.bundle.keyId);
    keys.cloned(sender);
    throw refused("cloned");
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
