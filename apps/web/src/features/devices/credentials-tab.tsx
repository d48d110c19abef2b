import { devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { CopyButton } from "../../design/copy-button.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CertificateButton } from "./certificate-dialog.tsx";
import { ClaimCode } from "./claim-code.tsx";
import styles from "./device.module.css";
import { RevokeButton } from "./device-header.tsx";
import { GrantedTopics } from "./granted-topics.tsx";
import { Ago } from "./last-value.tsx";
import { RotateButton } from "./rotate-dialog.tsx";

type Credential = devices.Credential;

/** Keys and certificates, how to replace and end them, and where the device may publish. */
export function CredentialsTab(props: { device: devices.Device }) {
  const t = useTranslations("devices.credential");
  const can = useCan();
  const { device } = props;
  const list = useQuery(query(devices.listCredentials, { params: { id: device.id } }));
  const mayChange = can("device.credentials") && device.revokedMs === undefined;
  return (
    <div className="stack">
      <Panel
        title={t("list")}
        flush
        end={
          mayChange && (
            <>
              <RotateButton device={device} />
              <CertificateButton device={device} />
            </>
          )
        }
        {...(mayChange ? { footer: <RevokeButton device={device} label={t("revokeAll")} /> } : {})}
      >
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={<EmptyState title={t("none")} />}
        >
          {({ items }) => <CredentialTable device={device} items={items} mayChange={mayChange} />}
        </QueryView>
      </Panel>
      <div className={styles.halves}>
        {mayChange && <ClaimPanel deviceId={device.id} />}
        <Panel title={t("topics")}>
          <p className="secondary small">{t("topicsText")}</p>
          <ul className={`${styles.topics} mono`} style={{ marginTop: 8 }}>
            {list.data?.topics.map((topic) => (
              <li key={topic} className="row">
                <span className="anywhere">{topic}</span>
                <CopyButton text={topic} />
              </li>
            ))}
          </ul>
        </Panel>
      </div>
      <GrantedTopics device={device} mayChange={can("device.credentials")} />
    </div>
  );
}

function CredentialTable(props: {
  device: devices.Device;
  items: readonly Credential[];
  mayChange: boolean;
}) {
  const t = useTranslations("devices.credential");
  const { device, items, mayChange } = props;
  const columns = useMemo<Column<Credential>[]>(
    () => [
      { id: "kind", header: t("colKind"), cell: ({ row }) => t(`kind.${row.original.kind}`) },
      {
        id: "publicId",
        header: t("publicId"),
        cell: ({ row }) => <span className="mono">{row.original.publicId}</span>,
      },
      {
        id: "fingerprint",
        header: t("fingerprint"),
        cell: ({ row }) => <span className="mono">{row.original.fingerprint}</span>,
      },
      { id: "created", header: t("created"), cell: ({ row }) => <Ago atMs={row.original.createdMs} /> },
      { id: "lastUsed", header: t("lastUsed"), cell: ({ row }) => <Ago atMs={row.original.lastUsedMs} /> },
      { id: "expires", header: t("expires"), cell: ({ row }) => <End credential={row.original} /> },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("revokeOne")}</span>,
        meta: { align: "end" },
        cell: ({ row }) =>
          mayChange && row.original.revokedMs === undefined ? (
            <RevokeOne device={device} credential={row.original} />
          ) : null,
      },
    ],
    [t, device, mayChange],
  );
  return (
    <DataTable
      label={t("list")}
      rows={items}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(one) => (
        <span className="stack stack-tight">
          <span className="row row-wrap row-between">
            <span className="strong">{t(`kind.${one.kind}`)}</span>
            <End credential={one} />
          </span>
          <span className="mono anywhere">{one.publicId}</span>
          <span className="mono tertiary anywhere">{one.fingerprint}</span>
        </span>
      )}
      phoneEnd={(one) =>
        mayChange && one.revokedMs === undefined && <RevokeOne device={device} credential={one} />
      }
    />
  );
}

function End(props: { credential: Credential }) {
  const t = useTranslations("devices.credential");
  const format = useFormat();
  const { revokedMs, expiresMs } = props.credential;
  if (revokedMs !== undefined)
    return <span className="danger">{t("revokedOn", { when: format.dateMinute(revokedMs) })}</span>;
  return expiresMs === undefined ? t("noExpiry") : format.dateMinute(expiresMs);
}

function RevokeOne(props: { device: devices.Device; credential: Credential }) {
  const t = useTranslations("devices.credential");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const revoke = useCall(devices.revokeCredential, [devices.listCredentials, devices.getDevice]);
  const { device, credential } = props;
  return (
    <>
      <Button variant="subtle" size="compact-xs" h={24} onClick={() => setAsking(true)}>
        {t("revokeOne")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("revokeOneTitle")}
        act={t("revokeOneAct")}
        destructive
        busy={revoke.isPending}
        error={revoke.error === null ? undefined : errorText(revoke.error)}
        onConfirm={() =>
          revoke.mutate(
            { params: { id: device.id, credentialId: credential.id } },
            { onSuccess: () => setAsking(false) },
          )
        }
        onClose={() => setAsking(false)}
      >
        {t("revokeOneText", {
          kind: t(`kind.${credential.kind}`),
          id: credential.publicId,
          name: device.name,
        })}
      </ConfirmDialog>
    </>
  );
}

function ClaimPanel(props: { deviceId: string }) {
  const t = useTranslations("devices.credential");
  const errorText = useErrorText();
  const create = useCall(devices.createClaimCode);
  return (
    <Panel title={t("claim")} footer={t("claimNote")}>
      <div className="stack">
        {create.data === undefined ? (
          <p className="secondary small">{t("claimText")}</p>
        ) : (
          <ClaimCode claim={create.data} />
        )}
        {create.error !== null && (
          <p role="alert" className="danger">
            {errorText(create.error)}
          </p>
        )}
        <div>
          <Button
            variant="default"
            loading={create.isPending}
            onClick={() => create.mutate({ params: { id: props.deviceId }, body: {} })}
          >
            {t("claimAct")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
