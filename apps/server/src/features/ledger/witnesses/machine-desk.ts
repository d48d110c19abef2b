import {
  AppError,
  type Clock,
  type ErrorCode,
  isAppError,
  type Logger,
  newUuid,
  type Random,
  type Uuid,
} from "@gatehouse/base";
import { KEY_TYPES, parseVerifierKey } from "@gatehouse/ledger";
import { Check } from "typebox/value";
import { type AuditTrail, unasked } from "../../../platform/audit/index.ts";
import { RollingBudget } from "../../../platform/throttle/index.ts";
import type { WitnessMachines } from "../ports.ts";
import { type MachineAnswer, MachineWord } from "./machine-words.ts";
import { isRefusing, type Witness } from "./witness-model.ts";
import type { WitnessStore } from "./witness-store.ts";

export interface MachineDeskDeps {
  readonly store: WitnessStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly machines: WitnessMachines;
}

interface Device {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** A checkpoint and an export carry 128 cosignatures; gateways always find a place beside other machines. */
const MOST = { gateway: 72, agent: 40 } as const;

/** How often one machine may become a witness or cease to be one: each is an entry of the log. */
const CHANGES_AN_HOUR = 12;
const HOUR_MS = 3_600_000;

/** How often each machine is asked, spread at random so that not all are asked at once. */
const EVERY_MS = 5 * 60_000;
const SPREAD_RATIO = 0.2;
/** After a machine connected it is asked within this time. */
const SOON_MS = 30_000;

const ANSWER_WITHIN_MS = 10_000;

/** What our machines say as witnesses of this log: who cosigns from now on, who does not any more, and their answers. */
export class MachineDesk {
  readonly #deps: MachineDeskDeps;
  readonly #changes: RollingBudget;
  readonly #open = new Map<Uuid, (answer: MachineAnswer) => void>();
  readonly #dueMs = new Map<Uuid, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: MachineDeskDeps) {
    this.#deps = deps;
    this.#changes = new RollingBudget(deps.clock, CHANGES_AN_HOUR, HOUR_MS);
  }

  /** A word of a machine, authentically. Resolves after its effect is committed, with why it has none otherwise. */
  async said({ tenantId, deviceId }: Device, word: unknown): Promise<ErrorCode | undefined> {
    if (!Check(MachineWord, word)) return "message.schema";
    if (word.say === "cosigned" || word.say === "refused") {
      this.#open.get(deviceId)?.(word);
      return undefined;
    }
    const device = { tenantId, deviceId };
    const mine = this.#turn.then(() =>
      unasked(() => (word.say === "ready" ? this.#enrol(device, word.key) : this.#withdraw(device))),
    );
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** Refuses `url.unreachable` when it has no session or does not answer. One request at a time. */
  async ask(deviceId: Uuid, request: object): Promise<MachineAnswer> {
    const { clock, machines } = this.#deps;
    if (this.#open.has(deviceId)) throw new AppError("url.unreachable", { reason: "asked already" });
    const answer = Promise.withResolvers<MachineAnswer>();
    const late = (): void => answer.reject(new AppError("url.unreachable", { reason: "no answer" }));
    const timer = clock.after(ANSWER_WITHIN_MS, late);
    this.#open.set(deviceId, answer.resolve);
    try {
      const isSent = machines.send(deviceId, Buffer.from(JSON.stringify({ kind: "witness", ...request })));
      if (!isSent) late();
      return await answer.promise;
    } finally {
      timer.cancel();
      this.#open.delete(deviceId);
    }
  }

  /** Whether it is this machine's turn; then it is so again after some minutes. */
  isDue(deviceId: Uuid): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs < (this.#dueMs.get(deviceId) ?? 0)) return false;
    const spread = 1 + SPREAD_RATIO * (2 * this.#deps.random.ratio() - 1);
    this.#dueMs.set(deviceId, nowMs + EVERY_MS * spread);
    return true;
  }

  /** A device that was deleted or revoked is asked no more. Answers those that are left. */
  async sweep(witnesses: readonly Witness[]): Promise<Witness[]> {
    const left: Witness[] = [];
    for (const witness of witnesses) {
      const { machine } = witness;
      if (machine === undefined || this.#deps.machines.find(machine.deviceId) !== undefined)
        left.push(witness);
      else await this.#remove(machine, witness.id, "witness_gone");
    }
    return left;
  }

  async #enrol(device: Device, keyText: string): Promise<ErrorCode | undefined> {
    const { store, clock, random, log, audit, machines } = this.#deps;
    const { deviceId } = device;
    const machine = machines.find(deviceId);
    if (machine === undefined) return "device.revoked";
    const key = cosigningKey(keyText);
    if (key === undefined) return "message.schema";
    const known = await store.ofDevice(deviceId);
    this.#dueMs.set(deviceId, clock.monotonicMs() + SOON_MS * random.ratio());
    if (known?.verifierKey === keyText) return undefined;
    // A new key knows nothing of what the one before refused.
    if (known !== undefined && isRefusing(known)) return "ledger.witness_exists";
    if (this.#changes.takeOrWaitMs(deviceId) > 0) return "message.rate_limited";
    const kind = machine.isGateway ? "gateway" : "agent";
    if (known === undefined && (await store.count([kind])) >= MOST[kind]) {
      log.warn({ deviceId, kind }, "ledger.too_many_witnesses");
      return undefined;
    }
    const id = newUuid(clock, random);
    const witness = { id, kind, name: key.name, verifierKey: keyText, machine: device } as const;
    const data = { change: "witness_enrolled", verifierKey: keyText, instead: known?.verifierKey };
    const added = store.transaction(async (inside, tx) => {
      if (known !== undefined) await inside.remove(known.id, clock.nowMs());
      if (!(await inside.add({ ...witness, addedMs: clock.nowMs() })))
        throw new AppError("ledger.witness_exists");
      await audit.record(tx, { ...eventOf(device), data });
      return undefined;
    });
    return added.catch((error: unknown) => {
      if (isAppError(error, "ledger.witness_exists")) return error.code;
      throw error;
    });
  }

  /** One that refuses stays until a person removes it: whoever changed the log could have turned it off. */
  async #withdraw(device: Device): Promise<undefined> {
    const known = await this.#deps.store.ofDevice(device.deviceId);
    if (known === undefined || isRefusing(known)) return;
    if (this.#changes.takeOrWaitMs(device.deviceId) > 0) return;
    await this.#remove(device, known.id, "witness_withdrew");
  }

  async #remove(device: Device, id: Uuid, change: string): Promise<void> {
    const { store, clock, audit } = this.#deps;
    await store.transaction(async (inside, tx) => {
      if (!(await inside.remove(id, clock.nowMs()))) return;
      await audit.record(tx, { ...eventOf(device), data: { change, witnessId: id } });
    });
  }
}

const eventOf = ({ tenantId, deviceId }: Device) =>
  ({
    kind: "ledger.witness_changed",
    tenantId,
    actor: { kind: "device", id: deviceId, tenantId },
    subject: { kind: "device", id: deviceId },
  }) as const;

function cosigningKey(text: string) {
  try {
    const key = parseVerifierKey(text);
    return key.type === KEY_TYPES.cosignature ? key : undefined;
  } catch (error) {
    if (isAppError(error, "ledger.malformed")) return undefined;
    throw error;
  }
}
