import type { devices } from "@gatehouse/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { type Column, DataTable, type Sort } from "../../design/data-table.tsx";
import { Tag } from "../../design/tag.tsx";
import styles from "./devices.module.css";
import { LastSeen, LastValue, LiveState } from "./last-value.tsx";
import { TrustMark } from "./trust-mark.tsx";
import { TypeIcon, useTypeName } from "./type-icon.tsx";

type Device = devices.Device;
type DeviceSort = (typeof devices.DEVICE_SORTS)[number];

const SHOWN_TAGS = 3;

/** Sortable both ways; type and status are ordered one way only. */
const TWO_WAYS: readonly string[] = ["name", "lastSeen"];

export const sortOf = (text: DeviceSort): Sort =>
  text.startsWith("-") ? { column: text.slice(1), descending: true } : { column: text, descending: false };

export const sortText = ({ column, descending }: Sort): string =>
  descending && TWO_WAYS.includes(column) ? `-${column}` : column;

export function DeviceTable(props: { rows: readonly Device[]; sort: Sort; onSort: (sort: Sort) => void }) {
  const t = useTranslations("devices");
  const navigate = useNavigate();
  const columns = useColumns();
  return (
    <DataTable
      label={t("title")}
      rows={props.rows}
      rowId={(device) => device.id}
      columns={columns}
      sort={props.sort}
      onSort={props.onSort}
      onOpen={(device) =>
        void navigate({ to: "/devices/$deviceId/{-$tab}", params: { deviceId: device.id } })
      }
      phoneRow={(device) => <PhoneRow device={device} />}
    />
  );
}

function useColumns(): Column<Device>[] {
  const t = useTranslations("devices.column");
  const typeName = useTypeName();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("name"),
        meta: { sortable: true },
        cell: ({ row }) => <NameLink device={row.original} />,
      },
      { id: "label", header: t("label"), cell: ({ row }) => row.original.label },
      {
        id: "type",
        header: t("type"),
        meta: { sortable: true },
        cell: ({ row }) => (
          <span className="row">
            <TypeIcon typeId={row.original.typeId} /> {typeName(row.original.typeId)}
          </span>
        ),
      },
      { id: "site", header: t("site"), cell: ({ row }) => row.original.siteName },
      {
        id: "status",
        header: t("status"),
        meta: { sortable: true },
        cell: ({ row }) => (
          <span className="row">
            <LiveState device={row.original} /> <TrustMark trust={row.original.trust} />
          </span>
        ),
      },
      {
        id: "last",
        header: t("last"),
        meta: { align: "end" },
        cell: ({ row }) => <LastValue device={row.original} />,
      },
      {
        id: "lastSeen",
        header: t("lastSeen"),
        meta: { align: "end", sortable: true, width: 150 },
        cell: ({ row }) => <LastSeen device={row.original} />,
      },
      { id: "tags", header: t("tags"), cell: ({ row }) => <Tags tags={row.original.tags} /> },
    ],
    [t, typeName],
  );
}

function NameLink(props: { device: Device }) {
  return (
    <Link
      to="/devices/$deviceId/{-$tab}"
      params={{ deviceId: props.device.id }}
      className={styles.name ?? ""}
      tabIndex={-1}
    >
      {props.device.name}
    </Link>
  );
}

export function Tags(props: { tags: readonly string[] }) {
  const more = props.tags.length - SHOWN_TAGS;
  return (
    <span className={styles.tags} {...(more > 0 ? { title: props.tags.join(", ") } : {})}>
      {props.tags.slice(0, SHOWN_TAGS).map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      {more > 0 && <span className="tertiary">+{more}</span>}
    </span>
  );
}

function PhoneRow(props: { device: Device }) {
  const { device } = props;
  return (
    <span className={styles.entry}>
      <span className="strong truncate">{device.name}</span>
      <LastValue device={device} />
      <span className="row secondary small">
        <LiveState device={device} />
        <TrustMark trust={device.trust} />
        <span className="truncate">{device.label || device.siteName}</span>
      </span>
      <span className="tertiary tiny">
        <LastSeen device={device} />
      </span>
    </span>
  );
}
