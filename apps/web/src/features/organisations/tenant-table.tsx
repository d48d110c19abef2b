import type { access } from "@gatehouse/contract";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./organisations.module.css";
import { TenantState } from "./tenant-state.tsx";

type Tenant = access.Tenant;

export function TenantTable(props: { tenants: readonly Tenant[]; onOpen: (tenant: Tenant) => void }) {
  const t = useTranslations("organisations");
  const format = useFormat();
  const columns = useMemo<Column<Tenant>[]>(() => {
    const count = (key: "people" | "sites" | "devices"): Column<Tenant> => ({
      id: key,
      header: () => t(key),
      meta: { align: "end" },
      cell: ({ row }) => format.number(row.original[key]),
    });
    return [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong anywhere">{row.original.name}</span>,
      },
      {
        id: "state",
        header: () => t("stateLabel"),
        cell: ({ row }) => <TenantState tenant={row.original} />,
      },
      count("people"),
      count("sites"),
      count("devices"),
      {
        id: "since",
        header: () => t("since"),
        meta: { align: "end" },
        cell: ({ row }) => format.date(row.original.createdMs),
      },
    ];
  }, [t, format]);
  return (
    <DataTable
      label={t("title")}
      rows={props.tenants}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={props.onOpen}
      phoneRow={(tenant) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong anywhere">{tenant.name}</span>
            <TenantState tenant={tenant} />
          </span>
          <span className="tertiary tiny">
            {t("people")} {format.number(tenant.people)}, {t("sites")} {format.number(tenant.sites)},{" "}
            {t("devices")} {format.number(tenant.devices)}
          </span>
        </span>
      )}
    />
  );
}
