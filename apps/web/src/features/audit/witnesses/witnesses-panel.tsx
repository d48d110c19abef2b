import { ledger, type ReplyOf } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { useCan } from "../../../data/session.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { AddWitnessDialog } from "./add-witness-dialog.tsx";
import { TONES, useWhy } from "./witness-words.ts";
import styles from "./witnesses.module.css";

export type WitnessList = ReplyOf<typeof ledger.listWitnesses>;
type Witness = ledger.LedgerWitness;

/** Who cosigns this log, when last, and what that is good for. */
export function WitnessesPanel(props: { list: UseQueryResult<WitnessList, Error> }) {
  const t = useTranslations("witnesses.own");
  const words = useTranslations("witnesses");
  const mayChange = useCan()("installation.write");
  const [adding, setAdding] = useState(false);
  const columns = useMemo<Column<Witness>[]>(
    () => [
      { id: "name", header: t("name"), cell: ({ row }) => <Name of={row.original} /> },
      { id: "kind", header: t("kind"), cell: ({ row }) => words(`kind.${row.original.kind}`) },
      { id: "last", header: t("last"), cell: ({ row }) => <Last of={row.original} /> },
      { id: "state", header: t("state"), cell: ({ row }) => <Standing of={row.original} /> },
      {
        id: "against",
        header: t("against"),
        cell: ({ row }) => <span className="secondary">{words(`against.${row.original.kind}`)}</span>,
      },
      {
        id: "remove",
        header: () => <span className="visually-hidden">{t("remove")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => mayChange && <Remove witness={row.original} />,
      },
    ],
    [t, words, mayChange],
  );
  const add = mayChange && (
    <Button variant="default" onClick={() => setAdding(true)}>
      {t("add")}
    </Button>
  );
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} end={add} flush>
      <QueryView
        query={props.list}
        what={words("reading")}
        isEmpty={({ witnesses }) => witnesses.length === 0}
        empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      >
        {({ witnesses }) => (
          <DataTable
            label={t("title")}
            rows={witnesses}
            rowId={({ id }) => id}
            columns={columns}
            phoneRow={(witness) => (
              <span className={styles.lines}>
                <Name of={witness} />
                <span className="tertiary small">
                  {words(`kind.${witness.kind}`)} · <Last of={witness} />
                </span>
                <Standing of={witness} />
                <span className="secondary small">{words(`against.${witness.kind}`)}</span>
              </span>
            )}
            phoneEnd={(witness) => mayChange && <Remove witness={witness} />}
          />
        )}
      </QueryView>
      {adding && <AddWitnessDialog onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Name(props: { of: Witness }) {
  const { name, deviceId } = props.of;
  if (deviceId === undefined) return <span className="strong anywhere">{name}</span>;
  return (
    <Link className="strong anywhere" to="/devices/$deviceId/{-$tab}" params={{ deviceId, tab: undefined }}>
      {name}
    </Link>
  );
}

function Last(props: { of: Witness }) {
  const t = useTranslations("witnesses.own");
  const format = useFormat();
  const { last } = props.of;
  if (last === undefined) return <span className="tertiary">{t("never")}</span>;
  return t("at", { size: format.number(last.size), time: format.dateMinute(last.atMs) });
}

function Standing(props: { of: Witness }) {
  const t = useTranslations("witnesses.state");
  const why = useWhy();
  const { state, reason } = props.of;
  return (
    <span className={styles.state}>
      <Tag tone={TONES[state]}>{t(state)}</Tag>
      {reason !== undefined && <span className="secondary small">{why(reason)}</span>}
    </span>
  );
}

function Remove(props: { witness: Witness }) {
  const t = useTranslations("witnesses.own");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const remove = useCall(ledger.removeWitness, [ledger.listWitnesses]);
  const { id, name, deviceId } = props.witness;
  return (
    <>
      <Button variant="default" aria-label={t("removeOne", { name })} onClick={() => setAsking(true)}>
        {t("remove")}
      </Button>
      <ConfirmDialog
        opened={asking}
        destructive
        title={t("removeTitle", { name })}
        act={t("removeAct")}
        busy={remove.isPending}
        error={remove.error === null ? undefined : errorText(remove.error)}
        onConfirm={() => remove.mutate({ params: { witnessId: id } }, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t(deviceId === undefined ? "removeText" : "removeMachineText")}
      </ConfirmDialog>
    </>
  );
}
