import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { query } from "../../data/query.ts";
import { useSelectedSite } from "../../data/site.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useIsPhone } from "../../design/viewport.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraViews } from "../cameras/camera-views.tsx";
import { type ClipSearch, clipFilter } from "../recordings/clips/clip-filter.ts";
import { ClipFilters } from "../recordings/clips/clip-filters.tsx";
import styles from "./activity.module.css";
import { dayBeside, daysBetween, hourDigits } from "./levels.ts";
import { Matrix } from "./matrix.tsx";
import { WalkPanel } from "./walk-panel.tsx";

const RENEW_MS = 60_000;
const DAYS = ["1", "2", "3", "4", "5", "6", "7"] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** When and where something happens before the cameras. */
export function ActivityPage() {
  const t = useTranslations("activity");
  const format = useFormat();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as ClipSearch;
  const site = useSelectedSite();
  const filter = clipFilter(search, format.timeZone);
  const activity = useQuery({
    ...query(cameras.getActivity, { query: { ...filter, ...given({ site: site?.id }) } }),
    refetchInterval: RENEW_MS,
  });
  const set = (change: ClipSearch) => {
    const next = Object.entries({ ...search, ...change }).filter(
      ([, value]) => value !== "" && value !== undefined,
    );
    void navigate({
      to: "/cameras/activity",
      search: Object.fromEntries(next),
      replace: true,
      resetScroll: false,
    });
  };
  const total = activity.data?.total;
  const one = activity.data?.cameras.find(({ id }) => id === search.camera);
  return (
    <>
      <StatusSentence detail={t("detail")} end={<CameraViews />}>
        {total === undefined ? t("title") : t("sentence", { count: total })}
      </StatusSentence>
      <Panel title={t("week")} subtitle={t("weekText")} flush>
        <ClipFilters
          search={search}
          siteId={site?.id}
          hasFilter={Object.keys(filter).length > 0}
          onSet={set}
        />
        <QueryView
          query={activity}
          what={t("reading")}
          isEmpty={(data) => data.total === 0}
          empty={<EmptyState title={t("none")}>{t("noneText")}</EmptyState>}
        >
          {(data) => <Week data={data} search={search} />}
        </QueryView>
      </Panel>
      {activity.data !== undefined && activity.data.total > 0 && (
        <Panel title={t("days")} subtitle={t("daysText")} flush>
          <ByDay data={activity.data} search={search} />
        </Panel>
      )}
      {one !== undefined && <WalkPanel cameraId={one.id} name={one.name} filter={filter} />}
    </>
  );
}

function Week(props: { data: cameras.Activity; search: ClipSearch }) {
  const t = useTranslations("activity");
  const days = useTranslations("cameras.settings.day");
  return (
    <div className="stack stack-tight" style={{ padding: 14 }}>
      <Matrix
        label={t("week")}
        corner={t("weekday")}
        columns={HOURS.map((hour) => ({ key: String(hour), text: hour % 3 === 0 ? String(hour) : "" }))}
        rows={DAYS.map((day) => ({
          key: day,
          head: days(`d${day}`),
          cells: HOURS.map((hour) => {
            const count = props.data.week[Number(day) - 1]?.[hour] ?? 0;
            const when = `${days(`d${day}`)} ${t("hour", { hour: hourDigits(hour) })}`;
            const at = { weekday: day, hour: String(hour) };
            return {
              key: String(hour),
              count,
              text: t("cell", { when, count }),
              search: { ...props.search, ...at },
            };
          }),
        }))}
      />
      <Legend />
    </div>
  );
}

function Legend() {
  const t = useTranslations("activity");
  return (
    <span className={`${styles.legend} tertiary tiny`} aria-hidden="true">
      {t("few")}
      {[0, 1, 2, 3, 4].map((level) => (
        <span key={level} className={styles.cell} data-level={level} />
      ))}
      {t("many")}
    </span>
  );
}

/** Fewer would be bars, not days. */
const FEWEST_DAYS = 28;
const MOST_DAYS = 31;
/** So many stand beside each other on a phone. */
const PHONE_DAYS = 14;

function ByDay(props: { data: cameras.Activity; search: ClipSearch }) {
  const t = useTranslations("activity");
  const format = useFormat();
  const { cameras: list } = props.data;
  const all = list.flatMap(({ days }) => days.map(({ day }) => day)).toSorted();
  const last = props.search.to ?? all.at(-1) ?? "";
  const first = [all[0] ?? "", props.search.from ?? dayBeside(last, 1 - FEWEST_DAYS)].toSorted()[0] ?? "";
  const shown = daysBetween(first, last).slice(-(useIsPhone() ? PHONE_DAYS : MOST_DAYS));
  return (
    <div style={{ padding: 14 }}>
      <Matrix
        label={t("days")}
        corner={t("camera")}
        wideHead
        columns={shown.map((day) => ({ key: day, text: String(Number(day.slice(8))) }))}
        rows={list.map(({ id, name, days }) => {
          const counts = new Map(days.map(({ day, count }) => [day, count]));
          return {
            key: id,
            head: name,
            cells: shown.map((day) => {
              const count = counts.get(day) ?? 0;
              const when = `${name}, ${format.date(Date.parse(`${day}T12:00Z`))}`;
              const { weekday: _, hour: __, ...rest } = props.search;
              return {
                key: day,
                count,
                text: t("cell", { when, count }),
                search: { ...rest, camera: id, from: day, to: day },
              };
            }),
          };
        })}
      />
    </div>
  );
}
