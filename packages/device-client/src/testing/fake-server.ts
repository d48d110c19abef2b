import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { systemClock, systemRandom } from "@gatehouse/base";
import { freePort } from "@gatehouse/base/testing";
import {
  acceptHello,
  agreementProof,
  assertSigned,
  CONTENT_TYPES,
  type ContentType,
  encodeRotation,
  importPublicBundle,
  judgeSequence,
  type KeyBundle,
  markSeen,
  NO_REPLAY_STATE,
  open,
  PeerSessions,
  type PublicBundle,
  parseEnvelope,
  parseForwarded,
  parseHello,
  refused,
  type SuiteId,
  sameMac,
  seal,
  signSiteKey,
  verifyRotation,
} from "@gatehouse/secure-channel";
import { type WebSocket, WebSocketServer } from "ws";
import { encodeJson, fromBase64url, toBase64url } from "../json.ts";
import type { ServerKeyJson } from "../server-keys.ts";
import { FakeEnrolment } from "./fake-enrolment.ts";
import { DAY_MS, FakeKeys } from "./fake-keys.ts";
import { contentOf, isSiteKeys, type SiteKeysJson, type Taken } from "./fake-messages.ts";

/** The device, when it is a site gateway. */
export const GATEWAY_ID = "0190a1b2-0000-7000-8000-000000000001";

const SUITE_POLICY = { allowed: [1, 2] as SuiteId[], pinned: undefined };

/**
 * As much of Gatehouse as a device meets: enrolment, key list, WebSocket and HTTP, with the product's own channel
 * underneath. Keeps what it took in memory, in order. Its misbehaviour is set by the test.
 */
export class FakeServer {
  readonly taken: Taken[] = [];
  readonly suite: SuiteId;
  readonly #keys: FakeKeys;
  /** Answers the code with which a message is refused; undefined takes it. */
  refuse: (message: Taken) => string | undefined = () => undefined;
  /** When false nothing is acknowledged, and so nothing is taken either. */
  acknowledges = true;
  /** How far this server's clock is ahead of the machine's. */
  clockAheadMs = 0;
  /** Changes the bytes of an enrolment's answer, as somebody in between would. */
  tamper: (enrolment: object) => object = (enrolment) => enrolment;
  handshakes = 0;
  /** Sessions that a device has begun to use. */
  greetings = 0;
  answersHello = true;
  device: PublicBundle | undefined;
  /** Devices for which the device, as a site gateway, may speak. */
  readonly assigned: PublicBundle[] = [];
  /** By which the device, as a site gateway, is known at its site. */
  readonly siteKeyIds = new Set<string>();
  #retiring: PublicBundle | undefined;
  readonly #enrolment = new FakeEnrolment(this);
  #replay = new Map<string, typeof NO_REPLAY_STATE>();
  #sealSequence = 1n;
  #server: Server | undefined;
  readonly #sockets = new Map<WebSocket, PeerSessions>();
  #port = 0;

  constructor(suite: SuiteId = 2) {
    this.suite = suite;
    this.#keys = new FakeKeys(suite);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get current(): KeyBundle {
    return this.#keys.current;
  }

  get next(): KeyBundle {
    return this.#keys.next;
  }

  get root(): FakeKeys["root"] {
    return this.#keys.root;
  }

  get rootText(): string {
    return toBase64url(this.root.publicKey.raw);
  }

  get nowMs(): number {
    return systemClock.nowMs() + this.clockAheadMs;
  }

