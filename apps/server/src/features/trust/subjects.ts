import { AppError, type Uuid } from "@gatehouse/base";
import { type Device, PlausibilityWatch } from "@gatehouse/plausibility";
import { noVerdicts, type Subject } from "./model.ts";
import type { KnownDevice } from "./ports.ts";

/** About 20 kB each. Devices beyond it can be quarantined, but are not judged. */
const MAX_JUDGED = 20_000;

/** Every device in memory: how it is judged, and whether it is quarantined. */
export class Subjects {
  readonly watch = new PlausibilityWatch();
  readonly #byId = new Map<Uuid, Subject>();
  /** What each was described as, to tell a new name from a new place. */
  readonly #shapes = new Map<Uuid, string>();

  find(deviceId: Uuid): Subject | undefined {
    return this.#byId.get(deviceId);
  }

  /** Another tenant's is not found either. */
  get(tenantId: Uuid, deviceId: Uuid): Subject {
    const subject = this.#byId.get(deviceId);
    if (subject?.tenantId !== tenantId) throw new AppError("device.not_found");
    return subject;
  }

  all(): IterableIterator<Subject> {
    return this.#byId.values();
  }

  ofTenant(tenantId: Uuid): Subject[] {
    return [...this.#byId.values()].filter((subject) => subject.tenantId === tenantId);
  }

  /** Adds a device, or takes over a change; one with another place or other metrics is learned anew. */
  put(known: KnownDevice): Subject {
    const shape = JSON.stringify([known.groupId, known.metrics.map(({ key }) => key)]);
    const subject = this.#byId.get(known.deviceId);
    if (subject !== undefined && this.#shapes.get(known.deviceId) === shape) {
      subject.name = known.name;
      return subject;
    }
    this.#shapes.set(known.deviceId, shape);
    const isJudged = subject?.isJudged ?? this.#byId.size < MAX_JUDGED;
    const judged = this.watch.put(isJudged ? known : { ...known, metrics: [] });
    if (subject === undefined) return this.#add(known, judged, isJudged);
    judged.quarantined = subject.quarantine !== undefined;
    // Whether it is suspect is seen anew at the next review, which notes the end.
    Object.assign(subject, { name: known.name, judged });
    return subject;
  }

  remove(deviceId: Uuid): void {
    this.#byId.delete(deviceId);
    this.#shapes.delete(deviceId);
    this.watch.remove(deviceId);
  }

  #add({ tenantId, deviceId, name }: KnownDevice, judged: Device, isJudged: boolean): Subject {
    const subject: Subject = {
      tenantId,
      deviceId,
      name,
      judged,
      isJudged,
      quarantine: undefined,
      suggestedMs: undefined,
      verdicts: noVerdicts(),
      score: 100,
      suspect: false,
      isRestored: true,
    };
    this.#byId.set(deviceId, subject);
    return subject;
  }
}
