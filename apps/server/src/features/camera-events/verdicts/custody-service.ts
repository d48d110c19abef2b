import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { aroundOf, type KeptEvent } from "../model.ts";
import { aboutClip, CAMERA_KINDS, type Clip, detectionStep, stepsOf } from "./custody.ts";
import type { Events, Log, SeenCameras, Segments, Surroundings } from "./ports.ts";

const MAX_SEGMENTS = 200;
/** Entries about a camera that are looked through. */
const MAX_READ = 2_000;
const MAX_STEPS = 200;
const MINUTE_MS = 60_000;
const EVENTS_WITHIN_MS = 5 * MINUTE_MS;
const OTHERS_WITHIN_MS = 15 * MINUTE_MS;
const MAX_LINKED = 6;
const MAX_CAMERAS = 200;

export interface CustodyDeps {
  readonly clock: Clock;
  readonly events: Events;
  readonly cameras: SeenCameras;
  readonly segments: Segments;
  readonly log: Log;
  readonly around: Surroundings;
}

type Asker = Pick<PersonPrincipal, "tenantId" | "personId" | "name" | "permissions" | "program">;

/** What happened to a clip, and around it. */
export class CustodyService {
  readonly #deps: CustodyDeps;

  constructor(deps: CustodyDeps) {
    this.#deps = deps;
  }

  async custody(who: Asker, eventId: Uuid): Promise<{ items: cameras.CustodyStep[]; more: boolean }> {
    const { log } = this.#deps;
    const clip = await this.#clip(who.tenantId, eventId);
    const { cameraId } = clip.event;
    const [own, camera, alerts] = await Promise.all([
      this.#ownEntries(who, clip),
      log.entriesAbout(who, {
        subjectIds: [cameraId],
        kinds: CAMERA_KINDS,
        fromMs: clip.fromMs,
        limit: MAX_READ,
      }),
      this.#alertsOf(who, clip),
    ]);
    const reader = { id: who.program === undefined ? who.personId : "", name: who.name };
    const found = detectionStep(clip.event);
    const steps = [
      ...stepsOf([...own, ...aboutClip(camera, clip)], reader),
      ...(found === undefined ? [] : [found]),
      ...alerts.map((alert) => ({
        kind: "alerted",
        atMs: alert.raisedMs,
        by: { kind: "system", isYou: false },
        what: alert.ruleName,
      })),
    ].sort((a, b) => a.atMs - b.atMs);
    return { items: steps.slice(-MAX_STEPS), more: steps.length > MAX_STEPS || camera.length === MAX_READ };
  }

  async linked(who: Asker, scope: access.Scope, eventId: Uuid): Promise<cameras.LinkedThings> {
    const { around } = this.#deps;
    const { event } = await this.#clip(who.tenantId, eventId);
    const nearest = <T>(things: readonly T[], atMs: (thing: T) => number): T[] =>
      things
        .toSorted((a, b) => Math.abs(atMs(a) - event.startMs) - Math.abs(atMs(b) - event.startMs))
        .slice(0, MAX_LINKED);
    const place = this.#around(event);
    const [events, alerts, lines, cases] = await Promise.all([
      this.#eventsAround(scope, event),
      place === undefined ? [] : around.alerts(who, place),
      place === undefined ? [] : around.lines(who, place),
      around.cases(who, eventId),
    ]);
    return {
      events: nearest(events, ({ startMs }) => startMs),
      // What other cameras saw is listed as itself.
      alerts: nearest(
        alerts.filter(({ eventId: of }) => of === undefined || of === eventId),
        ({ raisedMs }) => raisedMs,
      ).map(({ eventId: of, ...alert }) => ({
        ...alert,
        isOfEvent: of === eventId,
      })),
      lines: nearest(lines, ({ atMs }) => atMs),
      cases: cases.slice(0, MAX_LINKED),
    };
  }

  /** What is about the event itself, its segments and the cases that it is in. */
  async #ownEntries(who: Asker, { event, fromMs, toMs }: Clip) {
    const { around, log, segments } = this.#deps;
    const span = { cameraId: event.cameraId, fromMs, toMs };
    const [segmentIds, cases] = await Promise.all([
      segments.segmentIdsIn(who.tenantId, span, MAX_SEGMENTS),
      around.cases(who, event.id),
    ]);
    const subjectIds = [event.id, ...segmentIds, ...cases.map(({ id }) => id)];
    return log.entriesAbout(who, { subjectIds, limit: MAX_READ });
  }

  async #alertsOf(who: Asker, { event }: Clip) {
    const place = this.#around(event);
    if (place === undefined) return [];
    const alerts = await this.#deps.around.alerts(who, place);
    return alerts.filter(({ eventId }) => eventId === event.id);
  }

  async #eventsAround(scope: access.Scope, event: KeptEvent): Promise<cameras.LinkedThings["events"]> {
    const { cameras: known, events } = this.#deps;
    const siteId = known.find(event.cameraId)?.siteId;
    if (siteId === undefined) return [];
    const within = known.within(scope, siteId);
    if (within === "all") return [];
    const others = within.filter((id) => id !== event.cameraId && known.find(id) !== undefined);
    const found = await events.eventsIn(
      scope.tenantId,
      others.slice(0, MAX_CAMERAS),
      event.startMs - EVENTS_WITHIN_MS,
      (event.endMs ?? event.seenMs) + EVENTS_WITHIN_MS,
      MAX_LINKED,
    );
    return found.map(({ id, cameraId, kind, startMs, verdict }) => ({
      ...{ id, cameraId, kind, startMs },
      cameraName: known.find(cameraId)?.name ?? "",
      cameraLabel: known.find(cameraId)?.label ?? "",
      ...(verdict === undefined ? {} : { verdict: verdict.verdict }),
    }));
  }

  #around(event: KeptEvent) {
    const siteId = this.#deps.cameras.find(event.cameraId)?.siteId;
    if (siteId === undefined) return undefined;
    const toMs = (event.endMs ?? event.seenMs) + OTHERS_WITHIN_MS;
    return { siteId, fromMs: event.startMs - OTHERS_WITHIN_MS, toMs, limit: 4 * MAX_LINKED };
  }

  async #clip(tenantId: Uuid, eventId: Uuid): Promise<Clip> {
    const { cameras: known, clock, events } = this.#deps;
    const event = await events.find(eventId);
    if (event?.tenantId !== tenantId) throw new AppError("camera_event.not_found");
    const { beforeMs, afterMs } = aroundOf(known.settingsOf(event.cameraId));
    return {
      event,
      fromMs: event.startMs - beforeMs,
      toMs: (event.endMs ?? clock.nowMs()) + afterMs,
    };
  }
}
