import { AppError, type Clock, type Logger, type UnixMs, type Uuid } from "@gatehouse/base";
import type { Reading, trust } from "@gatehouse/contract";
import type { SavedDevice } from "@gatehouse/plausibility";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { onClient } from "../../platform/database/index.ts";
import { deleteHeld, HeldStore } from "./held-store.ts";
import { type Actor, DAY_MS, type Subject } from "./model.ts";
import type { History, TrustDevices } from "./ports.ts";
import type { Subjects } from "./subjects.ts";
import { openSuspicions, suspicionsOf } from "./suspicion-store.ts";
import type { TrustDatabase } from "./tables.ts";
import type { TrustStore } from "./trust-store.ts";

export interface TrustServiceDeps {
  readonly db: TrustDatabase;
  readonly subjects: Subjects;
  readonly store: TrustStore;
  readonly devices: TrustDevices;
  readonly history: History;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A device that a person should look at. */
export interface TrustNeed {
  readonly kind: "device_quarantined" | "quarantine_suggested";
  readonly deviceId: Uuid;
  readonly name: string;
  readonly atMs: UnixMs;
}

const VERDICTS_OF_DAYS = 30;
const HISTORY_POINTS = 1_000;
const SUSPICIONS = 200;
const MOVED_AT_ONCE = 2_000;
/** Of one request; what is left is there for the next. */
const MOVED_BY_REQUEST = 100_000;
const STATES_AT_ONCE = 20;

/** What is asked about trust, what becomes of readings kept apart, and the memory of habits. */
export class TrustService {
  readonly #deps: TrustServiceDeps;
  #stopping = false;

  constructor(deps: TrustServiceDeps) {
    this.#deps = deps;
  }

  async get(tenantId: Uuid, deviceId: Uuid): Promise<trust.DeviceTrust> {
    const { subjects, store, clock, db } = this.#deps;
    const subject = subjects.get(tenantId, deviceId);
    const { quarantine, suggestedMs, judged, verdicts } = subject;
    const { score, findings, learned } = judged.trust(subjects.watch.tuning);
    const [stored, counts, history, suspicions] = await Promise.all([
      store.verdicts(deviceId, new Date(clock.nowMs() - VERDICTS_OF_DAYS * DAY_MS)),
      new HeldStore(db, tenantId).count(deviceId),
      store.scores(deviceId, HISTORY_POINTS),
      suspicionsOf(db, deviceId, SUSPICIONS),
    ]);
    return {
      score,
      learned,
      findings: [...findings],
      verdicts: {
        ok: stored.ok + verdicts.ok,
        suspect: stored.suspect + verdicts.suspect,
        implausible: stored.implausible + verdicts.implausible,
      },
      ...counts,
      history,
      suspicions,
      ...(quarantine === undefined ? {} : { quarantine }),
      ...(suggestedMs === undefined ? {} : { suggestedMs }),
    };
  }

  async listHeld(
    tenantId: Uuid,
    deviceId: Uuid,
    page: {
      readonly state: "held" | "discarded";
      readonly beforeId?: number | undefined;
      readonly limit: number;
    },
  ): Promise<{ items: trust.HeldReading[]; next?: string }> {
    this.#deps.subjects.get(tenantId, deviceId);
    const items = await new HeldStore(this.#deps.db, tenantId).list(deviceId, page);
    const last = items.at(-1);
    return { items, ...(items.length < page.limit || last === undefined ? {} : { next: last.id }) };
  }

  /** Batch by batch, each moved whole: what is history is not held any more, and the other way round. */
  async releaseHeld(
    actor: Actor,
    deviceId: Uuid,
    ids: readonly number[] | undefined,
  ): Promise<{ moved: number; refused: number }> {
    const { subjects, db } = this.#deps;
    const subject = subjects.get(actor.tenantId, deviceId);
    const held = new HeldStore(db, actor.tenantId);
    const newestId = await held.newestId(deviceId);
    let [moved, refused, afterId] = [0, 0, 0];
    while (afterId < newestId && moved + refused < MOVED_BY_REQUEST) {
      const rows = await held.take(deviceId, { ids, afterId, limit: MOVED_AT_ONCE });
      const last = rows.at(-1);
      if (last === undefined) break;
      const count = await this.#move(subject, rows);
      moved += count;
      refused += rows.length - count;
      afterId = last.id;
    }
    if (moved + refused === 0)
      await db
        .transaction()
        .execute((tx) => this.#recordDecision(tx, subject, { decision: "released", count: 0 }));
    if (moved > 0)
      this.#note(subject, "held_released", "Readings moved into history", { by: actor.name, count: moved });
    return { moved, refused };
  }

  async discardHeld(
    actor: Actor,
    deviceId: Uuid,
    ids: readonly number[] | undefined,
  ): Promise<{ discarded: number }> {
    const { subjects, db, clock } = this.#deps;
    const subject = subjects.get(actor.tenantId, deviceId);
    const at = new Date(clock.nowMs());
    const discarded = await db.transaction().execute(async (tx) => {
      const count = await new HeldStore(tx, actor.tenantId).discard(deviceId, ids, actor.name, at);
      await this.#recordDecision(tx, subject, { decision: "discarded", count });
      return count;
    });
    if (discarded > 0)
      this.#note(subject, "held_discarded", "Readings kept out of history", {
        by: actor.name,
        count: discarded,
      });
    return { discarded };
  }

