import { devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { Ago } from "./last-value.tsx";

const MINUTE_MS = 60_000;

export const isValid = (credential: devices.Credential, nowMs: number): boolean =>
  credential.revokedMs === undefined && (credential.expiresMs === undefined || credential.expiresMs > nowMs);

/** The newest valid credential and where the device may publish; the tab has the rest. */
export function CredentialsSummary(props: { device: devices.Device }) {
  const t = useTranslations("devices");
  const nowMs = useNow(MINUTE_MS);
  const list = useQuery(query(devices.listCredentials, { params: { id: props.device.id } }));
  const valid = list.data?.items.filter((one) => isValid(one, nowMs)) ?? [];
  return (
    <Panel
      title={t("credential.title")}
      end={
        list.data !== undefined && (
          <Tag tone={valid.length > 0 ? "ok" : "warn"}>{t("credential.active", { count: valid.length })}</Tag>
        )
      }
      footer={
        <Link
          to="/devices/$deviceId/{-$tab}"
          params={{ deviceId: props.device.id, tab: "credentials" }}
          className="link"
        >
          {t("page.tab.credentials")}
        </Link>
      }
    >
      <QueryView query={list} what={t("credential.reading")}>
        {({ topics }) => <Facts credential={newest(valid)} topics={topics} />}
      </QueryView>
    </Panel>
  );
}

const newest = (items: readonly devices.Credential[]): devices.Credential | undefined =>
  items.toSorted((a, b) => b.createdMs - a.createdMs)[0];

function Facts(props: { credential: devices.Credential | undefined; topics: readonly string[] }) {
  const t = useTranslations("devices.credential");
  const format = useFormat();
  const { credential, topics } = props;
  if (credential === undefined) return <p className="warn">{t("none")}</p>;
  return (
    <dl className="facts">
      <dt>{t(`kind.${credential.kind}`)}</dt>
      <dd className="mono">{credential.publicId}</dd>
      <dt>{t("fingerprintShort")}</dt>
      <dd className="mono">{credential.fingerprint}</dd>
      <dt>{t("expires")}</dt>
      <dd>{credential.expiresMs === undefined ? t("noExpiry") : format.date(credential.expiresMs)}</dd>
      <dt>{t("lastUsed")}</dt>
      <dd>
        <Ago atMs={credential.lastUsedMs} />
      </dd>
      {topics[0] !== undefined && (
        <>
          <dt>{t("topics")}</dt>
          <dd className="mono">{topics[0]}</dd>
        </>
      )}
    </dl>
  );
}
