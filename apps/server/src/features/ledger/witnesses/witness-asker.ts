import {
  AppError,
  type Clock,
  isAppError,
  type Logger,
  newUuid,
  type Random,
  type Timer,
  type Uuid,
} from "@gatehouse/base";
import {
  encodeAddCheckpoint,
  encodeSignatureLine,
  findCosignature,
  KEY_TYPES,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  type VerifierKey,
} from "@gatehouse/ledger";
import type { LogStore } from "../log-store.ts";
import type { Log, StoredCheckpoint } from "../model.ts";
import type { ProofService } from "../reading/proof-service.ts";
import { UNREACHABLE, type Witness } from "./witness-model.ts";
import type { WitnessStore } from "./witness-store.ts";

/** One POST of text; throws when nobody answers. */
export type PostText = (
  url: string,
  body: string,
) => Promise<{ readonly status: number; readonly body: string }>;

export interface AskerDeps {
  readonly store: WitnessStore;
  readonly logs: LogStore;
  readonly proofs: ProofService;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly post: PostText;
}

/** How often witnesses are asked; also when nothing was logged, so that their silence is noticed. */
const EVERY_MS = 60_000;

/** Longest that an export waits for cosignatures. */
const BRIEF_MS = 3_000;

type Reply = { readonly line: string } | { readonly refusal: string };

/** Sends every minute the newest checkpoint to those who cosign it, with the proof that it continues what they saw. */
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

  /** Refuses `ledger.malformed`, `ledger.witness_exists`. */
  async add(url: string, verifierKey: string): Promise<Uuid> {
    const { store, clock, random } = this.#deps;
    const key = parseVerifierKey(verifierKey);
    if (key.type !== KEY_TYPES.cosignature) throw new AppError("ledger.malformed", { part: "verifier_key" });
    const id = newUuid(clock, random);
    if (!(await store.add({ id, name: key.name, verifierKey, url, addedMs: clock.nowMs() })))
      throw new AppError("ledger.witness_exists", { name: key.name });
    return id;
  }

  async remove(id: Uuid): Promise<void> {
    if (!(await this.#deps.store.remove(id, this.#deps.clock.nowMs())))
      throw new AppError("ledger.witness_not_found");
  }

  /** Asks everybody once about the newest checkpoint. */
  ask(): Promise<void> {
    this.#round = this.#round.then(() => this.#askAll());
    return this.#round;
  }

  /** The same for somebody who waits: whoever has not answered soon does so without him. */
  async askBriefly(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(BRIEF_MS, () => late.resolve());
    await Promise.race([this.ask(), late.promise]);
    timer.cancel();
  }

  #plan(): void {
    this.#timer = this.#deps.clock.after(EVERY_MS, () => {
      void this.ask().finally(() => {
        if (!this.#isStopped) this.#plan();
      });
    });
  }

  async #askAll(): Promise<void> {
    const { logs, store, log } = this.#deps;
    try {
      const current = await logs.current();
      const newest = current && (await logs.lastCheckpoint(current.id));
      if (current === undefined || newest === undefined) return;
      const witnesses = await store.list(current.id);
      await Promise.all(witnesses.map((witness) => this.#askOne(witness, current, newest)));
    } catch (error) {
      log.warn({ err: error }, "ledger.witnesses_not_asked");
    }
  }

  async #askOne(witness: Witness, current: Log, newest: StoredCheckpoint): Promise<void> {
    const { store, clock, log } = this.#deps;
    const reply = await this.#replyOf(witness, current, newest);
    const nowMs = clock.nowMs();
    if ("line" in reply) {
      const place = { logId: current.id, size: newest.size, witnessId: witness.id, atMs: nowMs };
      await store.saveCosignature({ ...place, line: reply.line });
      return;
    }
    if (witness.refusal !== reply.refusal)
      log.warn({ witness: witness.name, reason: reply.refusal }, "ledger.witness_refused");
    await store.saveRefusal(witness.id, reply.refusal, nowMs);
  }

  async #replyOf(witness: Witness, current: Log, newest: StoredCheckpoint): Promise<Reply> {
    try {
      const first = await this.#send(witness, current, newest, witness.last?.size ?? 0);
      if (first.status !== 409) return replyOf(first, newest, parseVerifierKey(witness.verifierKey));
      // It saw another size last: before a removal, or one whose answer was lost.
      const kept = /^\d{1,15}\n?$/.test(first.body) ? Number(first.body) : Number.NaN;
      if (!(kept <= newest.size)) return { refusal: "size_shrank" };
      const second = await this.#send(witness, current, newest, kept);
      return replyOf(second, newest, parseVerifierKey(witness.verifierKey));
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { refusal: error.code === "ledger.malformed" ? "malformed_answer" : UNREACHABLE };
    }
  }

  async #send(witness: Witness, current: Log, newest: StoredCheckpoint, oldSize: number) {
    const proof = await this.#deps.proofs.consistency(current, oldSize, newest.size);
    const body = encodeAddCheckpoint({ oldSize, proof, note: parseNote(newest.note) });
    return this.#deps.post(`${witness.url.replace(/\/$/, "")}/add-checkpoint`, body);
  }
}

/** Statuses of C2SP tlog-witness as words. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "old_size_beyond",
  403: "bad_signature",
  404: "unknown_log",
  409: "size_shrank",
  422: "proof_wrong",
};

function replyOf(
  { status, body }: { readonly status: number; readonly body: string },
  newest: StoredCheckpoint,
  key: VerifierKey,
): Reply {
  if (status !== 200) return { refusal: REFUSALS[status] ?? UNREACHABLE };
  const { text } = parseNote(newest.note);
  for (const signature of parseSignatureLines(body))
    if (findCosignature({ text, signatures: [signature] }, key).state === "valid")
      return { line: encodeSignatureLine(signature) };
  return { refusal: "cosignature_wrong" };
}
