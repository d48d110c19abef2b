import { channel, type devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { ChannelKeys } from "./channel-keys.tsx";
import { ChannelState } from "./channel-state.tsx";
import styles from "./device.module.css";
import { EnrolPanel } from "./enrol-panel.tsx";
import { RefusalsPanel } from "./refusals-panel.tsx";

const RENEW_MS = 5_000;

/** A device's own keys: which it has, what it is held to, and what was refused from it. */
export function SecurityTab(props: { device: devices.Device }) {
  const t = useTranslations("channel");
  const can = useCan();
  const { device } = props;
  const security = useQuery({
    ...query(channel.getDeviceSecurity, { params: { id: device.id } }),
    refetchInterval: RENEW_MS,
  });
  const mayChange = can("device.credentials") && device.revokedMs === undefined;
  return (
    <div className={styles.columns}>
      <div className="stack">
        <Panel title={t("keys.title")} subtitle={t("keys.subtitle")} flush>
          <QueryView
            query={security}
            what={t("state.reading")}
            isEmpty={({ keys }) => keys.length === 0}
            empty={<EmptyState title={t("keys.empty")}>{t("keys.emptyText")}</EmptyState>}
          >
            {({ keys }) => <ChannelKeys device={device} keys={keys} mayChange={mayChange} />}
          </QueryView>
        </Panel>
        {mayChange && <EnrolPanel deviceId={device.id} />}
      </div>
      <div className="stack">
        <QueryView query={security} what={t("state.reading")}>
          {(read) => (
            <>
              <ChannelState device={device} security={read} mayChange={mayChange} />
              {read.enrolment !== undefined && <Words enrolment={read.enrolment} />}
            </>
          )}
        </QueryView>
        <RefusalsPanel deviceId={device.id} />
      </div>
    </div>
  );
}

function Words(props: { enrolment: NonNullable<channel.DeviceSecurity["enrolment"]> }) {
  const t = useTranslations("channel.words");
  const format = useFormat();
  const { words, atMs, address } = props.enrolment;
  return (
    <Panel title={t("title")} footer={t("when", { when: format.dateMinute(atMs), address })}>
      <div className="stack">
        {/* The device shows the same English words in every language. */}
        <p className={styles.code} lang="en">
          {words.join(" ")}
        </p>
        <p className="secondary small">{t("text")}</p>
      </div>
    </Panel>
  );
}
