import { AppError, isUuid, newUuid, type Timer, type Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { findDeviceType, getCommand } from "@gatehouse/device-types";
import { type DevicesContext, getActiveRecord, getRecord, recordOnDevice } from "../context.ts";
import { lockDevice } from "../credentials/credential-store.ts";
import { storableText } from "../device-log/log-line.ts";
import { type Actor, MAX_OPEN_COMMANDS_PER_DEVICE } from "../model.ts";
import { type CommandEvent, stateAfter } from "./command-state.ts";
import {
  applyCommandEvent,
  countQueued,
  findCommandState,
  findNextExpiry,
  insertCommand,
  listCommandRows,
  listQueued,
  type StoredCommand,
} from "./command-store.ts";

type Command = devices.Command;

const TICK_MS = 1_000;
const MAX_REASON_LENGTH = 200;
const EXPIRED_AT_ONCE = 1_000;

/**
 * Commands down to devices. A command is stored before anybody is told of it, every step is stored before it is
 * published (`command.changed`), and a step that comes twice or too late changes nothing.
 */
export class CommandService {
  readonly #context: DevicesContext;
  #timer: Timer | undefined;
  /** No open command is over before this. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;
  #expiring: Promise<void> | undefined;

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#nextExpiryMs = (await findNextExpiry(this.#context.db)) ?? Number.POSITIVE_INFINITY;
    this.#timer = this.#context.clock.every(TICK_MS, () => this.tick());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#expiring;
  }

  /** Refuses parameters that do not fit the device's type, and a device that has not collected what is queued. */
  async send(
    { tenantId, name }: Actor,
    deviceId: Uuid,
    {
      key,
      params,
      ttlMs,
    }: { readonly key: string; readonly params: Command["params"]; readonly ttlMs?: number },
  ): Promise<Command> {
    const { db, clock, random, bus } = this.#context;
    const type = findDeviceType(getActiveRecord(this.#context, tenantId, deviceId).typeId);
    if (type === undefined) throw new AppError("device.command_unknown", { key });
    const spec = getCommand(type, key, params);
    const createdMs = clock.nowMs();
    const command: Command = {
      id: newUuid(clock, random),
      deviceId,
      key,
      params,
      state: "queued",
      createdMs,
      expiresMs: createdMs + (ttlMs ?? spec.ttlMs),
      byName: name,
    };
    await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      if ((await countQueued(tx, tenantId, deviceId)) >= MAX_OPEN_COMMANDS_PER_DEVICE)
        throw new AppError("limit.reached", { limit: MAX_OPEN_COMMANDS_PER_DEVICE, what: "commands" });
      await insertCommand(tx, tenantId, command);
      const act = { kind: "device.commanded", data: { commandId: command.id, key, params } } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
    });
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, command.expiresMs);
    this.#note(tenantId, command);
    bus.publish("command.changed", { tenantId, command });
    return command;
  }

  async list(
    tenantId: Uuid,
    deviceId: Uuid,
    page: { readonly beforeSeq: number | undefined; readonly limit: number },
  ): Promise<{ items: Command[]; next?: string }> {
    getRecord(this.#context, tenantId, deviceId);
    const rows = await listCommandRows(this.#context.db, tenantId, deviceId, page);
    const last = rows.at(-1);
    const items = rows.map(({ command }) => command);
    return last === undefined || rows.length < page.limit ? { items } : { items, next: String(last.seq) };
  }

  /** What to send to a device that has just come, oldest first. Sending again what was sent is harmless: ids repeat. */
  takePending(deviceId: Uuid, limit = MAX_OPEN_COMMANDS_PER_DEVICE): Promise<Command[]> {
    return listQueued(this.#context.db, deviceId, this.#context.clock.nowMs(), limit);
  }

  /** True when this call was the one that delivered it. */
  async delivered(commandId: Uuid): Promise<boolean> {
    return isUuid(commandId) && (await this.#apply({ commandId }, "deliver")) > 0;
  }

  /** The device's answer; answers the state the command is in now. Refuses a command that is not the device's. */
  async answered(
    deviceId: Uuid,
    commandId: string,
    ok: boolean,
    reason?: string,
  ): Promise<devices.CommandState> {
    if (!isUuid(commandId)) throw new AppError("device.command_not_found");
    const event = ok ? "acknowledge" : "fail";
    const text = reason === undefined ? undefined : storableText(reason, MAX_REASON_LENGTH);
    if ((await this.#apply({ commandId, deviceId }, event, text)) > 0) return stateAfter(event);
    const state = await findCommandState(this.#context.db, deviceId, commandId);
    if (state === undefined) throw new AppError("device.command_not_found");
    return state;
  }

  /** Nobody will take what is open for this device any more. */
  async failOpen(deviceId: Uuid, reason: string): Promise<void> {
    await this.#apply({ deviceId }, "fail", reason);
  }

  tick(): void {
    if (this.#expiring !== undefined || this.#context.clock.nowMs() < this.#nextExpiryMs) return;
    this.#expiring = this.#expire()
      .catch((error: unknown) => this.#context.log.warn({ err: error }, "devices.command_expiry_failed"))
      .finally(() => {
        this.#expiring = undefined;
      });
  }

  async #expire(): Promise<void> {
    const dueMs = this.#nextExpiryMs;
    // A command sent while the database answers puts its own time here.
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    try {
      const selection = { expiredAtMs: this.#context.clock.nowMs() };
      while ((await this.#apply(selection, "expire")) === EXPIRED_AT_ONCE);
      const nextMs = await findNextExpiry(this.#context.db);
      this.#nextExpiryMs = Math.min(this.#nextExpiryMs, nextMs ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      this.#nextExpiryMs = dueMs;
      throw error;
    }
  }

  async #apply(
    selection: Parameters<typeof applyCommandEvent>[1],
    event: CommandEvent,
    reason?: string,
  ): Promise<number> {
    const { db, clock, bus } = this.#context;
    const options = { nowMs: clock.nowMs(), reason, limit: EXPIRED_AT_ONCE };
    const changed: StoredCommand[] = await applyCommandEvent(db, selection, event, options);
    for (const { tenantId, command } of changed) {
      this.#note(tenantId, command);
      bus.publish("command.changed", { tenantId, command });
    }
    return changed.length;
  }

  #note(tenantId: Uuid, { id, deviceId, key, state, reason, byName, params }: Command): void {
    const level = state === "failed" || state === "expired" ? "warn" : "info";
    const more = state === "queued" ? { params, by: byName } : reason === undefined ? {} : { reason };
    const data = { id, key, state, ...more };
    const message = `Command ${key}: ${state}`;
    const remark = { kind: "command", level, code: "command", message } as const;
    this.#context.deviceLog.note({ tenantId, deviceId, ...remark, data });
  }
}
