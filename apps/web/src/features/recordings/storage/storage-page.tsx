import type { cameras } from "@gatehouse/contract";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useCanEverywhere } from "../../../data/session.ts";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { Metric, MetricStrip } from "../../../design/metric-strip.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { CameraViews } from "../../cameras/camera-views.tsx";
import { InboxPanel } from "../offsite/inbox-panel.tsx";
import { OffsitePanel } from "../offsite/offsite-panel.tsx";
import styles from "../recordings.module.css";
import { EraseButton } from "./erase-dialog.tsx";
import { KeyPanel } from "./key-panel.tsx";
import { PausedNote } from "./paused-note.tsx";
import { PolicyForm } from "./policy-form.tsx";
import { lastsDays, usedRatio } from "./storage-figures.ts";
import { useStorage } from "./use-storage.ts";

type Storage = cameras.RecordingStorage;

/** Below it hours say more. */
const FEW_DAYS = 2;
type Row = Storage["cameras"][number];

/** What recordings take, how much they may, and how long that lasts. */
export function StoragePage() {
  const t = useTranslations("recordings.storage");
  const storage = useStorage();
  return (
    <>
      <StatusSentence end={<CameraViews />}>
        {storage.data === undefined ? t("title") : <Sentence storage={storage.data} />}
      </StatusSentence>
      <PausedNote withLink={false} />
      <QueryView query={storage} what={t("reading")}>
        {(data) => <Ready storage={data} />}
      </QueryView>
    </>
  );
}

/** What they take, and how long the ring lasts at that pace. */
function Sentence(props: { storage: Storage }) {
  const t = useTranslations("recordings.storage");
  const format = useFormat();
  const { ring, pinned } = props.storage;
  const days = lastsDays(props.storage);
  const bytes = format.bytes(ring.bytes + pinned.bytes);
  if (ring.bytes + pinned.bytes === 0) return <>{t("sentenceNothing")}</>;
  if (days === undefined) return <>{t("sentenceIdle", { bytes })}</>;
  return (
    <>
      {t("sentence", {
        bytes,
        unit: days < FEW_DAYS ? "hours" : "days",
        count: Math.round(days < FEW_DAYS ? days * 24 : days),
      })}
    </>
  );
}

function Ready(props: { storage: Storage }) {
  const t = useTranslations("recordings.storage");
  const takeout = useTranslations("takeout");
  const format = useFormat();
  const can = useCanEverywhere();
  const { storage } = props;
  const { ring, pinned, policy, disk, exports } = storage;
  return (
    <>
      <MetricStrip label={t("title")}>
        <Used label={t("ring")} bytes={ring.bytes} capBytes={policy.ringBytes} segments={ring.segments} />
        <Used
          label={t("pinned")}
          bytes={pinned.bytes}
          capBytes={policy.pinnedBytes}
          segments={pinned.segments}
        />
        <Metric
          label={t("disk")}
          value={format.bytes(disk.freeBytes)}
          unit={t("free")}
          detail={t("ofDisk", { total: format.bytes(disk.totalBytes) })}
        />
        {exports.count > 0 && (
          <Metric
            label={takeout("view")}
            value={format.bytes(exports.bytes)}
            detail={takeout("kept", { count: exports.count })}
          />
        )}
        <Metric
          label={t("oldest")}
          value={storage.oldestMs === undefined ? "–" : format.date(storage.oldestMs)}
          detail={storage.oldestMs === undefined ? t("nothing") : format.clockMinute(storage.oldestMs)}
        />
        <Metric label={t("sealed")} value={format.number(storage.sealedToday)} detail={t("today")} />
      </MetricStrip>
      <Panel title={t("byCamera")} flush end={<EraseButton cameras={storage.cameras} />}>
        <ByCamera rows={storage.cameras} />
      </Panel>
      <OffsitePanel />
      <InboxPanel />
      {can("recording.manage") && (
        <Panel title={t("caps")} subtitle={t("capsText")}>
          <PolicyForm storage={storage} />
        </Panel>
      )}
      {can("recording.manage") && <KeyPanel storage={storage} />}
    </>
  );
}

function Used(props: { label: string; bytes: number; capBytes: number; segments: number }) {
  const t = useTranslations("recordings.storage");
  const format = useFormat();
  const ratio = usedRatio(props.bytes, props.capBytes);
  return (
    <Metric
      label={props.label}
      value={format.bytes(props.bytes)}
      unit={t("of", { cap: format.bytes(props.capBytes) })}
      detail={
        <>
          <meter className={styles.meter} value={ratio} high={0.95} aria-label={props.label}>
            {format.percent(ratio, 0)}
          </meter>
          {t("segments", { count: props.segments })}
        </>
      }
    />
  );
}

function ByCamera(props: { rows: readonly Row[] }) {
  const t = useTranslations("recordings.storage");
  const format = useFormat();
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "name", header: () => t("camera"), cell: ({ row }) => titleOf(row.original) },
      {
        id: "bytes",
        header: () => t("takes"),
        meta: { align: "end" },
        cell: ({ row }) => <span className="num">{format.bytes(row.original.bytes)}</span>,
      },
      {
        id: "perDay",
        header: () => t("perDay"),
        meta: { align: "end" },
        cell: ({ row }) => <span className="num">{format.bytes(row.original.bytesPerDay)}</span>,
      },
      {
        id: "count",
        header: () => t("segmentsHead"),
        meta: { align: "end" },
        cell: ({ row }) => <span className="num">{format.number(row.original.segments)}</span>,
      },
      {
        id: "oldest",
        header: () => t("oldest"),
        cell: ({ row: { original } }) =>
          original.oldestMs === undefined ? "–" : format.dateMinute(original.oldestMs),
      },
    ],
    [t, format],
  );
  if (props.rows.length === 0) return <EmptyState title={t("nothing")}>{t("nothingText")}</EmptyState>;
  return (
    <DataTable
      label={t("byCamera")}
      rows={props.rows}
      rowId={({ cameraId }) => cameraId}
      columns={columns}
      phoneRow={(row) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{titleOf(row)}</span>
            <span className="num">{format.bytes(row.bytes)}</span>
          </span>
          <span className="tertiary tiny">
            {t("phoneLine", { perDay: format.bytes(row.bytesPerDay), count: row.segments })}
          </span>
        </span>
      )}
    />
  );
}
