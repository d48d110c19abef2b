import { AppError, type Clock, type Logger, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { lab } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { LabProgram, RunningLab } from "./lab-program.ts";
import { parseEvent, RunRecord } from "./model.ts";
import type { LabStore } from "./store.ts";

export interface LabServiceDeps {
  readonly store: LabStore;
  readonly program: Pick<LabProgram, "attacks" | "run">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
}

type Actor = { readonly tenantId: Uuid; readonly name: string };

interface Current {
  readonly tenantId: Uuid;
  readonly record: RunRecord;
  readonly lab: RunningLab;
  readonly finished: Promise<void>;
  cancelled: boolean;
}

/** Runs of the attack lab: one at a time on this machine, kept with what both sides said. */
export class LabService {
  readonly #deps: LabServiceDeps;
  #current: Current | undefined;
  #starting = false;

  constructor(deps: LabServiceDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.#deps.store.breakRunning(this.#deps.clock.nowMs());
  }

  async stop(): Promise<void> {
    this.#current?.lab.stop();
    await this.#current?.finished;
  }

  attacks(): Promise<readonly lab.LabAttack[]> {
    return this.#deps.program.attacks();
  }

  async list(tenantId: Uuid): Promise<lab.LabRun[]> {
    const current = this.#currentOf(tenantId)?.record.run;
    const runs = await this.#deps.store.list(tenantId);
    return runs.map((run) => (run.id === current?.id ? current : run));
  }

  async get(
    tenantId: Uuid,
    id: Uuid,
  ): Promise<{ run: lab.LabRun; position?: lab.LabPosition; lines: lab.LabLine[] }> {
    const current = this.#currentOf(tenantId)?.record;
    const found = current?.run.id === id ? current : await this.#deps.store.find(tenantId, id);
    if (found === undefined) throw new AppError("lab.run_not_found");
    const position = found === current ? current.position : undefined;
    return {
      run: found.run,
      ...(position === undefined ? {} : { position }),
      lines: [...found.lines],
    };
  }

  /** Throws `lab.running` while another run is under way, whoever began it. */
  async run({ tenantId, name }: Actor, wanted: readonly string[] | undefined): Promise<lab.LabRun> {
    if (this.#current !== undefined || this.#starting) throw new AppError("lab.running");
    this.#starting = true;
    try {
      const known = (await this.attacks()).map((attack) => attack.name);
      const unknown = wanted?.find((attack) => !known.includes(attack));
      if (unknown !== undefined) throw new AppError("lab.attack_not_found", { attack: unknown });
      return await this.#begin(
        { tenantId, name },
        known.filter((attack) => wanted?.includes(attack) ?? true),
      );
    } finally {
      this.#starting = false;
    }
  }

  async cancel(tenantId: Uuid, id: Uuid): Promise<void> {
    const { store, audit } = this.#deps;
    const current = this.#currentOf(tenantId);
    if (current?.record.run.id !== id) throw new AppError("lab.run_not_found");
    await store.transaction((tx) => audit.record(tx, actOf(tenantId, id, { cancelled: true })));
    current.cancelled = true;
    current.lab.stop();
  }

  #currentOf(tenantId: Uuid): Current | undefined {
    return this.#current?.tenantId === tenantId ? this.#current : undefined;
  }

  async #begin({ tenantId, name }: Actor, attacks: readonly string[]): Promise<lab.LabRun> {
    const { store, program, clock, random, log, audit } = this.#deps;
    const record = new RunRecord({
      id: newUuid(clock, random),
      byName: name,
      startedMs: clock.nowMs(),
      state: "running",
      entries: attacks.map((attack) => ({ attack })),
    });
    await store.insert(tenantId, record.run, (tx) =>
      audit.record(tx, actOf(tenantId, record.run.id, { attacks: attacks.length })),
    );
    log.info({ runId: record.run.id, attacks: attacks.length }, "lab.started");
    const running = program.run(attacks, (text) => {
      const event = parseEvent(text);
      if (event !== undefined) record.take(event);
    });
    const finished = running.ended
      .then((failure) => this.#finish(record, failure))
      .catch((error: unknown) => log.error({ err: error }, "lab.not_recorded"))
      .finally(() => {
        this.#current = undefined;
      });
    this.#current = { tenantId, record, lab: running, finished, cancelled: false };
    return record.run;
  }

  async #finish(record: RunRecord, failure: string | undefined): Promise<void> {
    const { store, clock, log } = this.#deps;
    const isCancelled = this.#current?.cancelled === true;
    const state = isCancelled ? "cancelled" : failure === undefined ? "done" : "broken";
    if (state === "broken") record.say("lab", failure ?? "", clock.nowMs());
    record.end(state, clock.nowMs());
    log.info({ runId: record.run.id, state: record.run.state }, "lab.ended");
    await store.finish(record.run, record.lines);
  }
}

const actOf = (tenantId: Uuid, id: Uuid, data: Record<string, unknown>): AuditEvent => ({
  kind: "lab.run",
  tenantId,
  subject: { kind: "lab_run", id },
  data,
});
