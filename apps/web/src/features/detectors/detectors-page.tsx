import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan, useCanEverywhere } from "../../data/session.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraViews } from "../cameras/camera-views.tsx";
import { DetectorForm } from "./detector-form.tsx";
import styles from "./detectors.module.css";
import { ModelEditor } from "./model-editor.tsx";
import { TryPanel } from "./try-panel.tsx";

type Detector = cameras.Detector;

/** With what cameras look for people. */
export function DetectorsPage() {
  const t = useTranslations("detectors");
  const canWrite = useCanEverywhere()("detector.write");
  const list = useQuery(query(cameras.listDetectors, {}));
  const [open, setOpen] = useState<Detector["id"] | "upload" | "remote">();
  const close = () => setOpen(undefined);
  const shown = list.data?.items.find(({ id }) => id === open);
  return (
    <>
      <StatusSentence detail={t("detail")} end={<CameraViews />}>
        {list.data === undefined ? t("title") : t("sentence", { count: list.data.items.length })}
      </StatusSentence>
      <Panel
        title={t("title")}
        subtitle={t("subtitle")}
        end={
          canWrite && (
            <span className="row row-wrap">
              <Button variant="default" onClick={() => setOpen("remote")}>
                {t("addRemote")}
              </Button>
              <Button onClick={() => setOpen("upload")}>{t("addModel")}</Button>
            </span>
          )
        }
        flush
      >
        <QueryView query={list} what={t("reading")} isEmpty={() => false} empty={null}>
          {({ items }) => <Table items={items} onOpen={({ id }) => setOpen(id)} />}
        </QueryView>
      </Panel>
      {open === "upload" && <ModelEditor onClose={close} />}
      {open === "remote" && (
        <SideDrawer title={t("addRemote")} size={520} keepOpen onClose={close}>
          <DetectorForm detector={undefined} onDone={close} />
        </SideDrawer>
      )}
      {shown !== undefined && <DetectorDrawer detector={shown} canWrite={canWrite} onClose={close} />}
    </>
  );
}

function Table(props: { items: readonly Detector[]; onOpen: (detector: Detector) => void }) {
  const t = useTranslations("detectors");
  const columns = useMemo<Column<Detector>[]>(
    () => [
      { id: "name", header: () => t("name"), cell: ({ row }) => <Name detector={row.original} /> },
      { id: "kind", header: () => t("kind"), cell: ({ row }) => <Kind detector={row.original} /> },
      { id: "classes", header: () => t("classes"), cell: ({ row }) => <Classes detector={row.original} /> },
      { id: "hash", header: () => t("hash"), cell: ({ row }) => <Hash detector={row.original} /> },
      {
        id: "cameras",
        header: () => t("cameras"),
        meta: { align: "end" },
        cell: ({ row }) => <span className="num">{row.original.cameras.length}</span>,
      },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.items}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={props.onOpen}
      phoneRow={(detector) => (
        <span className={styles.lines}>
          <Name detector={detector} />
          <span className="secondary small">
            <Kind detector={detector} />
          </span>
          <span className="tertiary tiny">{t("usedBy", { count: detector.cameras.length })}</span>
        </span>
      )}
    />
  );
}

function Name({ detector: { name, licence } }: { detector: Detector }) {
  return (
    <span className={styles.lines}>
      <span className="strong truncate">{name}</span>
      {licence !== "" && <span className="tertiary tiny truncate">{licence}</span>}
    </span>
  );
}

function Kind({ detector: { kind, family, files, inputSize, remote } }: { detector: Detector }) {
  const t = useTranslations("detectors");
  const format = useFormat();
  if (remote !== undefined) return <span className="anywhere">{new URL(remote.url).host}</span>;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <span className={styles.lines}>
      <span>
        {t(`kinds.${kind}`)}, {family}
      </span>
      <span className="tertiary tiny num">
        {format.bytes(bytes)}
        {inputSize !== undefined && ` · ${inputSize.width} × ${inputSize.height}`}
      </span>
    </span>
  );
}

const SHOWN_CLASSES = 3;

function Classes({ detector: { labels, remote } }: { detector: Detector }) {
  const t = useTranslations("detectors");
  if (remote !== undefined) return <span className="tertiary">{t("classesUnknown")}</span>;
  const more = labels.length - SHOWN_CLASSES;
  return (
    <span>
      {labels.slice(0, SHOWN_CLASSES).join(", ")}
      {more > 0 && ` ${t("more", { count: more })}`}
    </span>
  );
}

function Hash({ detector: { files } }: { detector: Detector }) {
  const t = useTranslations("detectors");
  const [first] = files;
  if (first === undefined) return <span className="tertiary">–</span>;
  return (
    <span className="row">
      <span className="mono tiny">{first.sha256.slice(0, 12)}</span>
      <CopyButton text={files.map(({ sha256 }) => sha256).join("\n")} label={t("copyHash")} />
    </span>
  );
}

function DetectorDrawer(props: { detector: Detector; canWrite: boolean; onClose: () => void }) {
  const t = useTranslations("detectors");
  const can = useCan();
  const format = useFormat();
  const { detector, canWrite, onClose } = props;
  const { added, cameras: users, files, labels, name } = detector;
  return (
    <SideDrawer title={name} size={560} onClose={onClose}>
      <div className="stack">
        <div className="stack stack-tight small">
          <Kind detector={detector} />
          {detector.licence !== "" && <span className="secondary">{detector.licence}</span>}
          {added !== undefined && (
            <span className="secondary">
              {t("addedBy", { name: added.byName, time: format.dateTime(added.atMs) })}
            </span>
          )}
          <span>
            {users.length === 0
              ? t("unused")
              : t("usedByNames", { cameras: users.map((camera) => camera.name).join(", ") })}
          </span>
          {labels.length > 0 && <p className="secondary tiny">{labels.join(", ")}</p>}
          {files.map(({ file, sha256 }) => (
            <span key={file} className="row">
              <span className="mono tiny anywhere">{sha256}</span>
              <CopyButton text={sha256} label={t("copyHash")} />
            </span>
          ))}
        </div>
        {can("camera.write") && <TryPanel key={detector.id} detector={detector} />}
        {canWrite && detector.id !== cameras.BUILT_IN_DETECTOR && (
          <DetectorForm detector={detector} onDone={onClose} />
        )}
      </div>
    </SideDrawer>
  );
}
