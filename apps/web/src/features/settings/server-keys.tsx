import { channel } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./settings.module.css";

type Key = channel.ServerKeyState;

const TONES: Readonly<Record<Key["state"], Tone>> = { current: "ok", next: "accent", retired: "neutral" };
const ORDER: readonly Key["state"][] = ["current", "next", "retired"];

/** Our own keys by suite, with their time. */
export function ServerKeys(props: { keys: readonly Key[] }) {
  const t = useTranslations("channel.settings");
  const suite = useTranslations("channel.suite");
  const format = useFormat();
  const can = useCan();
  const rows = useMemo(
    () =>
      [...props.keys].sort((a, b) => b.suite - a.suite || ORDER.indexOf(a.state) - ORDER.indexOf(b.state)),
    [props.keys],
  );
  const columns = useMemo<Column<Key>[]>(
    () => [
      { id: "suite", header: t("suite"), cell: ({ row }) => suite(`${row.original.suite}`) },
      { id: "state", header: t("state"), cell: ({ row }) => <State of={row.original} /> },
      {
        id: "fingerprint",
        header: t("fingerprint"),
        cell: ({ row }) => <span className="mono">{row.original.fingerprint}</span>,
      },
      { id: "from", header: t("from"), cell: ({ row }) => format.date(row.original.notBeforeMs) },
      { id: "until", header: t("until"), cell: ({ row }) => format.date(row.original.notAfterMs) },
    ],
    [t, suite, format],
  );
  return (
    <Panel
      title={t("serverKeys")}
      flush
      footer={t("serverKeysNote")}
      end={can("settings.write") && channel.SUITE_IDS.map((id) => <RotateButton key={id} suite={id} />)}
    >
      <DataTable
        label={t("serverKeys")}
        rows={rows}
        rowId={({ keyId }) => keyId}
        columns={columns}
        phoneRow={(key) => (
          <span className={styles.lines}>
            <span className="row row-between">
              <span className="strong">{suite(`${key.suite}`)}</span>
              <State of={key} />
            </span>
            <span className="mono small anywhere">{key.fingerprint}</span>
            <span className="tertiary small">
              {format.date(key.notBeforeMs)} – {format.date(key.notAfterMs)}
            </span>
          </span>
        )}
      />
    </Panel>
  );
}

function State(props: { of: Key }) {
  const t = useTranslations("channel.settings.keyState");
  return <Tag tone={TONES[props.of.state]}>{t(props.of.state)}</Tag>;
}

function RotateButton(props: { suite: channel.SuiteId }) {
  const t = useTranslations("channel.settings");
  const suite = useTranslations("channel.suite")(`${props.suite}`);
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const rotate = useCall(channel.rotateServerKeys, [channel.getChannel]);
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("rotate", { suite })}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("rotateTitle", { suite })}
        act={t("rotateAct")}
        busy={rotate.isPending}
        error={rotate.error === null ? undefined : errorText(rotate.error)}
        onConfirm={() =>
          rotate.mutate({ body: { suite: props.suite } }, { onSuccess: () => setAsking(false) })
        }
        onClose={() => setAsking(false)}
      >
        {t("rotateText")}
      </ConfirmDialog>
    </>
  );
}
