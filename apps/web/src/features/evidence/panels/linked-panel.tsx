import { cameras } from "@gatehouse/contract";
import { IconAlertTriangle, IconBell, IconFolder, IconVideo } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import styles from "./panels.module.css";

type Linked = cameras.LinkedThings;

const RENEW_MS = 15_000;

/** What else happened then at the same place. */
export function LinkedPanel(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.linked");
  const linked = useQuery({
    ...query(cameras.getLinked, { params: { id: props.event.id } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <Panel title={t("title")} flush>
      <QueryView
        query={linked}
        what={t("reading")}
        isEmpty={isNothing}
        empty={<p className={styles.nothing}>{t("none")}</p>}
      >
        {(found) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <ul className={styles.rows} tabIndex={0} aria-label={t("title")}>
            <LinkedRows linked={found} startMs={props.event.startMs} />
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}

const isNothing = ({ alerts, cases, events, lines }: Linked): boolean =>
  alerts.length + cases.length + events.length + lines.length === 0;

/** Cases first, then what was nearest in time. */
export function LinkedRows(props: { linked: Linked; startMs: number }) {
  const t = useTranslations("evidence.linked");
  const kinds = useTranslations("recordings.timeline.kind");
  const apart = useApart(props.startMs);
  const { alerts, cases, events, lines } = props.linked;
  return (
    <>
      {cases.map(({ id, number, title, clips }) => (
        <Row
          key={id}
          icon={<IconFolder size={14} aria-hidden="true" />}
          end={t("otherClips", { count: Math.max(0, clips - 1) })}
        >
          <Link className={styles.target} to="/cameras/cases/$caseId" params={{ caseId: id }}>
            <b>CASE-{String(number).padStart(4, "0")}</b> {title}
          </Link>
        </Row>
      ))}
      {alerts.map(({ id, ruleName, deviceName, isOfEvent, raisedMs }) => (
        <Row
          key={id}
          icon={<IconBell size={14} aria-hidden="true" />}
          end={isOfEvent ? t("ofThis") : apart(raisedMs)}
        >
          <Link className={styles.target} to="/alerts" search={{ alert: id }}>
            <b>{ruleName}</b> {deviceName}
          </Link>
        </Row>
      ))}
      {events.map(({ id, cameraName: name, cameraLabel: label, kind, startMs }) => (
        <Row key={id} icon={<IconVideo size={14} aria-hidden="true" />} end={apart(startMs)}>
          <Link className={styles.target} to="/clips/$eventId" params={{ eventId: id }}>
            <b>{titleOf({ name, label })}</b> {kinds(kind)}
          </Link>
        </Row>
      ))}
      {lines.map(({ deviceId, deviceName, message, atMs }) => (
        <Row
          key={`${deviceId} ${atMs} ${message}`}
          icon={<IconAlertTriangle size={14} aria-hidden="true" />}
          end={apart(atMs)}
        >
          <Link className={styles.target} to="/devices/$deviceId/{-$tab}" params={{ deviceId, tab: "log" }}>
            <b>{deviceName}</b> {message}
          </Link>
        </Row>
      ))}
    </>
  );
}

function Row(props: { icon: ReactNode; end: string; children: ReactNode }) {
  return (
    <li className={styles.row}>
      <span className="tertiary">{props.icon}</span>
      <span className="truncate grow">{props.children}</span>
      <span className="tertiary small nowrap">{props.end}</span>
    </li>
  );
}

/** How long before or after the event. */
function useApart(startMs: number): (atMs: number) => string {
  const t = useTranslations("evidence.linked");
  const format = useFormat();
  return (atMs) => {
    const apartMs = atMs - startMs;
    if (Math.abs(apartMs) < 1_000) return t("sameTime");
    const time = format.duration(Math.abs(apartMs));
    return apartMs < 0 ? t("before", { time }) : t("after", { time });
  };
}
