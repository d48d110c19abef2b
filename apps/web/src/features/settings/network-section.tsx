import { operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./settings.module.css";

type Listener = operations.NetworkInfo["listeners"][number];

/** Where Gatehouse listens, and how to know that it is really it. */
export function NetworkSection() {
  const t = useTranslations("settings.network");
  const { secure } = useMe();
  const network = useQuery(query(operations.getNetwork, {}));
  const columns = useMemo<Column<Listener>[]>(
    () => [
      {
        id: "kind",
        header: () => t("kind"),
        cell: ({ row }) => <span className="strong mono">{row.original.kind}</span>,
      },
      { id: "url", header: () => t("address"), cell: ({ row }) => <Address url={row.original.url} /> },
      {
        id: "reach",
        header: () => t("reach"),
        cell: ({ row }) => t(row.original.loopbackOnly ? "loopback" : "everywhere"),
      },
    ],
    [t],
  );
  return (
    <QueryView query={network} what={t("reading")}>
      {(read) => (
        <>
          <Panel
            title={t("connection")}
            end={<Tag tone={secure ? "ok" : "warn"}>{t(secure ? "secure" : "plain")}</Tag>}
          >
            <p className="secondary">{t(secure ? "secureText" : "plainText")}</p>
          </Panel>
          <Panel title={t("listeners")} subtitle={read.publicUrl} flush>
            <DataTable
              label={t("listeners")}
              rows={read.listeners}
              rowId={({ url, kind }) => kind + url}
              columns={columns}
              phoneRow={({ kind, url, loopbackOnly }) => (
                <span className={styles.lines}>
                  <span className="strong mono">{kind}</span>
                  <Address url={url} />
                  <span className="tertiary small">{t(loopbackOnly ? "loopback" : "everywhere")}</span>
                </span>
              )}
            />
          </Panel>
          <Panel title={t("authority")}>
            {read.ca === undefined ? (
              <p className="secondary">{t("noAuthority")}</p>
            ) : (
              <Authority ca={read.ca} />
            )}
          </Panel>
        </>
      )}
    </QueryView>
  );
}

function Address(props: { url: string }) {
  return (
    <span className="row">
      <span className="mono anywhere">{props.url}</span>
      <CopyButton text={props.url} />
    </span>
  );
}

/** The fingerprint in groups, as an other screen shows it. */
const grouped = (fingerprint: string): string =>
  fingerprint.includes(":") || fingerprint.includes(" ")
    ? fingerprint
    : (fingerprint.match(/.{1,4}/g) ?? []).join(" ");

function Authority(props: { ca: NonNullable<operations.NetworkInfo["ca"]> }) {
  const t = useTranslations("settings.network");
  const format = useFormat();
  const { fingerprint, expiresMs } = props.ca;
  return (
    <div className={styles.form}>
      <p className="secondary">{t("authorityText")}</p>
      <div className={`${styles.fingerprint} mono`}>
        <span>{grouped(fingerprint)}</span>
        <CopyButton text={fingerprint} label={t("copyFingerprint")} />
      </div>
      <p className="tertiary small">{t("expires", { date: format.date(expiresMs) })}</p>
      <div>
        <Button
          component="a"
          href={operations.getCaCertificate.path}
          download="ca.pem"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
        >
          {t("download")}
        </Button>
      </div>
    </div>
  );
}
