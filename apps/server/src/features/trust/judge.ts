import type { Clock, ErrorCode, Logger, Timer, Uuid } from "@gatehouse/base";
import type { Bus, Reading } from "@gatehouse/contract";
import type { Subject } from "./model.ts";
import type { QuarantineService } from "./quarantine-service.ts";
import type { Subjects } from "./subjects.ts";
import { changeSuspicions, type SuspicionChange } from "./suspicion-store.ts";
import type { TrustDatabase } from "./tables.ts";
import type { TrustStore } from "./trust-store.ts";

/** A device that sends faster is judged by its newest reading of each period. */
const DRAIN_EVERY_MS = 250;
const READINGS_AT_ONCE = 1_000;
const SLOTS_EVERY_MS = 30_000;
/** Readings arrive within this, or are not part of their slot. */
const GRACE_MS = 120_000;
const COUNTS_EVERY_MS = 60_000;
/** The event loop is given back after so long. */
const BUSY_MS = 8;
/** A refusal that says something of its device: what it weighs, at most once a minute. */
const REFUSAL_WEIGHT_RATIO = 0.05;
const REFUSAL_EVERY_MS = 60_000;
/** Said by the device itself, and wrong: what it means, what it measures, by which keys and when. */
const TELLING: ReadonlySet<string> = new Set<ErrorCode>([
  "message.out_of_range",
  "message.not_finite",
  "message.schema",
  "meter.contradiction",
  "envelope.suite",
  "envelope.time",
  "envelope.cloned",
]);

export interface JudgeDeps {
  readonly db: TrustDatabase;
  readonly subjects: Subjects;
  readonly store: TrustStore;
  readonly quarantine: QuarantineService;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
}

/** Judges after the commit, off the way of readings: what waits is one reading a device, however fast it sends. */
export class Judge {
  readonly #deps: JudgeDeps;
  #waiting = new Map<Uuid, Reading>();
  readonly #reported = new Map<string, number>();
  #timers: Timer[] = [];
  #unsubscribe: (() => void)[] = [];
  #ending: Promise<void> = Promise.resolve();

