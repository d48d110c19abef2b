import { AppError, type Clock, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import { BUCKET_MS, hourOf } from "../model.ts";
import { firstHours, hoursIn, type MotionHour } from "../motion-store.ts";
import type { Cameras } from "../ports.ts";
import type { CameraEventDatabase } from "../tables.ts";
import { countDay, type DayCount, type LocalDay, localDays } from "./day-store.ts";
import type { KnownSite, NamedCamera, SearchPorts } from "./ports.ts";

const DAY = /^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;
const MINUTE_MS = 60_000;
/** The newest looks are not written yet. */
const NOT_WRITTEN_MS = 2 * MINUTE_MS;

export interface DaySummaryDeps {
  readonly db: CameraEventDatabase;
  readonly clock: Clock;
  readonly cameras: Pick<Cameras, "settingsOf">;
  readonly search: SearchPorts;
}

/** One day before the cameras of each site, by the names of the sites. Refuses `request.invalid` for what is no day. */
export async function daySummaries(
  { db, clock, cameras: known, search }: DaySummaryDeps,
  scope: access.Scope,
  asked: { readonly site?: Uuid; readonly day?: string },
): Promise<cameras.DaySummary[]> {
  if (asked.day !== undefined && !isDay(asked.day)) throw new AppError("request.invalid", { detail: "day" });
  const nowMs = clock.nowMs();
  const bySite = Map.groupBy(search.named(scope, asked.site), ({ siteId }) => siteId);
  const sites = (await search.sites(scope.tenantId)).filter(({ id }) => bySite.has(id));
  const zones = [...new Set(sites.map(({ timeZone }) => timeZone))];
  const days = new Map((await localDays(db, zones, asked.day, nowMs)).map((day) => [day.timeZone, day]));
  const dayOf = ({ timeZone }: KnownSite): LocalDay => days.get(timeZone) as LocalDay;
  const spans = sites.flatMap((site) =>
    (bySite.get(site.id) ?? []).map(({ id: cameraId }) => ({ ...dayOf(site), cameraId })),
  );
  const counts = Map.groupBy(await countDay(db, scope.tenantId, spans), ({ cameraId }) => cameraId);
  const seen = await looksOf(db, scope.tenantId, spans);
  const ids = spans.map(({ cameraId }) => cameraId);
  const first = new Map(
    (await firstHours(db, scope.tenantId, ids)).map((hour) => [hour.cameraId, firstLookOf(hour)]),
  );
  return sites
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map((site) => {
      const day = { ...dayOf(site), toMs: Math.max(dayOf(site).fromMs, Math.min(dayOf(site).toMs, nowMs)) };
      const silentOf = (id: Uuid) => {
        const firstMs = first.get(id);
        const settings = known.settingsOf(id);
        if (firstMs === undefined || settings?.enabled !== true || !settings.motion.enabled) return {};
        // Before its first picture a camera was not silent but not there.
        const span = { fromMs: Math.max(day.fromMs, firstMs), toMs: day.toMs };
        return { silentMinutes: silentMinutes(seen.get(id) ?? [], span, nowMs) };
      };
      return summaryOf(site, day, bySite.get(site.id) ?? [], counts, silentOf);
    });
}

/** The calendar has it: after the 28th of February comes not always a 29th. */
const isDay = (text: string): boolean =>
  DAY.test(text) && new Date(`${text}T00:00Z`).toISOString().startsWith(text);

async function looksOf(
  db: CameraEventDatabase,
  tenantId: Uuid,
  spans: readonly (LocalDay & { readonly cameraId: Uuid })[],
): Promise<ReadonlyMap<Uuid, readonly MotionHour[]>> {
  if (spans.length === 0) return new Map();
  const fromHourMs = hourOf(Math.min(...spans.map(({ fromMs }) => fromMs)));
  const toMs = Math.max(...spans.map((span) => span.toMs));
  const ids = spans.map(({ cameraId }) => cameraId);
  return Map.groupBy(await hoursIn(db, tenantId, ids, { fromHourMs, toMs }), ({ cameraId }) => cameraId);
}

const firstLookOf = ({ hourMs, strengths }: MotionHour): UnixMs =>
  hourMs +
  Math.max(
    0,
    strengths.findIndex((strength) => strength > 0),
  ) *
    BUCKET_MS;

/** Of the span without its newest part, in which nobody looked at any picture. */
function silentMinutes(
  hours: readonly MotionHour[],
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  nowMs: UnixMs,
): number {
  const untilMs = Math.min(toMs, nowMs - NOT_WRITTEN_MS);
  let looked = 0;
  for (const { hourMs, strengths } of hours)
    for (const [i, strength] of strengths.entries()) {
      const atMs = hourMs + i * BUCKET_MS;
      if (strength > 0 && atMs >= fromMs && atMs < untilMs) looked++;
    }
  return Math.max(0, Math.floor((untilMs - fromMs - looked * BUCKET_MS) / MINUTE_MS));
}

function summaryOf(
  { id: siteId, name: siteName }: KnownSite,
  day: LocalDay,
  named: readonly NamedCamera[],
  counts: ReadonlyMap<Uuid, readonly DayCount[]>,
  silentOf: (cameraId: Uuid) => { readonly silentMinutes?: number },
): cameras.DaySummary {
  const all = named.flatMap(({ id }) => counts.get(id) ?? []);
  const people = all.filter(({ kind }) => kind === "person");
  const decided = all.filter(({ kind }) => kind === "person" || kind === "object");
  const verdictsOf = (verdict: DayCount["verdict"]) => sum(decided.filter((one) => one.verdict === verdict));
  return {
    ...{ siteId, siteName, ...day },
    people: sum(people),
    mostAtOnce: people.reduce((most, { mostAtOnce }) => Math.max(most, mostAtOnce), 0),
    alarms: alarmsIn(all),
    others: sum(all) - sum(people),
    verdicts: {
      intrusion: verdictsOf("intrusion"),
      not_intrusion: verdictsOf("not_intrusion"),
      undecided: verdictsOf("undecided"),
      none: verdictsOf("none"),
    },
    hours: Array.from({ length: 24 }, (_, hour) => sum(people.filter((one) => one.hour === hour))),
    cameras: named.map(({ id, title }) => {
      const own = counts.get(id) ?? [];
      const withPeople = sum(own.filter(({ kind }) => kind === "person"));
      const figures = { people: withPeople, alarms: alarmsIn(own), others: sum(own) - withPeople };
      return { id, name: title, ...figures, ...silentOf(id) };
    }),
  };
}

const sum = (counts: readonly DayCount[]): number => counts.reduce((all, { count }) => all + count, 0);
const alarmsIn = (counts: readonly DayCount[]): number => counts.reduce((all, { alarms }) => all + alarms, 0);
