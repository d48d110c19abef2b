import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { KitPanel } from "../recovery/kit-panel.tsx";
import { RootFingerprintPanel } from "../recovery/root-fingerprint.tsx";
import { SeamsPanel } from "../recovery/seams-panel.tsx";
import styles from "./settings.module.css";

const SEAL = "npm run gatehouse -- key seal";

/** What is needed on the day when the machine is gone, and what is left of such days. */
export function RecoverySection() {
  const can = useCan();
  return (
    <>
      {can("installation.read") && <KitPanel />}
      {can("ledger.read") && <SeamsPanel />}
      {can("installation.read") && <Passphrase />}
      <RootFingerprintPanel />
    </>
  );
}

function Passphrase() {
  const t = useTranslations("recovery.passphrase");
  return (
    <Panel title={t("title")}>
      <div className={styles.form}>
        <p className="secondary small">{t("text")}</p>
        <div className={`${styles.fingerprint} mono`}>
          <span>{SEAL}</span>
          <CopyButton text={SEAL} />
        </div>
      </div>
    </Panel>
  );
}
