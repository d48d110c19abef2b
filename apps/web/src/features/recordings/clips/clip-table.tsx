import type { cameras } from "@gatehouse/contract";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../../data/live.ts";
import { useCan } from "../../../data/session.ts";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { Tag, type Tone } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { ExportSign } from "../exports/export-button.tsx";
import { ExportDrawer } from "../exports/export-drawer.tsx";
import { type OffsiteCopies, OffsiteMark } from "../offsite/offsite-mark.tsx";
import { useEventCopies } from "../offsite/use-offsite-states.ts";
import styles from "../recordings.module.css";
import { ShareSign } from "../shares/share-button.tsx";
import { spanOfEvent } from "../shares/share-draft.ts";
import { ShareDrawer } from "../shares/share-drawer.tsx";
import { ClipThumb, Decided, InCases, nameOf, WhatText } from "./clip-words.tsx";
import { ChooseAll, ChooseClip, CollectSign } from "./collecting.tsx";

type CameraEvent = cameras.CameraEvent;

const TONES: Record<CameraEvent["recorded"], Tone> = { all: "neutral", part: "warn", none: "warn" };

/** One row an event; opening it shows what is known of it. */
export function ClipTable(props: { events: readonly CameraEvent[] }) {
  const t = useTranslations("recordings.clips");
  const format = useFormat();
  const navigate = useNavigate();
  const { events } = props;
  const mayCollect = useCan()("case.write");
  const copies = useEventCopies(events);
  const [exporting, setExporting] = useState<CameraEvent>();
  const [sharing, setSharing] = useState<CameraEvent>();
  const columns = useMemo<Column<CameraEvent>[]>(
    () => [
      ...(mayCollect
        ? [
            {
              id: "choose",
              header: () => <ChooseAll />,
              meta: { width: 34 },
              cell: ({ row }) => <ChooseClip event={row.original} />,
            } satisfies Column<CameraEvent>,
          ]
        : []),
      {
        id: "picture",
        header: () => <span className="visually-hidden">{t("picture")}</span>,
        meta: { width: 104 },
        cell: ({ row: { original } }) => (
          <ClipThumb event={original} width={96} className={styles.smallThumb} />
        ),
      },
      {
        id: "what",
        header: () => t("what"),
        cell: ({ row: { original } }) => <WhatText event={original} />,
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
        id: "marks",
        header: () => t("decided"),
        cell: ({ row: { original } }) => (
          <span className={styles.marks}>
            <Decided event={original} />
            <InCases event={original} />
          </span>
        ),
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
    [t, format, copies, mayCollect],
  );
  return (
    <>
      <DataTable
        label={t("title")}
        rows={events}
        rowId={({ id }) => id}
        columns={columns}
        onOpen={({ id: eventId }) => void navigate({ to: "/clips/$eventId", params: { eventId } })}
        phoneRow={(event) => (
          <span className={styles.phoneClip}>
            <ClipThumb event={event} width={96} className={styles.smallThumb} />
            <span className={styles.lines}>
              <span className="row row-between">
                <WhatText event={event} />
                <Recorded event={event} copies={copies.get(event.id)} />
              </span>
              <span className="secondary small">{nameOf(event)}</span>
              <span className="tertiary tiny">
                {format.dateTime(event.startMs)} · <Duration event={event} />
              </span>
              <span className={styles.marks}>
                <Decided event={event} />
              </span>
            </span>
          </span>
        )}
        phoneEnd={(event) => (
          <span className={styles.phoneEnd}>
            <Acts event={event} onExport={setExporting} onShare={setSharing} />
            <InCases event={event} />
          </span>
        )}
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

/** Into a case; and out of here, of what is still recorded of it. */
function Acts(props: {
  event: CameraEvent;
  onExport: (event: CameraEvent) => void;
  onShare: (event: CameraEvent) => void;
}) {
  const { event } = props;
  return (
    <span className={`row ${styles.acts}`}>
      <CollectSign event={event} />
      {event.recorded !== "none" && (
        <>
          <ExportSign camera={nameOf(event)} onExport={() => props.onExport(event)} />
          <ShareSign camera={nameOf(event)} onShare={() => props.onShare(event)} />
        </>
      )}
    </span>
  );
}

export function Duration(props: { event: CameraEvent }) {
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