  /** Quarantines at once; habits afterwards, a few devices at a time, while devices already send. */
  async load(): Promise<void> {
    const { db, subjects, devices, store } = this.#deps;
    for (const known of await devices.list()) subjects.put(known);
    for (const { deviceId, quarantine, suggestedMs } of await store.all()) {
      const subject = subjects.find(deviceId);
      if (subject === undefined) continue;
      Object.assign(subject, { quarantine, suggestedMs, isRestored: false });
      subject.judged.quarantined = quarantine !== undefined;
    }
    for (const deviceId of await openSuspicions(db)) {
      const subject = subjects.find(deviceId);
      if (subject !== undefined) subject.suspect = true;
    }
  }

  async restoreHabits(): Promise<void> {
    const { store, log } = this.#deps;
    let afterId: Uuid = "00000000-0000-0000-0000-000000000000";
    try {
      while (!this.#stopping) {
        const states = await store.states(afterId, STATES_AT_ONCE);
        for (const { deviceId, state } of states) this.#restore(deviceId, state);
        const last = states.at(-1);
        if (last === undefined) return;
        afterId = last.deviceId;
      }
    } catch (error) {
      log.warn({ err: error }, "trust.habits_not_restored");
    }
  }

  /** Habits of every device whose earlier ones are known. */
  async saveHabits(signal: AbortSignal): Promise<void> {
    const { subjects, store } = this.#deps;
    const all = [...subjects.all()].filter(({ isRestored, isJudged }) => isRestored && isJudged);
    for (let at = 0; at < all.length && !signal.aborted; at += STATES_AT_ONCE)
      await store.saveStates(
        all.slice(at, at + STATES_AT_ONCE).map(({ tenantId, deviceId, judged }) => {
          return { tenantId, deviceId, state: JSON.stringify(judged.save()) };
        }),
      );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.saveHabits(AbortSignal.timeout(SAVE_WITHIN_MS));
  }

  /** Whether a device is believed, for lists. */
  badge(deviceId: Uuid): trust.TrustBadge | undefined {
    const subject = this.#deps.subjects.find(deviceId);
    if (subject === undefined) return undefined;
    return { score: subject.score, quarantined: subject.quarantine !== undefined };
  }

  /** Devices that a person should look at. */
  needs(tenantId: Uuid): TrustNeed[] {
    return this.#deps.subjects
      .ofTenant(tenantId)
      .flatMap(({ deviceId, name, quarantine, suggestedMs }): TrustNeed[] => {
        if (quarantine !== undefined)
          return [{ kind: "device_quarantined", deviceId, name, atMs: quarantine.atMs }];
        return suggestedMs === undefined
          ? []
          : [{ kind: "quarantine_suggested", deviceId, name, atMs: suggestedMs }];
      });
  }

  async #move(
    subject: Subject,
    rows: readonly { readonly id: number; readonly reading: Reading }[],
  ): Promise<number> {
    const idOf = new Map(rows.map(({ id, reading }) => [reading, id]));
    return this.#deps.history.moveIn([...idOf.keys()], async (client, kept) => {
      const ids = [...kept].map((reading) => idOf.get(reading) as number);
      // Somebody else has decided about one of them just now: nothing of this batch moves.
      if ((await deleteHeld(client, ids)) !== ids.length) throw new AppError("request.conflict");
      await this.#recordDecision(onClient(client), subject, { decision: "released", count: ids.length });
    });
  }

  #recordDecision(
    tx: TrustDatabase,
    { tenantId, deviceId }: Subject,
    data: { readonly decision: "released" | "discarded"; readonly count: number },
  ): Promise<void> {
    const subject = { kind: "device", id: deviceId };
    return this.#deps.audit.record(tx, { kind: "readings.decided", tenantId, subject, data });
  }

  #restore(deviceId: Uuid, state: string | null): void {
    const { subjects, log } = this.#deps;
    const subject = subjects.find(deviceId);
    if (subject === undefined) return;
    subject.isRestored = true;
    if (state === null) return;
    try {
      subject.judged.restore(JSON.parse(state) as SavedDevice);
      subject.score = subject.judged.trust(subjects.watch.tuning).score;
    } catch (error) {
      log.warn({ deviceId, err: error }, "trust.habits_unreadable");
    }
  }

  #note(
    { tenantId, deviceId }: Subject,
    code: "held_released" | "held_discarded",
    message: string,
    data: object,
  ): void {
    this.#deps.devices.note(tenantId, deviceId, { level: "info", code, message, data });
  }
}

const SAVE_WITHIN_MS = 3_000;
