import { AppError, type Clock, isAppError, type Logger, type Random, type Timer } from "@gatehouse/base";
import { CONTENT_TYPES, type KeyBundle } from "@gatehouse/secure-channel";
import { backoffMs } from "./backoff.ts";
import { type Connection, openConnection } from "./connection.ts";
import { Counters } from "./counters.ts";
import { type DeviceStore, encodeIdentity, type Identity } from "./identity.ts";
import { parseJson } from "./json.ts";
import { CommandJson, KeysJson } from "./messages.ts";
import { announceKeys, newKeysOf } from "./rotation.ts";
import type { Incoming, Outgoing } from "./secure-link.ts";
import { fetchServerKeys } from "./server-key-list.ts";
import { followServerKeys } from "./server-keys.ts";
import type { Carrier, Receipt } from "./wires/wire.ts";

export interface ChannelEvents {
  /** The connection is there: what waits can be sent. */
  connected?(): void;
  disconnected?(reason: string): void;
  command?(command: CommandJson): void;
  /** Content type 10: settings and whatever else a program agrees with its server. */
  control?(payload: Uint8Array): void;
  /** Of something that was posted; the server says so at most once a second. */
  postRefused?(code: string): void;
  /** The server's wall clock, authenticated. */
  serverTime?(serverTimeMs: number): void;
}

export interface DeviceChannelParts {
  readonly identity: Identity;
  readonly store: DeviceStore;
  readonly carrier: (identity: Identity) => Carrier;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly isClockSet?: () => boolean;
  readonly events: ChannelEvents;
}

/** How a message travels: in the session, or signed and sealed on its own. */
export type OutgoingMessage = Outgoing & { readonly single?: boolean };

/** A connection that lasted this long was a good one: the next attempt comes quickly. */
const GOOD_CONNECTION_MS = 30_000;
/** Senders that may wait for their turn. */
const MAX_WAITING = 64;

/**
 * A device's channel to its server, kept open: connects, shakes hands, connects again with growing and random
 * pauses, follows the server's change of keys, changes its own. What is sent is acknowledged by the server or the
 * sender hears that it was not; nothing is kept here for later.
 */
export class DeviceChannel {
  readonly #parts: DeviceChannelParts;
  readonly #counters: Counters;
  readonly #bootId: number;
  #identity: Identity;
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  #wake: (() => void) | undefined;
  #connects = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #confirmed: ((keyId: string) => void) | undefined;

  private constructor(parts: DeviceChannelParts, counters: Counters) {
    this.#parts = parts;
    this.#counters = counters;
    this.#identity = parts.identity;
    this.#bootId = new DataView(parts.random.bytes(4).slice().buffer).getUint32(0);
  }

  static async open(parts: DeviceChannelParts): Promise<DeviceChannel> {
    return new DeviceChannel(parts, await Counters.open(parts.store));
  }

