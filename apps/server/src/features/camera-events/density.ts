import type { Logger, UnixMs, Uuid } from "@gatehouse/base";
import { BUCKET_MS, BUCKETS_PER_HOUR, HOUR_MS, hourOf } from "./model.ts";
import { findHour, hoursIn, type MotionHour, peaksIn, saveHours } from "./motion-store.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** Hours that could not be written are kept this many at most: a day of sixty cameras. */
const MAX_WAITING = 1_440;

/** Of each camera a bucket each: strength of motion 0…9, -1 where nobody looked. */
export type Strengths = ReadonlyMap<Uuid, Int8Array>;

/** How strongly things moved, in ten-second steps: in memory for the current hour, written every half minute. */
export class MotionDensity {
  readonly #db: CameraEventDatabase;
  readonly #log: Logger;
  /** The newest hour of each camera. */
  readonly #current = new Map<Uuid, MotionHour>();
  /** Changed since they were written, with those of former hours. */
  #changed = new Set<MotionHour>();
  /** Begun by this process, and not yet joined with what an earlier one wrote. */
  readonly #fresh = new WeakSet<MotionHour>();
  #writing: Promise<void> = Promise.resolve();

  constructor(db: CameraEventDatabase, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** @param strength 0…9 */
  note(tenantId: Uuid, cameraId: Uuid, atMs: UnixMs, strength: number): void {
    const hourMs = hourOf(atMs);
    let hour = this.#current.get(cameraId);
    if (hour?.hourMs !== hourMs) {
      hour = { tenantId, cameraId, hourMs, strengths: new Uint8Array(BUCKETS_PER_HOUR) };
      this.#current.set(cameraId, hour);
      this.#fresh.add(hour);
    }
    const bucket = Math.floor((atMs - hourMs) / BUCKET_MS);
    if ((hour.strengths[bucket] as number) > strength) return;
    hour.strengths[bucket] = strength + 1;
    this.#changed.add(hour);
  }

  forget(cameraId: Uuid): void {
    this.#current.delete(cameraId);
  }

  /** Resolves when also what an earlier call writes is written. What cannot be written now is tried again with the next. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const hours = [...this.#changed];
    if (hours.length === 0) return;
    this.#changed = new Set();
    try {
      for (const hour of hours) await this.#join(hour);
      await saveHours(this.#db, hours);
    } catch (error) {
      this.#log.warn({ err: error, hours: hours.length }, "camera_events.density_not_written");
      this.#changed = new Set([...hours, ...this.#changed].slice(-MAX_WAITING));
    }
  }

  /** `buckets` equal parts of the span. Parts shorter than ten seconds repeat what their ten seconds had. */
  async strengths(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    buckets: number,
  ): Promise<Strengths> {
    const wanted = { fromHourMs: hourOf(span.fromMs), toMs: span.toMs };
    const found = new Map(cameraIds.map((id) => [id, new Int8Array(buckets).fill(-1)]));
    const raise = raiser(span, buckets);
    const raiseHour = ({ cameraId, hourMs, strengths }: MotionHour): void => {
      const lane = found.get(cameraId);
      for (let i = 0; lane !== undefined && i < BUCKETS_PER_HOUR; i++)
        raise(lane, hourMs + i * BUCKET_MS, BUCKET_MS, (strengths[i] as number) - 1);
    };
    if ((span.toMs - span.fromMs) / buckets < HOUR_MS) {
      for (const hour of await hoursIn(this.#db, tenantId, cameraIds, wanted)) raiseHour(hour);
    } else {
      for (const { cameraId, hourMs, peak } of await peaksIn(this.#db, tenantId, cameraIds, wanted))
        raise(found.get(cameraId) as Int8Array, hourMs, HOUR_MS, peak - 1);
    }
    for (const hour of new Set([...this.#current.values(), ...this.#changed]))
      if (hour.tenantId === tenantId) raiseHour(hour);
    return found;
  }

  async #join(hour: MotionHour): Promise<void> {
    if (!this.#fresh.has(hour)) return;
    const written = await findHour(this.#db, hour.cameraId, hour.hourMs);
    written?.forEach((strength, i) => {
      hour.strengths[i] = Math.max(hour.strengths[i] as number, strength);
    });
    this.#fresh.delete(hour);
  }
}

/** Raises every part of the span that a piece of time touches to at least its strength. */
function raiser({ fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs }, buckets: number) {
  const partMs = (toMs - fromMs) / buckets;
  return (lane: Int8Array, atMs: UnixMs, lengthMs: number, strength: number): void => {
    if (strength < 0 || atMs >= toMs || atMs + lengthMs <= fromMs) return;
    const first = Math.max(0, Math.floor((atMs - fromMs) / partMs));
    const last = Math.min(buckets - 1, Math.ceil((atMs + lengthMs - fromMs) / partMs) - 1);
    for (let part = first; part <= last; part++) lane[part] = Math.max(lane[part] as number, strength);
  };
}
