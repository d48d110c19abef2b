import { gateways } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Pager } from "../../design/pager.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";

type Row = gateways.MeterReadDevice;

const PAGE = 50;
const OPEN_RENEW_MS = 3_000;

/** Meters of a round that were not read: those that still may answer come with the others. */
export function MissingList(props: { read: gateways.MeterRead }) {
  const t = useTranslations("gateways.read");
  const { id, state } = props.read;
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...query(gateways.listMeterReadDevices, {
      params: { id },
      query: { verdict: "missing", offset: String(offset), limit: String(PAGE) },
    }),
    refetchInterval: state === "open" ? OPEN_RENEW_MS : false,
  });
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "device", header: () => t("column.device"), cell: ({ row }) => <Name row={row.original} /> },
      {
        id: "gateway",
        header: () => t("column.gateway"),
        cell: ({ row }) => row.original.gatewayName ?? t("itself"),
      },
      { id: "verdict", header: () => t("column.verdict"), cell: ({ row }) => <Verdict row={row.original} /> },
      { id: "time", header: () => t("column.time"), cell: ({ row }) => <Time row={row.original} /> },
    ],
    [t],
  );
  return (
    <>
      <h3 className="small strong">{t("missing")}</h3>
      <QueryView
        query={list}
        what={t("reading")}
        isEmpty={({ total }) => total === 0}
        empty={<p className="secondary small">{t("missingNone")}</p>}
      >
        {({ items, total }) => (
          <>
            <DataTable
              label={t("missing")}
              rows={items}
              rowId={({ deviceId }) => deviceId}
              columns={columns}
              phoneRow={(row) => (
                <span className="row row-between row-top">
                  <Name row={row} />
                  <Verdict row={row} />
                </span>
              )}
            />
            <Pager offset={offset} limit={PAGE} total={total} onOffset={setOffset} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Name(props: { row: Row }) {
  const { deviceId, name } = props.row;
  return (
    <Link to="/devices/$deviceId/{-$tab}" params={{ deviceId, tab: undefined }}>
      {name}
    </Link>
  );
}

function Verdict(props: { row: Row }) {
  const t = useTranslations("gateways.read.verdict");
  const { verdict, detail } = props.row;
  return (
    <span>
      <Tag tone={verdict === undefined ? "neutral" : "warn"}>{t(verdict ?? "waiting")}</Tag>
      {detail !== undefined && <span className="tertiary tiny"> {detail}</span>}
    </span>
  );
}

function Time(props: { row: Row }) {
  const format = useFormat();
  return props.row.atMs === undefined ? "–" : format.clock(props.row.atMs);
}