  get identity(): Identity {
    return this.#identity;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** Connections made so far. */
  get connects(): number {
    return this.#connects;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#running;
  }

  /**
   * Sends one message and answers what the server said of it. Refuses `url.unreachable` when there is no connection or
   * it breaks before the acknowledgement: then the server may have the message or not, and it can be sent again.
   */
  send(message: OutgoingMessage): Promise<Receipt> {
    if (this.#waiting >= MAX_WAITING) return Promise.reject(new AppError("server.busy"));
    this.#waiting++;
    const mine = this.#turn.then(async () => {
      this.#waiting--;
      const connection = this.#connection;
      if (connection === undefined) throw new AppError("url.unreachable", { reason: "not connected" });
      return await connection.send(message);
    });
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /**
   * Sends in the session what nobody acknowledges, a camera's frame say, without waiting for what others send. Resolves
   * when the server's end has read it: who keeps count of that has no more on the way than the line takes. Refuses
   * `url.unreachable` without a session and when it breaks.
   */
  async post(message: Outgoing): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) throw new AppError("url.unreachable", { reason: "not connected" });
    await connection.post(message);
  }

  /**
   * Passes on a SEALED envelope that an assigned device made for the server, as a site gateway does: untouched, and
   * unreadable here. Several may be under way at a time. Answers and refuses as `send` does.
   */
  async pass(envelope: Uint8Array): Promise<Receipt> {
    const connection = this.#connection;
    if (connection === undefined) throw new AppError("url.unreachable", { reason: "not connected" });
    return await connection.pass(envelope);
  }

  /** Makes new keys, announces them signed by the old ones, and uses them once the server confirmed; the new key id. */
  async rotateKeys(): Promise<string> {
    const pending = this.#identity.pendingKeys ?? newKeysOf(this.#identity, this.#parts.random);
    if (this.#identity.pendingKeys === undefined)
      await this.#saveIdentity({ ...this.#identity, pendingKeys: pending });
    const confirmed = this.#confirmation(pending.keyId);
    try {
      const receipt = await this.send(announceKeys(this.#identity, pending, this.#parts.clock));
      if (receipt.result === "refused") throw new AppError("envelope.refused", { code: receipt.code });
      if (this.#connection?.isTwoWay === true) await confirmed.promise;
      await this.#promote(pending);
    } finally {
      confirmed.end();
    }
    this.#connection?.close("keys changed");
    return pending.keyId;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
      const startedMs = this.#parts.clock.monotonicMs();
      const reason = await this.#connectOnce(failures).catch((error: unknown) => reasonOf(error));
      if (this.#parts.clock.monotonicMs() - startedMs >= GOOD_CONNECTION_MS) failures = 0;
      if (this.#stopping.signal.aborted) return;
      const pauseMs = Math.round(backoffMs(failures, this.#parts.random));
      this.#parts.log.warn({ reason, failures, pauseMs }, "channel.disconnected");
      await this.#pause(pauseMs);
    }
  }

  /** Resolves with the reason when a connection that was made has ended. */
  async #connectOnce(failures: number): Promise<string> {
    await this.#refreshServerKeys(failures);
    const { pendingKeys, keys } = this.#identity;
    // The server may have taken the new keys without our hearing of it, and forgotten the old ones since.
    const tried = pendingKeys !== undefined && failures % 2 === 1 ? pendingKeys : keys;
    const connection = await openConnection({
      ...this.#parts,
      identity: this.#identity,
      keys: tried,
      counters: this.#counters,
      bootId: this.#bootId,
      carrier: this.#parts.carrier(this.#identity),
      isClockSet: this.#parts.isClockSet ?? (() => true),
      stopped: this.#stopping.signal,
      received: (incoming) => this.#dispatch(incoming),
    });
    this.#connection = connection;
    this.#connects++;
    this.#parts.log.info({ carrier: connection.carrierName, connects: this.#connects }, "channel.connected");
    if (connection.isTwoWay && tried === pendingKeys) await this.#promote(pendingKeys);
    this.#parts.events.connected?.();
    if (this.#identity.pendingKeys !== undefined) this.#finishRotation();
    const reason = await connection.closed;
    this.#connection = undefined;
    this.#parts.events.disconnected?.(reason);
    return reason;
  }

  #finishRotation(): void {
    this.rotateKeys().catch((error: unknown) =>
      this.#parts.log.warn({ reason: reasonOf(error) }, "channel.rotation_waits"),
    );
  }

  async #dispatch({ contentType, payload }: Incoming): Promise<void> {
    const { events } = this.#parts;
    if (contentType === CONTENT_TYPES.command) events.command?.(parseJson(CommandJson, payload));
    else if (contentType === CONTENT_TYPES.control) events.control?.(payload);
    else if (contentType === CONTENT_TYPES.keys) {
      const { keyId, server, serverTimeMs } = parseJson(KeysJson, payload);
      if (serverTimeMs !== undefined) events.serverTime?.(serverTimeMs);
      if (keyId !== undefined) this.#confirmed?.(keyId);
      if (server !== undefined) await this.#follow(server);
    }
  }

  /**
   * Before each attempt after a failure: the server may use other keys by now. What it says is signed by the root.
   * A carrier that only sends learns here whether the server is there at all; others find out by connecting.
   */
  async #refreshServerKeys(failures: number): Promise<void> {
    const { isTwoWay } = this.#parts.carrier(this.#identity);
    if (failures === 0 && isTwoWay) return;
    try {
      const server = await fetchServerKeys(this.#identity);
      if (server !== undefined) await this.#follow(server);
    } catch (error) {
      if (!isTwoWay) throw error;
      this.#parts.log.debug({ reason: reasonOf(error) }, "channel.server_keys_not_read");
    }
  }

  async #follow(offered: Identity["server"]): Promise<void> {
    const { server, root, suite } = this.#identity;
    const next = followServerKeys(server, offered, root, suite);
    if (next === undefined) return;
    await this.#saveIdentity({ ...this.#identity, server: next });
    this.#parts.log.info({ keyId: next.current.keyId }, "channel.server_key_followed");
  }

  async #promote(keys: KeyBundle): Promise<void> {
    const { pendingKeys: _, ...rest } = this.#identity;
    await this.#saveIdentity({ ...rest, keys });
    this.#parts.log.info({ keyId: keys.keyId }, "channel.keys_changed");
  }

  async #saveIdentity(identity: Identity): Promise<void> {
    await this.#parts.store.saveIdentity(encodeIdentity(identity));
    this.#identity = identity;
  }

  #confirmation(keyId: string): { readonly promise: Promise<void>; end(): void } {
    const { clock } = this.#parts;
    let timer: Timer | undefined;
    const promise = new Promise<void>((resolve, reject) => {
      timer = clock.after(ROTATION_TIMEOUT_MS, () =>
        reject(new AppError("url.unreachable", { reason: "no answer" })),
      );
      this.#confirmed = (confirmedId) => {
        if (confirmedId === keyId) resolve();
      };
    });
    promise.catch(() => {});
    return {
      promise,
      end: () => {
        timer?.cancel();
        this.#confirmed = undefined;
      },
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // A program that only waits for its server is not to end: this timer keeps it alive.
      const keepAlive = setTimeout(() => resolve(), ms);
      this.#wake = () => {
        clearTimeout(keepAlive);
        resolve();
      };
    });
  }
}

const ROTATION_TIMEOUT_MS = 30_000;

const reasonOf = (error: unknown): string =>
  isAppError(error)
    ? `${error.code}${error.fields.reason === undefined ? "" : ` (${String(error.fields.reason)})`}`
    : String(error);
