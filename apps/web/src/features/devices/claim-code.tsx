import type { devices } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Qr } from "../../design/qr.tsx";
import styles from "./device.module.css";

/** `9:12`, or `23:59:08` from an hour on. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const tail = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${tail}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${tail}`;
}

/** A one-time claim code: to scan, to read aloud, with the time it has left. */
export function ClaimCode(props: { claim: devices.ClaimCode }) {
  const t = useTranslations("devices.credential");
  const { claim } = props;
  const leftMs = claim.expiresMs - useNow();
  if (leftMs <= 0) return <p className="warn">{t("claimOver")}</p>;
  return (
    <div className={styles.claim}>
      <Qr text={claim.url} label={t("claimQr", { code: claim.code })} size={132} />
      <div className="stack stack-tight grow">
        <span className="secondary small">{t("claim")}</span>
        <span className="row row-wrap">
          <span className={styles.code}>{claim.code}</span>
          <CopyButton text={claim.code} />
        </span>
        <span className="num small">{t("claimFor", { time: countdown(leftMs) })}</span>
        <span className="tertiary tiny">{t("claimText")}</span>
      </div>
    </div>
  );
}
