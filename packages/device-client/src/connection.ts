import { AppError, type Clock, isAppError, type Logger, type Random, type Timer } from "@gatehouse/base";
import { CONTENT_TYPES, type KeyBundle, parseEnvelope } from "@gatehouse/secure-channel";
import type { Counters } from "./counters.ts";
import type { ChannelEvents, OutgoingMessage } from "./device-channel.ts";
import type { Identity } from "./identity.ts";
import { InFlight } from "./in-flight.ts";
import { parseJson } from "./json.ts";
import { AckJson } from "./messages.ts";
import { type Incoming, type Outgoing, SecureLink } from "./secure-link.ts";
import type { Carrier, Receipt, Wire } from "./wires/wire.ts";

export interface ConnectionParts {
  readonly identity: Identity;
  readonly keys: KeyBundle;
  readonly carrier: Carrier;
  readonly counters: Counters;
  readonly bootId: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly isClockSet: () => boolean;
  /** Ends the connection, also one that is only coming about. */
  readonly stopped: AbortSignal;
  readonly events: ChannelEvents;
  /** Everything but acknowledgements. */
  received(incoming: Incoming): Promise<void>;
}

/** One connection with its session, from the handshake to the end. */
export interface Connection {
  readonly carrierName: string;
  readonly isTwoWay: boolean;
  /** Resolves with the reason. */
  readonly closed: Promise<string>;
  send(message: OutgoingMessage): Promise<Receipt>;
  post(message: Outgoing): Promise<void>;
  pass(envelope: Uint8Array): Promise<Receipt>;
  close(reason: string): void;
}

const ANSWER_TIMEOUT_MS = 15_000;
/** How often a connection looks whether its session has grown old. */
const SESSION_CHECK_MS = 60_000;
/** Envelopes that came and are not worked on yet; a server that floods is cut off. */
const MAX_INBOX = 256;

/** Connects and, where the server can answer, shakes hands. Rejects when either fails. */
export async function openConnection(parts: ConnectionParts): Promise<Connection> {
  const connection = new OpenConnection(parts);
  await connection.open();
  return connection;
}

class OpenConnection implements Connection {
  readonly closed: Promise<string>;
  readonly #parts: ConnectionParts;
  readonly #link: SecureLink;
  readonly #inFlight: InFlight;
  #wire: Wire | undefined;
  #end: (reason: string) => void = () => {};
  #ended = false;
  #timer: Timer | undefined;
  #inbox: Promise<void> = Promise.resolve();
  #inboxCount = 0;
  #answered: (() => void) | undefined;
  /** Sequence of the announcement of keys that is under way. */
  #announced: number | undefined;
  readonly #stop = (): void => this.close("stopped");

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#link = new SecureLink(parts, parts.identity, parts.keys, parts.bootId);
    this.#inFlight = new InFlight(parts.clock);
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get carrierName(): string {
    return this.#parts.carrier.name;
  }

  get isTwoWay(): boolean {
    return this.#parts.carrier.isTwoWay;
  }

