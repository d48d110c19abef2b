import type { cameras } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { playbackSearch } from "../playback-search.ts";
import styles from "../recordings.module.css";
import { ShareActs } from "./share-acts.tsx";

type Share = cameras.Share;

const TONES: Record<Share["state"], Tone> = {
  active: "ok",
  used_up: "neutral",
  expired: "neutral",
  revoked: "warn",
  erased: "neutral",
};
/** The player shows at least this much around a clip. */
const AROUND_MS = 10 * 60_000;

/** One row a link. */
export function ShareTable(props: { shares: readonly Share[] }) {
  const t = useTranslations("shares");
  const format = useFormat();
  const columns = useMemo<Column<Share>[]>(
    () => [
      {
        id: "number",
        header: () => t("number"),
        cell: ({ row }) => <span className="num strong">{row.original.number}</span>,
      },
      { id: "clip", header: () => t("clip"), cell: ({ row }) => <Clip share={row.original} /> },
      {
        id: "sharedBy",
        header: () => t("sharedBy"),
        cell: ({ row: { original } }) => (
          <Lines first={original.sharedBy ?? t("gone")} second={original.note} />
        ),
      },
      { id: "opened", header: () => t("opened"), cell: ({ row }) => <Opened share={row.original} /> },
      { id: "ends", header: () => t("ends"), cell: ({ row }) => format.dateMinute(row.original.expiresMs) },
      { id: "state", header: () => t("stateLabel"), cell: ({ row }) => <State share={row.original} /> },
      {
        id: "acts",
        header: () => "",
        meta: { align: "end" },
        cell: ({ row }) => <ShareActs share={row.original} />,
      },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("page.title")}
      rows={props.shares}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(share) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{t("numberText", { number: String(share.number) })}</span>
            <State share={share} />
          </span>
          <Clip share={share} />
          <span className="tertiary tiny">
            {t("opened")} {String(share.openings)} · {t("ends")} {format.dateMinute(share.expiresMs)}
          </span>
        </span>
      )}
      phoneEnd={(share) => <ShareActs share={share} />}
    />
  );
}

/** What matters, and below it what else there is; cut off where there is no room. */
function Lines(props: { first: ReactNode; second: string }) {
  return (
    <span className={styles.lines}>
      <span>{props.first}</span>
      {props.second !== "" && (
        <span className={`tertiary tiny ${styles.cut}`} title={props.second}>
          {props.second}
        </span>
      )}
    </span>
  );
}

/** Camera and time, leading to the player. */
function Clip(props: { share: Share }) {
  const t = useTranslations("shares");
  const format = useFormat();
  const { cameraId, cameraName: name, cameraLabel: label, fromMs, toMs } = props.share;
  const text = `${format.dateTime(fromMs)}, ${format.duration(toMs - fromMs)}`;
  if (name === "") return <Lines first={t("goneCamera")} second={text} />;
  const spanMs = toMs - fromMs + 2 * AROUND_MS;
  const link = (
    <Link className="link" to="/cameras/playback" search={playbackSearch([cameraId], fromMs, spanMs)}>
      {titleOf({ name, label })}
    </Link>
  );
  return <Lines first={link} second={text} />;
}

function Opened(props: { share: Share }) {
  const t = useTranslations("shares");
  const format = useFormat();
  const { openings, maxOpenings, lastOpenedMs } = props.share;
  const count =
    maxOpenings === undefined
      ? String(openings)
      : t("openedOf", { openings: String(openings), max: String(maxOpenings) });
  const last = lastOpenedMs === undefined ? "" : t("lastOpened", { time: format.dateMinute(lastOpenedMs) });
  return <Lines first={<span className="num">{count}</span>} second={last} />;
}

/** Whether it works, how far its film is, and how it is guarded. */
function State(props: { share: Share }) {
  const t = useTranslations("shares");
  const format = useFormat();
  const { allowsDownload, film, hasPassword, state } = props.share;
  const isMade = film.state === "ready" || state !== "active";
  const more = [
    ...(isMade ? [] : [t(`film.${film.state}`, { percent: format.percent(film.progress, 0) })]),
    ...(hasPassword ? [t("withPassword")] : []),
    ...(allowsDownload ? [] : [t("withoutDownload")]),
  ];
  return <Lines first={<Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>} second={more.join(", ")} />;
}
