import type { devices, trust } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { useFindingText } from "./finding-text.ts";

/** Reasons against a device, the strongest first, each as strong as its bar is long. */
export function Findings(props: {
  device: devices.Device;
  trust: Pick<trust.DeviceTrust, "findings" | "learned">;
  /** At most so many. */
  limit?: number;
}) {
  const t = useTranslations("trust");
  const text = useFindingText(props.device);
  const format = useFormat();
  const nowMs = useNow(10_000);
  const { findings, learned } = props.trust;
  return (
    <div className={styles.bars}>
      {findings.length === 0 && <p className="secondary small">{learned ? t("believed") : t("learning")}</p>}
      {findings.slice(0, props.limit).map((finding) => {
        const limit = text.limit(finding);
        return (
          <div key={`${finding.code} ${finding.metric} ${finding.detail}`} className="small">
            <p className="strong">{text.title(finding)}</p>
            <div className={styles.bar}>
              <span
                className={`${styles.fill} ${styles.doubt}`}
                style={{ width: `${finding.evidenceRatio * 100}%` }}
              />
            </div>
            <p className="tertiary tiny">
              {limit === undefined ? "" : `${limit} · `}
              {t("since", { duration: format.duration(Math.max(0, nowMs - finding.sinceMs)) })}
            </p>
          </div>
        );
      })}
    </div>
  );
}