  async open(): Promise<void> {
    const { carrier, stopped } = this.#parts;
    if (stopped.aborted) throw new AppError("url.unreachable", { reason: "stopped" });
    stopped.addEventListener("abort", this.#stop, { once: true });
    const connecting = carrier.connect({
      received: (envelope) => this.#receive(envelope),
      closed: (reason) => this.#finish(reason),
    });
    connecting.then(
      (wire) => {
        if (this.#ended) wire.close();
      },
      () => this.#finish("not connected"),
    );
    const ended = this.closed.then((reason) => {
      throw new AppError("url.unreachable", { reason });
    });
    this.#wire = await Promise.race([connecting, ended]);
    if (!this.isTwoWay) return;
    try {
      await this.#shakeHands();
    } catch (error) {
      this.close("no handshake");
      throw error;
    }
    this.#timer = this.#parts.clock.every(SESSION_CHECK_MS, () => {
      if (this.#link.isHandshakeDue()) this.#shakeHands().catch(() => this.close("no handshake"));
    });
  }

  /**
   * Data for as long as there is a session, singly sealed where asked or where there is none. The wire or the
   * server acknowledges; a server that does not within 20 s ends the connection.
   */
  async send(message: OutgoingMessage): Promise<Receipt> {
    const inSession = message.single === true ? undefined : this.#link.data(message);
    const frame = inSession ?? (await this.#link.single(message));
    this.#announced = message.contentType === CONTENT_TYPES.keys ? frame.sequence : undefined;
    return this.#deliver(frame.bytes, nameOf(frame.sequence));
  }

  /** In the session, for what nobody acknowledges; resolves when the server's end has read it. */
  async post(message: Outgoing): Promise<void> {
    const wire = this.#wire;
    const frame = this.#ended ? undefined : this.#link.data(message);
    if (wire === undefined || frame === undefined)
      throw new AppError("url.unreachable", { reason: "no session" });
    try {
      await wire.post(frame.bytes);
    } catch (cause) {
      this.close("send failed");
      throw unreachableBy(cause);
    }
  }

  /** Another device's SEALED, as it is. Refuses `envelope.refused` when it is none. */
  async pass(envelope: Uint8Array): Promise<Receipt> {
    const { senderKeyId, sequence } = parseEnvelope(envelope).header;
    return this.#deliver(envelope, nameOf(Number(sequence), senderKeyId));
  }

  async #deliver(bytes: Uint8Array, name: string): Promise<Receipt> {
    const wire = this.#wire;
    if (wire === undefined || this.#ended) throw new AppError("url.unreachable", { reason: "closed" });
    const acknowledged = this.#inFlight.wait(name);
    try {
      const receipt = await Promise.race([acknowledged, this.#written(wire, bytes)]);
      const final = receipt.result === "unknown" ? await acknowledged : receipt;
      if (final.serverTimeMs !== undefined) this.#parts.events.serverTime?.(final.serverTimeMs);
      return final;
    } catch (error) {
      this.close("send failed");
      throw error;
    } finally {
      acknowledged.catch(() => {});
      this.#inFlight.drop(name);
    }
  }

  close(reason: string): void {
    this.#wire?.close();
    this.#finish(reason);
  }

  async #written(wire: Wire, bytes: Uint8Array): Promise<Receipt> {
    try {
      return await wire.send(bytes);
    } catch (cause) {
      throw unreachableBy(cause);
    }
  }

  async #shakeHands(): Promise<void> {
    const answered = new Promise<void>((resolve, reject) => {
      const timer = this.#parts.clock.after(ANSWER_TIMEOUT_MS, () =>
        reject(new AppError("url.unreachable", { reason: "no answer to HELLO" })),
      );
      this.#answered = () => {
        timer.cancel();
        resolve();
      };
      void this.closed.then((reason) => {
        timer.cancel();
        reject(new AppError("url.unreachable", { reason }));
      });
    });
    answered.catch(() => {});
    await this.#wire?.send(this.#link.hello());
    await answered;
    const greeting = this.#link.greeting();
    if (greeting !== undefined) await this.#wire?.send(greeting.bytes);
  }

  #receive(envelope: Uint8Array): void {
    if (++this.#inboxCount > MAX_INBOX) {
      this.close("too much at once");
      return;
    }
    this.#inbox = this.#inbox.then(async () => {
      this.#inboxCount--;
      try {
        const incoming = await this.#link.receive(envelope);
        if (incoming === undefined) this.#answered?.();
        else if (incoming.contentType === CONTENT_TYPES.ack) this.#acknowledged(incoming.payload);
        else {
          await this.#parts.received(incoming);
          if (incoming.contentType === CONTENT_TYPES.keys) this.#keysAnswered();
        }
      } catch (error) {
        this.#parts.log.warn(
          { code: isAppError(error) ? error.code : String(error) },
          "channel.refused_message",
        );
      }
    });
  }

  #acknowledged(payload: Uint8Array): void {
    const { seq, keyId, result, code, serverTimeMs } = parseJson(AckJson, payload);
    const isOwn = keyId === undefined || keyId === this.#parts.keys.keyId;
    const isAwaited = this.#inFlight.settle(isOwn ? nameOf(Number(seq)) : nameOf(Number(seq), keyId), {
      result,
      ...(code === undefined ? {} : { code }),
      ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
    });
    if (!isAwaited && isOwn && result === "refused") this.#parts.events.postRefused?.(code ?? "");
  }

  /** A change of keys has an answer of its own in place of an acknowledgement. */
  #keysAnswered(): void {
    if (this.#announced !== undefined) this.#inFlight.settle(nameOf(this.#announced), { result: "stored" });
  }

  #finish(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.stopped.removeEventListener("abort", this.#stop);
    this.#timer?.cancel();
    this.#link.end();
    this.#inFlight.failAll(new AppError("url.unreachable", { reason }));
    this.#end(reason);
  }
}

/** An envelope by its sequence, and by its sender's key where that is not ours. */
const nameOf = (sequence: number, passedFrom = ""): string => `${passedFrom}/${sequence}`;

const unreachableBy = (cause: unknown): AppError =>
  isAppError(cause)
    ? cause
    : new AppError("url.unreachable", { reason: (cause as Error).message }, { cause });
