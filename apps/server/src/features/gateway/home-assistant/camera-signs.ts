import type { Uuid } from "@gatehouse/base";
import type { BusMessages, cameras } from "@gatehouse/contract";
import type { HomeAssistantEntity, MetricSpec } from "@gatehouse/device-types";

/** What is looked for in a camera's pictures. */
export interface CameraWatch {
  readonly motion: boolean;
  readonly people: boolean;
}

/** Metrics of a device begin with a letter: none has one of these names. */
const MOTION = "_motion";
const PERSON = "_person";
const PEOPLE = "_people";

type Sign = readonly [metric: string, value: boolean | number];
type SignMetric = Pick<MetricSpec, "key" | "kind" | "unit" | "label">;

const sign = (
  key: string,
  kind: SignMetric["kind"],
  label: SignMetric["label"],
  entity: Omit<HomeAssistantEntity, "metric">,
): { readonly metric: SignMetric; readonly entity: HomeAssistantEntity } => ({
  metric: { key, kind, label, unit: "" },
  entity: { ...entity, metric: key },
});

const OF_MOTION = [
  sign(
    MOTION,
    "boolean",
    { en: "Motion", fr: "Mouvement" },
    { component: "binary_sensor", deviceClass: "motion" },
  ),
];
const OF_PEOPLE = [
  sign(
    PERSON,
    "boolean",
    { en: "Person", fr: "Personne" },
    { component: "binary_sensor", deviceClass: "occupancy" },
  ),
  sign(
    PEOPLE,
    "number",
    { en: "People", fr: "Personnes" },
    { component: "sensor", stateClass: "measurement" },
  ),
];

/** Entities of a camera beside what it measures itself. */
export const signsOf = (watch: CameraWatch | undefined) => [
  ...(watch?.motion ? OF_MOTION : []),
  ...(watch?.people ? OF_PEOPLE : []),
];

/** What goes on before cameras now, from what is told of their events. */
export class CameraSigns {
  readonly #goingOn = new Map<Uuid, Map<Uuid, cameras.CameraEventKind>>();
  /** Of the newest look that found something. */
  readonly #people = new Map<Uuid, number>();

  /** An event began or is over; one that is told of when it is over never went on here. */
  event({ cameraId, eventId, kind, endMs }: BusMessages["camera.event"]): void {
    const events = this.#goingOn.get(cameraId) ?? new Map<Uuid, cameras.CameraEventKind>();
    if (endMs === undefined) events.set(eventId, kind);
    else events.delete(eventId);
    if (events.size > 0) this.#goingOn.set(cameraId, events);
    else this.#goingOn.delete(cameraId);
  }

  found({ cameraId, boxes }: BusMessages["camera.found"]): void {
    this.#people.set(cameraId, boxes.filter(({ label }) => label === "person").length);
  }

  /** As it is now. Somebody is there from when that is sure until the visit is over. */
  of(cameraId: Uuid): readonly Sign[] {
    const kinds = [...(this.#goingOn.get(cameraId)?.values() ?? [])];
    const isSomebodyThere = kinds.includes("person");
    return [
      [MOTION, kinds.includes("motion") || kinds.includes("device")],
      [PERSON, isSomebodyThere],
      [PEOPLE, isSomebodyThere ? (this.#people.get(cameraId) ?? 0) : 0],
    ];
  }

  forget(cameraId: Uuid): void {
    this.#goingOn.delete(cameraId);
    this.#people.delete(cameraId);
  }
}
