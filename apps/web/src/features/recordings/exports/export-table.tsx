import type { cameras } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { playbackSearch } from "../playback-search.ts";
import styles from "../recordings.module.css";
import { ExportActs } from "./export-acts.tsx";
import { ExportState } from "./export-progress.tsx";

type Taken = cameras.RecordingExport;

/** The player shows at least this much around a clip. */
const AROUND_MS = 10 * 60_000;

/** One row an export. */
export function ExportTable(props: { items: readonly Taken[] }) {
  const t = useTranslations("takeout");
  const format = useFormat();
  const columns = useMemo<Column<Taken>[]>(
    () => [
      { id: "clip", header: () => t("clip"), cell: ({ row }) => <Clip taken={row.original} /> },
      { id: "form", header: () => t("form"), cell: ({ row }) => <Form taken={row.original} /> },
      { id: "state", header: () => t("stateLabel"), cell: ({ row }) => <ExportState taken={row.original} /> },
      {
        id: "size",
        header: () => t("size"),
        meta: { align: "end" },
        cell: ({ row }) => <Size taken={row.original} />,
      },
      {
        id: "expires",
        header: () => t("expires"),
        cell: ({ row: { original } }) =>
          original.expiresMs === undefined ? "–" : format.dateMinute(original.expiresMs),
      },
      {
        id: "acts",
        header: () => "",
        meta: { align: "end" },
        cell: ({ row }) => <ExportActs taken={row.original} />,
      },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("page.title")}
      rows={props.items}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(taken) => (
        <span className={styles.lines}>
          <Clip taken={taken} />
          <ExportState taken={taken} />
          <span className="tertiary tiny">
            <Form taken={taken} /> · <Size taken={taken} />
          </span>
        </span>
      )}
      phoneEnd={(taken) => <ExportActs taken={taken} />}
    />
  );
}

/** Camera and time, leading to the player. */
function Clip(props: { taken: Taken }) {
  const t = useTranslations("takeout");
  const format = useFormat();
  const { cameraId, cameraName: name, cameraLabel: label, fromMs, toMs } = props.taken;
  const text = `${format.dateTime(fromMs)}, ${format.duration(toMs - fromMs)}`;
  if (name === "")
    return (
      <span>
        {t("goneCamera")}, {text}
      </span>
    );
  return (
    <Link
      className="link"
      to="/cameras/playback"
      search={playbackSearch([cameraId], fromMs, toMs - fromMs + 2 * AROUND_MS)}
    >
      {titleOf({ name, label })}, {text}
    </Link>
  );
}

function Form(props: { taken: Taken }) {
  const t = useTranslations("takeout");
  const { form, speed } = props.taken;
  return <span>{speed === 1 ? t(`forms.${form}`) : `${t(`forms.${form}`)}, ${speed}×`}</span>;
}

function Size(props: { taken: Taken }) {
  const format = useFormat();
  const { bytes } = props.taken;
  return <span className="num">{bytes === 0 ? "–" : format.bytes(bytes)}</span>;
}
