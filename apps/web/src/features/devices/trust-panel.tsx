import { type devices, trust } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { Findings } from "./trust-findings.tsx";

const RENEW_MS = 30_000;
const SHOWN = 3;

/** How far the device is believed and the strongest reasons against it. */
export function TrustPanel(props: { device: devices.Device }) {
  const t = useTranslations("trust");
  const format = useFormat();
  const { device } = props;
  const read = useQuery({
    ...query(trust.getDeviceTrust, { params: { id: device.id } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <Panel
      title={t("title")}
      end={
        read.data !== undefined && (
          <>
            <span className={styles.figure}>{format.number(read.data.score)}</span>
            <span className="tertiary small">{t("of")}</span>
          </>
        )
      }
      footer={
        <Link to="/devices/$deviceId/{-$tab}" params={{ deviceId: device.id, tab: "trust" }} className="link">
          {t("open")}
        </Link>
      }
    >
      <QueryView query={read} what={t("reading")}>
        {(data) => <Findings device={device} trust={data} limit={SHOWN} />}
      </QueryView>
    </Panel>
  );
}