  /** On the port it had before, where it had one. */
  async start(): Promise<this> {
    const server = createServer((request, reply) => void this.#answer(request, reply));
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "gatehouse.sx.v1" });
    server.on("upgrade", (request, socket, head) => {
      if (request.url !== "/api/v1/channel") socket.destroy();
      else sockets.handleUpgrade(request, socket, head, (connected) => this.#serve(connected));
    });
    if (this.#port === 0) this.#port = await freePort();
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  dropConnections(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  /** The next key comes into use; messages to the old one are refused from now on. */
  rotateServerKey(): void {
    this.#keys.rotate();
  }

  serverKeys(): { current: ServerKeyJson; next: ServerKeyJson } {
    return this.#keys.json();
  }

  /** In the session of every connection. */
  push(contentType: ContentType, value: unknown): void {
    for (const [socket, sessions] of this.#sockets) {
      const frame = sessions.seal({ contentType, payload: encodeJson(value) }, systemClock.monotonicMs());
      if (frame) socket.send(frame);
    }
  }

  /** Singly sealed, to every connection; the bytes, for a replay. */
  pushSealed(contentType: ContentType, value: unknown): Uint8Array {
    const bytes = seal(
      {
        sender: this.current,
        recipient: this.device as PublicBundle,
        contentType,
        sequence: this.#sealSequence++,
        sentMs: this.nowMs,
        bootId: 1,
        payload: encodeJson(value),
      },
      systemRandom,
    );
    this.pushBytes(bytes);
    return bytes;
  }

  pushBytes(bytes: Uint8Array): void {
    for (const socket of this.#sockets.keys()) socket.send(bytes);
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [status, value] = this.#route(`${request.method} ${request.url}`, body);
    reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  #route(route: string, body: Buffer): readonly [number, object] {
    try {
      switch (route) {
        case "POST /api/v1/enrol/challenge":
          return [200, this.#enrolment.challenge()];
        case "POST /api/v1/enrol":
          return [201, this.#enrolment.enrol(JSON.parse(body.toString()))];
        case "GET /api/v1/channel/keys":
          return [200, { servers: [{ suite: this.suite, ...this.serverKeys() }] }];
        case "POST /api/v1/channel/messages":
          return this.#ingest(body);
        default:
          return [404, { code: "request.not_found" }];
      }
    } catch (error) {
      return [403, { code: (error as { code?: string }).code ?? "server.internal" }];
    }
  }

  #ingest(body: Buffer): readonly [number, object] {
    const opened = this.#openSealed(body);
    if (opened === "duplicate") return [200, { seq: "0", result: "duplicate" }];
    const code = this.#take(opened.taken);
    opened.confirm();
    return code === undefined ? [200, { seq: opened.sequence, result: "stored" }] : [422, { code }];
  }

  #serve(socket: WebSocket): void {
    const sessions = new PeerSessions();
    this.#sockets.set(socket, sessions);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("message", (data) => {
      try {
        this.#receive(socket, sessions, new Uint8Array(data as Buffer));
      } catch {
        socket.close(1008, "envelope.refused");
      }
    });
  }

  #receive(socket: WebSocket, sessions: PeerSessions, frame: Uint8Array): void {
    if (frame[2] === 0x01) this.#receiveSealed(socket, sessions, frame);
    else if (frame[3] === 0x21) this.#hello(socket, sessions, frame);
    else this.#receiveData(socket, sessions, frame);
  }

  #receiveSealed(socket: WebSocket, sessions: PeerSessions, frame: Uint8Array): void {
    const opened = this.#openPassed(frame);
    const { senderKeyId: keyId, sequence: seq } = parseEnvelope(frame).header;
    if (opened === "refused") {
      this.#ack(socket, sessions, { seq: String(seq), keyId, result: "refused", code: "envelope.refused" });
      return;
    }
    if (opened === "duplicate") {
      this.#ack(socket, sessions, { seq: String(seq), keyId, result: "duplicate" });
      return;
    }
    const { taken, sequence, confirm } = opened;
    if (!this.acknowledges) return;
    if (taken.contentType === 8) {
      // The answer is the acknowledgement.
      this.#changeKeys(socket, sessions, taken.value as Record<string, never>);
      confirm();
      return;
    }
    const code = this.#take(taken);
    confirm();
    const result = code ? "refused" : "stored";
    this.#ack(socket, sessions, { seq: sequence, keyId, result, code });
  }

