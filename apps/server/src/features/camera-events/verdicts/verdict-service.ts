import { AppError, type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import { type BodyOf, type Bus, cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { CameraEventDatabase } from "../tables.ts";
import type { Events, Pins } from "./ports.ts";
import { addVerdict, type KeptVerdict, listVerdicts } from "./verdict-store.ts";

export interface VerdictDeps {
  readonly db: CameraEventDatabase;
  readonly audit: AuditTrail;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Events;
  readonly pins: Pins;
}

/** Whoever decides, as a route knows them. */
export type Judge = Pick<PersonPrincipal, "tenantId" | "personId" | "name" | "program">;

/** What people decide about events. Nothing is overwritten: whoever thinks otherwise decides anew. */
export class VerdictService {
  readonly #deps: VerdictDeps;

  constructor(deps: VerdictDeps) {
    this.#deps = deps;
  }

  /** An intrusion is kept however old it becomes, until somebody decides otherwise. */
  async give(
    who: Judge,
    eventId: Uuid,
    { verdict, note }: BodyOf<typeof cameras.giveVerdict>,
  ): Promise<cameras.GivenVerdict> {
    const { audit, bus, clock, db, events, pins, random } = this.#deps;
    const { tenantId, personId, program } = who;
    const event = await events.find(eventId);
    if (event?.tenantId !== tenantId) throw new AppError("camera_event.not_found");
    const given: KeptVerdict = {
      ...{ id: newUuid(clock, random), tenantId, eventId, verdict, note: note.trim(), personId },
      personName: program?.name ?? who.name,
      atMs: clock.nowMs(),
    };
    const atMs = await db.transaction().execute(async (tx) => {
      const kept = await addVerdict(tx, given);
      if (kept === undefined) throw new AppError("camera_event.not_found");
      await pins.hold(tx, { tenantId, eventId }, verdict === "intrusion");
      await audit.record(tx, {
        kind: "clip.verdict",
        tenantId,
        subject: { kind: "camera_event", id: eventId },
        data: { camera: event.cameraId, verdict, before: kept.before },
        personal: { note: given.note },
      });
      return kept.atMs;
    });
    bus.publish("camera.verdict", { tenantId, cameraId: event.cameraId, eventId });
    return shown({ ...given, atMs }, who);
  }

  async list(who: Judge, eventId: Uuid): Promise<{ items: cameras.GivenVerdict[] }> {
    const { maxListed } = cameras.VERDICT_LIMITS;
    const found = await listVerdicts(this.#deps.db, { tenantId: who.tenantId, eventId }, maxListed);
    return { items: found.map((given) => shown(given, who)) };
  }
}

const shown = ({ id, verdict, note, personId, personName, atMs }: KeptVerdict, who: Judge) => ({
  ...{ id, verdict, note, atMs },
  byName: personName,
  isYours: personId === who.personId && who.program === undefined,
});