  constructor(deps: JudgeDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { bus, clock } = this.#deps;
    this.#unsubscribe = [
      bus.subscribe("readings.stored", ({ readings }) => this.#take(readings)),
      // A quarantined device is judged on, or it could never be seen to have come right.
      bus.subscribe("readings.held", ({ readings }) =>
        this.#take(
          readings.filter(({ deviceId }) => this.#deps.subjects.find(deviceId)?.quarantine !== undefined),
        ),
      ),
      bus.subscribe("message.refused", ({ deviceId, code, unproven = false }) => {
        // Nobody brings another device into disrepute by writing its name.
        if (deviceId !== undefined && !unproven && TELLING.has(code)) this.#refused(deviceId, code);
      }),
    ];
    this.#timers = [
      clock.every(DRAIN_EVERY_MS, () => this.drain()),
      clock.every(SLOTS_EVERY_MS, () => {
        this.#ending = this.#ending.then(() => this.endSlots());
      }),
      clock.every(COUNTS_EVERY_MS, () => void this.saveCounts()),
    ];
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const timer of this.#timers) timer.cancel();
    await this.#ending;
    this.drain();
    await this.saveCounts();
  }

  /** Takes over what waits, a bounded number at once; the rest waits on. */
  drain(): void {
    let room = READINGS_AT_ONCE;
    for (const [deviceId, { tsMs, numbers }] of this.#waiting) {
      if (room-- === 0) break;
      this.#waiting.delete(deviceId);
      const subject = this.#deps.subjects.find(deviceId);
      if (subject?.isJudged) subject.judged.take(tsMs, numbers, this.#deps.subjects.watch.tuning);
    }
  }

  /** Looks at every slot that is over, writes scores that changed, and acts on those that are too low. */
  async endSlots(): Promise<void> {
    const { subjects, clock, log } = this.#deps;
    let didSomething = false;
    let sinceMs = clock.monotonicMs();
    for (const _group of subjects.watch.endSlots(clock.nowMs() - GRACE_MS)) {
      didSomething = true;
      if (clock.monotonicMs() - sinceMs < BUSY_MS) continue;
      await new Promise<void>((resolve) => clock.after(0, resolve));
      sinceMs = clock.monotonicMs();
    }
    if (!didSomething) return;
    try {
      await this.review();
    } catch (error) {
      log.warn({ err: error }, "trust.review_failed");
    }
  }

  /** What the evidence has become since: scores into the history, and what follows from them. */
  async review(): Promise<void> {
    const { db, subjects, store, clock, quarantine } = this.#deps;
    const changed: { deviceId: Uuid; score: number; codes: string[] }[] = [];
    const low: Subject[] = [];
    const suspicions: SuspicionChange[] = [];
    for (const subject of subjects.all()) {
      const { tuning } = subjects.watch;
      const { score, findings } = subject.judged.trust(tuning);
      const codes = [...new Set(findings.map(({ code }) => code))];
      const suspect = subject.judged.isFrozen(tuning);
      // Habits of before the start are still being read: until then nobody knows.
      if (suspect !== subject.suspect && subject.isRestored)
        suspicions.push({ deviceId: subject.deviceId, suspect, codes });
      if (score !== subject.score)
        changed.push({
          deviceId: subject.deviceId,
          score,
          codes,
        });
      subject.score = score;
      if (score <= tuning.quarantineScore || subject.suggestedMs !== undefined) low.push(subject);
    }
    const at = new Date(clock.nowMs());
    if (changed.length > 0) await store.addScores(changed, at);
    if (suspicions.length > 0) await changeSuspicions(db, suspicions, at);
    for (const { deviceId, suspect } of suspicions) {
      const subject = subjects.find(deviceId);
      if (subject !== undefined) subject.suspect = suspect;
    }
    for (const subject of low) await quarantine.consider(subject);
  }

  async saveCounts(): Promise<void> {
    const { subjects, store, clock, log } = this.#deps;
    const counted = [...subjects.all()].filter(
      ({ verdicts: { ok, suspect, implausible } }) => ok + suspect + implausible > 0,
    );
    if (counted.length === 0) return;
    const counts = counted.map(({ deviceId, verdicts }) => ({ deviceId, verdicts: { ...verdicts } }));
    for (const { verdicts } of counted) Object.assign(verdicts, { ok: 0, suspect: 0, implausible: 0 });
    try {
      await store.addVerdicts(counts, new Date(clock.nowMs()));
    } catch (error) {
      log.warn({ err: error }, "trust.counts_not_saved");
      for (const { deviceId, verdicts } of counts) {
        const now = subjects.find(deviceId)?.verdicts;
        if (now === undefined) continue;
        now.ok += verdicts.ok;
        now.suspect += verdicts.suspect;
        now.implausible += verdicts.implausible;
      }
    }
  }

  #take(readings: readonly Reading[]): void {
    for (const reading of readings) {
      if (reading.numbers.length === 0) continue;
      const waiting = this.#waiting.get(reading.deviceId);
      if (waiting === undefined || waiting.tsMs <= reading.tsMs) this.#waiting.set(reading.deviceId, reading);
    }
  }

  #refused(deviceId: Uuid, code: string): void {
    const nowMs = this.#deps.clock.nowMs();
    const key = `${deviceId}:${code}`;
    if (nowMs - (this.#reported.get(key) ?? 0) < REFUSAL_EVERY_MS) return;
    if (this.#reported.size > MAX_REPORTED) this.#reported.clear();
    this.#reported.set(key, nowMs);
    this.#deps.subjects.find(deviceId)?.judged.report(code, REFUSAL_WEIGHT_RATIO, nowMs);
  }
}

const MAX_REPORTED = 10_000;