  #forwarded(socket: WebSocket, sessions: PeerSessions, payload: Uint8Array, seq: number): void {
    const part = parseForwarded(payload);
    const { header } = part;
    const sender = this.#sender(header.senderKeyId);
    const state = this.#replay.get(header.senderKeyId) ?? NO_REPLAY_STATE;
    const isFresh = judgeSequence(state, header.sequence) === "fresh";
    if (sender === undefined || !this.siteKeyIds.has(header.recipientKeyId)) {
      this.#ack(socket, sessions, { seq, result: "refused", code: "envelope.refused" });
      return;
    }
    assertSigned(part, sender);
    this.#replay.set(header.senderKeyId, markSeen(state, header.sequence));
    const { contentType, storedLate, sentMs, senderKeyId } = header;
    const value = contentOf(contentType, part.payload);
    if (isFresh) this.#take({ how: "forwarded", contentType, storedLate, sentMs, senderKeyId, value });
    this.#ack(socket, sessions, { seq, result: isFresh ? "stored" : "duplicate" });
  }

  #receiveData(socket: WebSocket, sessions: PeerSessions, frame: Uint8Array): void {
    const opened = sessions.open(frame, systemClock.monotonicMs());
    const { contentType, payload, sequence, storedLate, forwarded } = opened;
    if (contentType === 0) this.greetings++;
    if (contentType === 0 || !this.acknowledges) return;
    if (forwarded) {
      this.#forwarded(socket, sessions, payload, sequence);
      return;
    }
    const value = contentOf(contentType, payload);
    if (isSiteKeys(value)) {
      this.#vouch(value);
      this.#ack(socket, sessions, { seq: sequence, result: "stored" });
      return;
    }
    const senderKeyId = this.device?.keyId ?? "";
    const code = this.#take({
      how: "data",
      contentType,
      storedLate,
      sentMs: undefined,
      senderKeyId,
      value,
    });
    this.#ack(socket, sessions, { seq: sequence, result: code ? "refused" : "stored", code });
  }

  /** Signs the keys of a gateway at its site. */
  #vouch({ keys }: SiteKeysJson): void {
    const issuedMs = this.nowMs;
    const signed = keys.map(({ suite, ...texts }) => {
      const [agreementKey, signingKey] = [fromBase64url(texts.agreementKey), fromBase64url(texts.signingKey)];
      const { keyId } = importPublicBundle(suite, agreementKey, signingKey) as PublicBundle;
      this.siteKeyIds.add(keyId);
      const terms = { gatewayId: GATEWAY_ID, suite, agreementKey, signingKey, issuedMs };
      return { keyId, signature: toBase64url(signSiteKey(this.root, terms)) };
    });
    this.push(CONTENT_TYPES.control, { kind: "site-keys", gatewayId: GATEWAY_ID, issuedMs, keys: signed });
  }

  #hello(socket: WebSocket, sessions: PeerSessions, frame: Uint8Array): void {
    if (!this.answersHello) return;
    const nowMs = systemClock.monotonicMs();
    const hello = parseHello(frame);
    const { answer, session } = acceptHello(hello, {
      own: hello.recipientKeyId === this.current.keyId ? this.current : undefined,
      peer: this.#sender(hello.senderKeyId),
      suites: SUITE_POLICY,
      random: systemRandom,
      nowMs,
    });
    this.handshakes++;
    sessions.offer(session, nowMs);
    socket.send(answer);
  }

  #ack(
    socket: WebSocket,
    sessions: PeerSessions,
    ack: { seq: number | string; keyId?: string; result: string; code?: string | undefined },
  ): void {
    const payload = encodeJson({ ...ack, serverTimeMs: this.nowMs });
    const frame = sessions.seal({ contentType: 9, payload }, systemClock.monotonicMs());
    if (frame) socket.send(frame);
  }

  #sender(keyId: string): PublicBundle | undefined {
    return [this.device, this.#retiring, ...this.assigned].find((bundle) => bundle?.keyId === keyId);
  }

  /** What the device sealed, or what it passes on of others: that is refused in its session. */
  #openPassed(frame: Uint8Array) {
    try {
      return this.#openSealed(frame);
    } catch (error) {
      if (parseEnvelope(frame).header.senderKeyId === this.device?.keyId) throw error;
      return "refused";
    }
  }

  #openSealed(frame: Uint8Array) {
    const envelope = parseEnvelope(frame);
    const { header } = envelope;
    const sender = this.#sender(header.senderKeyId);
    if (sender === undefined || header.recipientKeyId !== this.current.keyId)
      throw Object.assign(new Error(), { code: "envelope.refused" });
    const state = this.#replay.get(sender.keyId) ?? NO_REPLAY_STATE;
    const { payload } = open(envelope, this.current, sender);
    const verdict = judgeSequence(state, header.sequence);
    if (verdict === "too_old") throw refused("replayed");
    if (verdict === "seen") return "duplicate";
    const taken: Taken = {
      how: "sealed",
      contentType: header.contentType,
      storedLate: header.storedLate,
      sentMs: header.sentMs,
      senderKeyId: header.senderKeyId,
      value: contentOf(header.contentType, payload),
    };
    return {
      taken,
      sequence: Number(header.sequence),
      confirm: () => void this.#replay.set(sender.keyId, markSeen(state, header.sequence)),
    };
  }

  #take(message: Taken): string | undefined {
    const code = this.refuse(message);
    if (code === undefined) this.taken.push(message);
    return code;
  }

  #changeKeys(socket: WebSocket, sessions: PeerSessions, message: Record<string, never>): void {
    const { agreementKey, signingKey, proof } = message as unknown as Record<string, string> & {
      proof: { signature: string; agreement: string };
    };
    const next = importPublicBundle(
      this.suite,
      fromBase64url(agreementKey ?? ""),
      fromBase64url(signingKey ?? ""),
    );
    const old = this.device;
    if (next === undefined || old === undefined) throw new Error("keys");
    const terms = encodeRotation(old.keyId, next.keyId);
    const agreement = agreementProof(this.current, next.agreement.raw, terms) ?? new Uint8Array();
    if (!sameMac(agreement, fromBase64url(proof.agreement))) throw new Error("agreement");
    if (!verifyRotation(next, terms, fromBase64url(proof.signature))) throw new Error("signature");
    this.#retiring = old;
    this.device = next;
    const answer = { keyId: next.keyId, validFromMs: this.nowMs, oldValidUntilMs: this.nowMs + DAY_MS };
    const frame = sessions.seal({ contentType: 8, payload: encodeJson(answer) }, systemClock.monotonicMs());
    if (frame) socket.send(frame);
  }
}
