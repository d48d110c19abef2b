import { AppError, type Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import type { Cameras } from "../ports.ts";
import type { EventFilter } from "./event-filter-store.ts";
import type { NamedCamera, SearchPorts } from "./ports.ts";
import { zonedCameras } from "./zoned-cameras.ts";

/** Who looks for events: cases are not for everybody who may see recordings. */
export interface Searcher {
  readonly scope: access.Scope;
  readonly maySeeCases: boolean;
}

/** A question of people as what the database is asked: within their reach alone. */
export async function wanted(
  { cameras: known, search }: { readonly cameras: Cameras; readonly search: SearchPorts },
  { scope, maySeeCases }: Searcher,
  query: cameras.EventQuery,
): Promise<EventFilter> {
  if (query.case !== undefined && !maySeeCases)
    throw new AppError("auth.forbidden", { permission: "case.read" });
  return {
    cameraIds: camerasOf(known, scope, query),
    kinds: listOf(query.kinds),
    classes: listOf(query.classes),
    minPeople: numberOf(query.minPeople),
    zone: query.zone || undefined,
    verdict: query.verdict,
    ids: query.case === undefined ? undefined : await search.cases.eventIdsOf(scope.tenantId, query.case),
    words:
      query.q === undefined || query.q.trim() === ""
        ? undefined
        : wordsOf(search.named(scope, undefined), query.q.trim()),
    week: await weekOf(search, scope, query),
    fromMs: numberOf(query.fromMs),
    toMs: numberOf(query.toMs),
  };
}

export function camerasOf(
  known: Cameras,
  scope: access.Scope,
  { camera, site }: cameras.EventQuery,
): "all" | readonly Uuid[] {
  const within = known.within(scope, site);
  if (camera === undefined) return within;
  return within === "all" || within.includes(camera) ? [camera] : [];
}

function wordsOf(known: readonly NamedCamera[], text: string): NonNullable<EventFilter["words"]> {
  const low = text.toLowerCase();
  const named = known.filter(({ title, name }) => `${title}\n${name}`.toLowerCase().includes(low));
  return { text, cameraIds: named.map(({ id }) => id) };
}

async function weekOf(
  search: SearchPorts,
  scope: access.Scope,
  { weekday, hour, site, timeZone }: cameras.EventQuery,
): Promise<EventFilter["week"]> {
  if (weekday === undefined && hour === undefined) return undefined;
  const when = { weekday: numberOf(weekday), hour: numberOf(hour) };
  if (timeZone === undefined) {
    const byZone = Map.groupBy(await zonedCameras(search, scope, site), (camera) => camera.timeZone);
    const zones = [...byZone].map(([name, there]) => ({ name, cameraIds: there.map(({ id }) => id) }));
    return { ...when, zones };
  }
  return { ...when, zones: [{ name: zoneNamed(timeZone) }] };
}

/** Under the name that every list of zones has; the database knows no others. */
function zoneNamed(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new AppError("request.invalid", { detail: "timeZone" }, { cause });
  }
}

const listOf = (text: string | undefined): readonly string[] | undefined =>
  text === undefined || text === "" ? undefined : text.split(",");

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
