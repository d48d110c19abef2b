import type { Clock, ErrorCode, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { SealedMark } from "@gatehouse/contract";
import { CONTENT_TYPES, refusalReason, refused } from "@gatehouse/secure-channel";
import type { Pool, PoolClient } from "pg";
import type { Controls } from "../../../platform/controls.ts";
import type { ForeignTransaction } from "../tables.ts";
import { CloneWatch } from "./clone-watch.ts";
import { Link } from "./link.ts";
import type { CarriageKeys, OpenedMessage, Received, Sender } from "./ports.ts";
import { ReplayGuard } from "./replay-guard.ts";
import {
  deleteOrphanedReplayStates,
  inTransaction,
  loadReplayStates,
  type Run,
  runIn,
  runOn,
  writeMarks,
} from "./replay-store.ts";

export interface CarriageDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: CarriageKeys;
  readonly controls: Controls;
  /** The site gateway that speaks for the device, asked for every frame that is not the connection's own. */
  gatewayOf(deviceId: Uuid): Uuid | undefined;
  /** Whether the gateway is known at its site by this key; asked for what it forwards. */
  isSiteKey(gatewayId: Uuid, keyId: string): boolean;
  /** Why a message that came without the channel may not pass. */
  plainRefusal(tenantId: Uuid, deviceId: Uuid): ErrorCode | undefined;
  /** Carries out a device's change of keys; `alongside` runs in its transaction. */
  changeKeys(sender: Sender, payload: Uint8Array, alongside: (run: Run) => Promise<void>): Promise<object>;
}

/** One connection of the secure channel, as the door for devices uses it. */
export interface CarriageLink {
  /** Throws `envelope.refused` for a frame that names nobody. */
  receive(frame: Uint8Array): Received;
  /** Undefined when the device has no live session here. */
  seal(
    deviceId: Uuid,
    content: "command" | "keys" | "ack" | "control",
    payload: Uint8Array,
  ): Uint8Array | undefined;
  hasSession(deviceId: Uuid): boolean;
  end(): void;
}

/**
 * The secure channel between the door for devices and the identities: opens frames, remembers across restarts which
 * sealed messages were taken, seals answers.
 */
export class Carriage {
  readonly #deps: CarriageDeps;
  readonly #clones = new CloneWatch();
  #guard: ReplayGuard;

  constructor(deps: CarriageDeps) {
    this.#deps = deps;
    this.#guard = new ReplayGuard(deps.controls);
  }

  async load(): Promise<void> {
    this.#guard = new ReplayGuard(this.#deps.controls, await loadReplayStates(this.#deps.pool));
  }

  upkeep(): Promise<void> {
    return deleteOrphanedReplayStates(this.#deps.pool);
  }

  /** `owner`: who logged in on the connection; without, it belongs to whose frame was the first authentic one. */
  connect(owner?: { readonly tenantId: Uuid; readonly deviceId: Uuid }): CarriageLink {
    let deviceId = owner?.deviceId;
    const keys: CarriageKeys = {
      ...this.#deps.keys,
      authenticated: (sender: Sender, how: "handshake" | "message", nowMs: UnixMs) => {
        deviceId ??= sender.deviceId;
        this.#deps.keys.authenticated(sender, how, nowMs);
      },
    };
    const parts = { ...this.#deps, keys, guard: this.#guard, clones: this.#clones };
    const link = new Link(parts, {
      speaksFor: (sender) =>
        deviceId === undefined ||
        sender.deviceId === deviceId ||
        this.#deps.gatewayOf(sender.deviceId) === deviceId ||
        !this.#deps.controls.forwardingScope,
      isSiteKey: (gatewayId, keyId) => this.#deps.isSiteKey(gatewayId, keyId),
    });
    return {
      receive: (frame) => link.receive(frame),
      seal: (to, content, payload) => link.seal(to, CONTENT_TYPES[content], payload),
      hasSession: (of) => link.hasSession(of),
      end: () => link.end(),
    };
  }

  /** Why a frame was refused, for our counters; never told to its sender. */
  reasonOf(error: unknown): ErrorCode {
    const reason = refusalReason(error);
    return reason === undefined ? "envelope.refused" : `envelope.${reason}`;
  }

  isRequired({ tenantId, deviceId }: { readonly tenantId: Uuid; readonly deviceId: Uuid }): boolean {
    return this.#deps.plainRefusal(tenantId, deviceId) !== undefined;
  }

  /** A device announces its next keys; resolves after the commit with what it is told. */
  async takeKeys(message: OpenedMessage): Promise<Uint8Array> {
    const sender = this.#deps.keys.sender(message.senderKeyId);
    if (sender === undefined) throw refused("unknown_key");
    const answer = await this.#deps.changeKeys(sender, message.payload, (run) =>
      writeMarks(run, message.marks),
    );
    return Buffer.from(JSON.stringify(answer));
  }

  /** Records messages as taken whose effect is nothing, or can be repeated without harm. */
  async takeMarks(marks: readonly SealedMark[]): Promise<void> {
    if (marks.length > 0) await inTransaction(this.#deps.pool, (run) => writeMarks(run, marks));
  }

  /** The same inside the transaction of the message's effect. */
  write(client: PoolClient, marks: readonly SealedMark[]): Promise<void> {
    return writeMarks(runOn(client), marks);
  }

  writeIn(tx: ForeignTransaction, marks: readonly SealedMark[]): Promise<void> {
    return writeMarks(runIn(tx), marks);
  }
}
