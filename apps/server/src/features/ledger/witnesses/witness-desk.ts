import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import {
  acceptSeam,
  considerCheckpoint,
  cosign,
  encodeNote,
  encodeSignatureLine,
  parseAddCheckpoint,
  parseVerifierKey,
  type Signer,
  signSeam,
  startWitness,
  WITNESS_REFUSALS,
  type WitnessRefusal,
} from "@gatehouse/ledger";
import type { Controls } from "../../../platform/controls.ts";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { Witnessed, WitnessedStore } from "./witnessed-store.ts";

/** What a log hears of its witness: C2SP tlog-witness, add-checkpoint. */
export interface WitnessAnswer {
  readonly status: number;
  readonly body: string;
}

export interface DeskDeps {
  readonly store: WitnessedStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Cosigns; a key of type 0x04. */
  readonly signer: Signer;
  /** Signs what this installation's owner acknowledged; a key of type 0x01. */
  readonly acknowledger: Signer;
  readonly controls: Controls;
}

/** Two statements of one log that cannot both be true. */
const CONTRADICTIONS: ReadonlySet<WitnessRefusal> = new Set(["size_shrank", "root_differs", "proof_wrong"]);

/** Logs that one installation witnesses. */
const MOST_LOGS = 100;

/** This installation as the witness of other people's logs. */
export class WitnessDesk {
  readonly #deps: DeskDeps;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  list(): Promise<Witnessed[]> {
    return this.#deps.store.list();
  }

  /** Refuses `ledger.malformed`. What is cosigned is stored before the signature is given. */
  async consider(body: string): Promise<WitnessAnswer> {
    const { store, clock, controls, signer } = this.#deps;
    const request = parseAddCheckpoint(body);
    return store.inTurn(async (tx) => {
      const { origin } = request.checkpoint;
      const witnessed = await tx.lockByOrigin(origin);
      if (witnessed === undefined) return { status: WITNESS_REFUSALS.unknown_log, body: "unknown_log\n" };
      const { state } = witnessed;
      const seen = controls.witnessMemory ? state : startWitness(parseVerifierKey(state.log));
      const verdict = considerCheckpoint(seen, request, sha256);
      if (verdict.verdict === "refuse") {
        await this.#keepRefusal(tx, witnessed, verdict.reason, body);
        const status = WITNESS_REFUSALS[verdict.reason];
        return { status, body: status === 409 ? `${verdict.keptSize}\n` : `${verdict.reason}\n` };
      }
      const nowMs = clock.nowMs();
      const note = encodeNote(request.note);
      await tx.save(witnessed.id, origin, verdict.state, { cosignedMs: nowMs, note });
      const signature = cosign(request.note.text, Math.floor(nowMs / 1000), signer);
      return { status: 200, body: encodeSignatureLine(signature) };
    });
  }

  /** Cosigns a log from its next checkpoint on. Refuses `ledger.malformed`, `ledger.witness_exists`, `ledger.too_many_witnesses`. */
  async add(verifierKey: string): Promise<Uuid> {
    const { store, clock, random } = this.#deps;
    const key = parseVerifierKey(verifierKey);
    const id = newUuid(clock, random);
    if ((await store.count()) >= MOST_LOGS)
      throw new AppError("ledger.too_many_witnesses", { most: MOST_LOGS });
    if (!(await store.add(id, key.name, startWitness(key, sha256), clock.nowMs())))
      throw new AppError("ledger.witness_exists", { name: key.name });
    return id;
  }

  /** Goes over to the log that follows after a restore; that it did is kept for ever. */
  async acknowledgeRestart(id: Uuid, verifierKey: string, reason: string): Promise<void> {
    const { store, acknowledger } = this.#deps;
    const next = parseVerifierKey(verifierKey);
    await store.inTurn(async (tx) => {
      const witnessed = await tx.lock(id);
      if (witnessed === undefined) throw new AppError("ledger.witness_not_found");
      const { log, size, root } = witnessed.state;
      const terms = { oldLog: log, oldSize: size, oldRoot: root, newLog: verifierKey, reason };
      const state = acceptSeam(witnessed.state, signSeam(terms, acknowledger), acknowledger.key, sha256);
      if (state === undefined) throw new AppError("ledger.witness_exists", { name: next.name });
      await tx.save(id, next.name, state, { cosignedMs: witnessed.cosignedMs, note: witnessed.note });
    });
  }

  /** Anybody can send nonsense in a log's name; only what that log signed stands against it. */
  async #keepRefusal(
    tx: WitnessedStore,
    { id, state, note }: Witnessed,
    reason: WitnessRefusal,
    offered: string,
  ): Promise<void> {
    if (!CONTRADICTIONS.has(reason)) return;
    const { clock, random } = this.#deps;
    const { log: keptLog, size: keptSize, root: keptRoot } = state;
    await tx.keepRefusal({
      id: newUuid(clock, random),
      witnessedId: id,
      reason,
      atMs: clock.nowMs(),
      keptLog,
      kept: note ?? "",
      keptSize,
      keptRoot,
      offered,
    });
  }

  async remove(id: Uuid): Promise<void> {
    if (!(await this.#deps.store.remove(id))) throw new AppError("ledger.witness_not_found");
  }
}
