import type { cameras } from "@gatehouse/contract";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../../data/live.ts";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { EventThumb } from "../event-thumb.tsx";
import { ExportSign } from "../exports/export-button.tsx";
import { ExportDrawer } from "../exports/export-drawer.tsx";
import { type OffsiteCopies, OffsiteMark } from "../offsite/offsite-mark.tsx";
import { useEventCopies } from "../offsite/use-offsite-states.ts";
import { playbackSearch } from "../playback-search.ts";
import styles from "../recordings.module.css";
import { ShareSign } from "../shares/share-button.tsx";
import { spanOfEvent } from "../shares/share-draft.ts";
import { ShareDrawer } from "../shares/share-drawer.tsx";
import { EventShape } from "../timeline/event-shape.tsx";

type CameraEvent = cameras.CameraEvent;

const TONES: Record<CameraEvent["recorded"], Tone> = { all: "neutral", part: "warn", none: "warn" };
/** The player shows this much around an event. */
const AROUND_MS = 15 * 60_000;

const nameOf = ({ cameraName: name, cameraLabel: label }: CameraEvent): string => titleOf({ name, label });

/** One row an event; opening it plays it. */
export function ClipTable(props: { events: readonly CameraEvent[] }) {
  const t = useTranslations("recordings.clips");
  const kinds = useTranslations("recordings.timeline.kind");
  const format = useFormat();
  const navigate = useNavigate();
  const { events } = props;
  const copies = useEventCopies(events);
  const [exporting, setExporting] = useState<CameraEvent>();
  const [sharing, setSharing] = useState<CameraEvent>();
  const columns = useMemo<Column<CameraEvent>[]>(
    () => [
      {
        id: "picture",
        header: () => <span className="visually-hidden">{t("picture")}</span>,
        meta: { width: 104 },
        cell: ({ row: { original } }) => <Thumb event={original} />,
      },
      {
        id: "what",
        header: () => t("what"),
        cell: ({ row: { original } }) => (
          <span className="row">
            <KindShape kind={original.kind} />
            <span className="strong">{kinds(original.kind)}</span>
            {original.zones.length > 0 && <span className="secondary">{original.zones.join(", ")}</span>}
          </span>
        ),
      },
      { id: "camera", header: () => t("camera"), cell: ({ row }) => nameOf(row.original) },
      { id: "at", header: () => t("at"), cell: ({ row }) => format.dateTime(row.original.startMs) },
      {
        id: "duration",
        header: () => t("duration"),
        meta: { align: "end" },
        cell: ({ row: { original } }) => <Duration event={original} />,
      },
      {
        id: "strength",
        header: () => t("strength"),
        meta: { align: "end" },
        cell: ({ row }) => <span className="num">{format.percent(row.original.strength, 0)}</span>,
      },
      {
        id: "recorded",
        header: () => t("recorded"),
        cell: ({ row: { original } }) => <Recorded event={original} copies={copies.get(original.id)} />,
      },
      {
        id: "acts",
        header: () => "",
        meta: { align: "end" },
        cell: ({ row }) => <Acts event={row.original} onExport={setExporting} onShare={setSharing} />,
      },
    ],
    [t, kinds, format, copies],
  );
  return (
    <>
      <DataTable
        label={t("title")}
        rows={events}
        rowId={({ id }) => id}
        columns={columns}
        onOpen={({ cameraId, startMs }) =>
          void navigate({
            to: "/cameras/playback",
            search: playbackSearch([cameraId], startMs, 2 * AROUND_MS),
          })
        }
        phoneRow={(event) => (
          <span className={styles.phoneClip}>
            <Thumb event={event} />
            <span className={styles.lines}>
              <span className="row row-between">
                <span className="row">
                  <KindShape kind={event.kind} />
                  <span className="strong">{kinds(event.kind)}</span>
                </span>
                <Recorded event={event} copies={copies.get(event.id)} />
              </span>
              <span className="secondary small">{nameOf(event)}</span>
              <span className="tertiary tiny">
                {format.dateTime(event.startMs)} · <Duration event={event} />
              </span>
            </span>
          </span>
        )}
        phoneEnd={(event) => <Acts event={event} onExport={setExporting} onShare={setSharing} />}
      />
      {exporting !== undefined && (
        <ExportDrawer
          cameras={[{ id: exporting.cameraId, title: nameOf(exporting) }]}
          span={spanOfEvent(exporting, liveHub.nowMs())}
          onClose={() => setExporting(undefined)}
        />
      )}
      {sharing !== undefined && (
        <ShareDrawer
          cameras={[{ id: sharing.cameraId, title: nameOf(sharing) }]}
          cameraId={sharing.cameraId}
          span={spanOfEvent(sharing, liveHub.nowMs())}
          onClose={() => setSharing(undefined)}
        />
      )}
    </>
  );
}

/** Of what is still recorded of it. */
function Acts(props: {
  event: CameraEvent;
  onExport: (event: CameraEvent) => void;
  onShare: (event: CameraEvent) => void;
}) {
  const { event } = props;
  if (event.recorded === "none") return null;
  return (
    <span className="row">
      <ExportSign camera={nameOf(event)} onExport={() => props.onExport(event)} />
      <ShareSign camera={nameOf(event)} onShare={() => props.onShare(event)} />
    </span>
  );
}

function Thumb(props: { event: CameraEvent }) {
  const { id, bestMs, recorded } = props.event;
  if (recorded === "none")
    return <span className={`${styles.thumb} ${styles.smallThumb} ${styles.noThumb}`} />;
  return (
    <span className={styles.smallThumb}>
      <EventThumb eventId={id} bestMs={bestMs} width={96} />
    </span>
  );
}

function KindShape(props: { kind: string }) {
  return (
    <svg width="14" height="14" aria-hidden="true">
      <EventShape kind={props.kind} x={7} y={7} />
    </svg>
  );
}

function Duration(props: { event: CameraEvent }) {
  const t = useTranslations("recordings.clips");
  const format = useFormat();
  const { startMs, endMs } = props.event;
  return <span className="num">{endMs === undefined ? t("goesOn") : format.duration(endMs - startMs)}</span>;
}

function Recorded(props: { event: CameraEvent; copies: OffsiteCopies | undefined }) {
  const t = useTranslations("recordings.clips.state");
  const { recorded } = props.event;
  return (
    <span className={styles.lines}>
      <span>
        <Tag tone={TONES[recorded]}>{t(recorded)}</Tag>
      </span>
      <OffsiteMark copies={props.copies} />
    </span>
  );
}
