import {
  AppError,
  type Clock,
  type Logger,
  newUuid,
  type Random,
  type Timer,
  type Uuid,
} from "@gatehouse/base";
import { isSignedBy, KEY_TYPES, parseCheckpoint, parseNote, parseVerifierKey } from "@gatehouse/ledger";
import { type AuditTrail, unasked } from "../../../platform/audit/index.ts";
import type { LogStore } from "../log-store.ts";
import { addContradiction } from "./contradiction-store.ts";
import type { Kept } from "./machine-words.ts";
import { UNREACHABLE, type Witness } from "./witness-model.ts";
import { type Asked, type ReplyDeps, replyOf } from "./witness-replies.ts";
import type { WitnessStore } from "./witness-store.ts";
import type { WitnessWatch } from "./witness-watch.ts";

export interface AskerDeps extends ReplyDeps {
  readonly store: WitnessStore;
  readonly logs: LogStore;
  readonly watch: WitnessWatch;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How often installations are asked; also when nothing was logged, so that their silence is noticed. */
const EVERY_MS = 60_000;

/** Longest that an export waits for cosignatures. */
const BRIEF_MS = 3_000;

/** Requests under way at a time. */
const MOST_AT_ONCE = 8;

/** A checkpoint carries 128 cosignatures; machines have the others. */
const MOST_INSTALLATIONS = 16;

/** Sends the newest checkpoint to those who cosign it, with the proof that it continues what they saw. */
export class WitnessAsker {
  readonly #deps: AskerDeps;
  #timer: Timer | undefined;
  #isStopped = true;
  #round: Promise<void> = Promise.resolve();

  constructor(deps: AskerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#isStopped = false;
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#round;
  }

  async list(): Promise<Witness[]> {
    const log = await this.#deps.logs.current();
    return this.#deps.store.list(log?.id ?? 0);
  }

  /** Another installation. Refuses `ledger.malformed`, `ledger.witness_exists`, `ledger.too_many_witnesses`. */
  async add(url: string, verifierKey: string): Promise<Uuid> {
    const { store, clock, random } = this.#deps;
    const key = parseVerifierKey(verifierKey);
    if (key.type !== KEY_TYPES.cosignature) throw new AppError("ledger.malformed", { part: "verifier_key" });
    if ((await store.count(["installation"])) >= MOST_INSTALLATIONS)
      throw new AppError("ledger.too_many_witnesses", { most: MOST_INSTALLATIONS });
    const id = newUuid(clock, random);
    const witness = { id, kind: "installation", name: key.name, verifierKey, url } as const;
    if (!(await store.add({ ...witness, addedMs: clock.nowMs() })))
      throw new AppError("ledger.witness_exists", { name: key.name });
    return id;
  }

  async remove(id: Uuid): Promise<void> {
    if (!(await this.#deps.store.remove(id, this.#deps.clock.nowMs())))
      throw new AppError("ledger.witness_not_found");
  }

  /** Asks everybody once about the newest checkpoint. */
  ask(): Promise<void> {
    return this.#ask(() => true);
  }

  /** Every installation, and the machines whose turn it is. */
  askThoseDue(): Promise<void> {
    const { machines } = this.#deps;
    return this.#ask(({ machine }) => machine === undefined || machines.isDue(machine.deviceId));
  }

  /** Asks everybody for somebody who waits: whoever has not answered soon does so without him. */
  async askBriefly(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(BRIEF_MS, () => late.resolve());
    await Promise.race([this.ask(), late.promise]);
    timer.cancel();
  }

  #plan(): void {
    this.#timer = this.#deps.clock.after(EVERY_MS, () => {
      void this.askThoseDue().finally(() => {
        if (!this.#isStopped) this.#plan();
      });
    });
  }

  #ask(isAsked: (witness: Witness) => boolean): Promise<void> {
    this.#round = this.#round.then(() => unasked(() => this.#askAll(isAsked)));
    return this.#round;
  }

  async #askAll(isAsked: (witness: Witness) => boolean): Promise<void> {
    const { logs, store, log: logger, machines, watch } = this.#deps;
    try {
      const current = await logs.current();
      const newest = current && (await logs.lastCheckpoint(current.id));
      // After its checkpoint, of which it holds all.
      const log = newest && (await logs.find(newest.logId));
      if (log === undefined || newest === undefined) return;
      const queue = (await machines.sweep(await store.list(log.id))).filter(isAsked);
      const askNext = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          await this.#askOne(next, { log, newest });
      };
      await Promise.all(Array.from({ length: MOST_AT_ONCE }, askNext));
      await watch.look(await store.list(log.id));
    } catch (error) {
      logger.warn({ err: error }, "ledger.witnesses_not_asked");
    }
  }

  async #askOne(witness: Witness, asked: Asked): Promise<void> {
    const { store, clock } = this.#deps;
    const reply = await replyOf(this.#deps, witness, asked);
    const atMs = clock.nowMs();
    if ("line" in reply) {
      const place = { logId: asked.log.id, size: asked.newest.size, witnessId: witness.id, atMs };
      await store.saveCosignature({ ...place, line: reply.line });
    } else if (reply.refusal === UNREACHABLE) await store.saveRefusal(witness.id, reply.refusal, atMs);
    else await this.#refused(witness, asked, reply);
  }

  /** Kept with both statements, where there are two; recorded when it is news. */
  async #refused(
    witness: Witness,
    { log, newest }: Asked,
    { refusal, kept, offered }: { readonly refusal: string; readonly kept?: Kept; readonly offered?: string },
  ): Promise<void> {
    const { store, clock, random, audit, log: logger } = this.#deps;
    const { id, name, machine } = witness;
    const atMs = clock.nowMs();
    const isNews = witness.refusal !== refusal;
    if (isNews) logger.warn({ witness: name, reason: refusal }, "ledger.witness_refused");
    await store.transaction(async (inside, tx) => {
      await inside.saveRefusal(id, refusal, atMs);
      if (kept?.note !== undefined && offered !== undefined && isOurs(kept, kept.note))
        await addContradiction(tx, {
          id: newUuid(clock, random),
          witnessId: id,
          reason: refusal,
          atMs,
          keptLog: kept.log,
          kept: kept.note,
          keptSize: kept.size,
          keptRoot: kept.root,
          offered,
        });
      if (!isNews) return;
      await audit.record(tx, {
        kind: "ledger.witness_refused",
        tenantId: machine?.tenantId,
        outcome: "refused",
        actor: { kind: "system" },
        subject: { kind: "witness", id },
        data: { witness: name, reason: refusal, log: log.origin, size: newest.size, seen: kept?.size },
      });
    });
  }
}

/** Whether it is a checkpoint that a log signed, and says what the witness says of it. */
function isOurs({ log, size, root }: Kept, text: string): boolean {
  try {
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note.text);
    const isSame = checkpoint.size === size && Buffer.from(checkpoint.root).toString("base64") === root;
    return isSame && isSignedBy(note, parseVerifierKey(log));
  } catch {
    return false;
  }
}
