import { channel } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { ChannelExceptions } from "./channel-exceptions.tsx";
import { ChannelPolicy } from "./channel-policy.tsx";
import { EnrolmentGroups } from "./enrolment-groups.tsx";
import { ServerKeys } from "./server-keys.tsx";
import styles from "./settings.module.css";

/** By which keys devices know this server, and what is asked of them. */
export function ChannelSection() {
  const t = useTranslations("channel.settings");
  const state = useQuery(query(channel.getChannel, {}));
  return (
    <>
      <QueryView query={state} what={t("reading")}>
        {(read) => (
          <>
            {read.recovery !== undefined && <Recovery recovery={read.recovery} />}
            <Root state={read} />
            <ServerKeys keys={read.serverKeys} />
            <ChannelPolicy key={JSON.stringify([read.suites, read.requiredTypes])} state={read} />
            <ChannelExceptions exceptions={read.exceptions} />
          </>
        )}
      </QueryView>
      <EnrolmentGroups />
    </>
  );
}

function Root(props: { state: channel.ChannelState }) {
  const t = useTranslations("channel.settings");
  const { rootFingerprint, revocations } = props.state;
  return (
    <Panel title={t("root")}>
      <div className={styles.form}>
        <p className="secondary">{t("rootText")}</p>
        <div className={`${styles.fingerprint} mono`}>
          <span>{rootFingerprint}</span>
          <CopyButton text={rootFingerprint} label={t("copyFingerprint")} />
        </div>
        <dl className="facts">
          <dt>{t("revocations")}</dt>
          <dd>
            {t("revocationsValue", { count: revocations.entries, version: String(revocations.version) })}
          </dd>
        </dl>
      </div>
    </Panel>
  );
}

function Recovery(props: { recovery: NonNullable<channel.ChannelState["recovery"]> }) {
  const t = useTranslations("channel.settings");
  const format = useFormat();
  const { atMs, revoked } = props.recovery;
  return (
    <Panel title={t("recovery")}>
      <p className="warn">{t("recoveryText", { when: format.dateMinute(atMs), count: revoked })}</p>
    </Panel>
  );
}
