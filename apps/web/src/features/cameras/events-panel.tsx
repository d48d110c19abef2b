import { cameras } from "@gatehouse/contract";
import { IconActivity, IconDeviceCctv, IconFocusCentered, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { instantOf, localText } from "../../design/time-range.ts";
import { useFormat } from "../../i18n/provider.tsx";
import type { ClipSearch } from "../recordings/clips/clip-filter.ts";
import { EventThumb } from "../recordings/event-thumb.tsx";
import { titleOf } from "./camera-title.ts";
import styles from "./cameras.module.css";

type CameraEvent = cameras.CameraEvent;

const RENEW_MS = 3_000;
const MINUTE_MS = 60_000;
const SHOWN = "40";
const LAST = "12";

/** What happened since midnight at the site. */
export function EventsToday(props: { siteId: string | undefined }) {
  const t = useTranslations("cameras.events");
  const { timeZone } = useFormat();
  const nowMs = useNow(MINUTE_MS);
  const today = localText(nowMs, timeZone).slice(0, 10);
  const fromMs = instantOf(`${today}T00:00`, timeZone) ?? nowMs;
  const events = useQuery({
    ...query(cameras.listCameraEvents, {
      query: given({ site: props.siteId, fromMs: String(fromMs), limit: SHOWN }),
    }),
    refetchInterval: RENEW_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Panel
      title={t("title")}
      subtitle={t("today")}
      end={<AllLink total={events.data?.total} search={{ from: today }} />}
      flush
      className={styles.events}
    >
      <QueryView
        query={events}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("none")}>{t("noneText")}</EmptyState>}
      >
        {({ items }) => <EventList events={items} named />}
      </QueryView>
    </Panel>
  );
}

/** The last events of one camera. */
export function LastEvents(props: { cameraId: string }) {
  const t = useTranslations("cameras.events");
  const events = useQuery({
    ...query(cameras.listCameraEvents, { query: { camera: props.cameraId, limit: LAST } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <Panel
      title={t("title")}
      subtitle={t("last")}
      end={<AllLink total={events.data?.total} search={{ camera: props.cameraId }} />}
      flush
    >
      <QueryView
        query={events}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("noneEver")}>{t("noneText")}</EmptyState>}
      >
        {({ items }) => <EventList events={items} />}
      </QueryView>
    </Panel>
  );
}

/** To all of them, of which the panel shows the newest. */
function AllLink(props: { total: number | undefined; search: ClipSearch }) {
  const t = useTranslations("cameras.events");
  const format = useFormat();
  if (props.total === undefined || props.total === 0) return null;
  return (
    <Link to="/cameras/clips" search={props.search} className="link small nowrap">
      {t("all", { count: format.number(props.total) })}
    </Link>
  );
}

function EventList(props: { events: readonly CameraEvent[]; named?: boolean }) {
  const t = useTranslations("cameras.events");
  return (
    <ul className={styles.eventList} aria-label={t("title")}>
      {props.events.map((event) => (
        <li key={event.id}>
          <EventLine event={event} named={props.named === true} />
        </li>
      ))}
    </ul>
  );
}

const ICONS = {
  motion: IconActivity,
  device: IconDeviceCctv,
  person: IconUser,
  object: IconFocusCentered,
} as const;

/** What happened, when and for how long; it leads to the recording of it. */
function EventLine(props: { event: CameraEvent; named: boolean }) {
  const t = useTranslations("cameras.events");
  const format = useFormat();
  const nowMs = useNow(MINUTE_MS);
  const { event } = props;
  const day = (atMs: number) => localText(atMs, format.timeZone).slice(0, 10);
  const isToday = day(event.startMs) === day(nowMs);
  const place = props.named
    ? titleOf({ name: event.cameraName, label: event.cameraLabel })
    : event.zones.join(", ");
  return (
    <Link
      to="/cameras/playback"
      search={{ cameras: event.cameraId, at: String(event.startMs) }}
      className={styles.event ?? ""}
      data-open={event.endMs === undefined}
    >
      <Picture event={event} />
      <span className="truncate">
        <span className="strong">{t(`kind.${event.kind}`)}</span>{" "}
        <span className="tertiary tiny">
          {event.endMs === undefined ? t("now") : format.duration(event.endMs - event.startMs)}
        </span>
      </span>
      <span className={styles.eventTime}>
        {isToday ? format.clock(event.startMs) : format.dateTime(event.startMs)}
      </span>
      <span className="truncate secondary tiny">
        {place !== "" ? place : t("strength", { share: format.percent(event.strength, 0) })}
      </span>
      <span className="tertiary tiny">{t(`recorded.${event.recorded}`)}</span>
    </Link>
  );
}

/** Its best picture, where that is recorded and over: what goes on is seen live. */
function Picture(props: { event: CameraEvent }) {
  const { id, kind, bestMs, endMs, recorded } = props.event;
  const Icon = ICONS[kind];
  return (
    <span className={styles.eventPicture}>
      {recorded === "none" || endMs === undefined ? (
        <Icon size={18} stroke={1.6} aria-hidden="true" />
      ) : (
        <EventThumb eventId={id} bestMs={bestMs} width={70} />
      )}
    </span>
  );
}
