import type { recovery } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./recovery.module.css";
import { RootFingerprint, type Trust } from "./root-fingerprint.tsx";

/** What is printed: the code, whose it is, and what to do with it on the day that it is needed. */
export function KitSheet(props: { draft: recovery.RecoveryKitDraft; organisation: string; trust: Trust }) {
  const t = useTranslations("recovery.sheet");
  const format = useFormat();
  const { draft, organisation, trust } = props;
  return (
    <article className={styles.sheet} aria-label={t("title")}>
      <header className={styles.sheetHead}>
        <p className={styles.sheetTitle}>{t("title")}</p>
        <p className="secondary">
          {organisation} · {format.date(draft.madeMs)}
        </p>
      </header>
      <ol className={styles.code} aria-label={t("code")}>
        {draft.groups.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a group may stand there twice
          <li key={at}>
            <span className={styles.number}>{at + 1}</span>
            <span className="mono">{group}</span>
          </li>
        ))}
      </ol>
      <div className={styles.sheetText}>
        <p>{t("what")}</p>
        <p>{t("how")}</p>
        <p className={`mono ${styles.command}`}>gatehouse restore {t("folder")}</p>
        <p>{t("keep")}</p>
      </div>
      <div>
        <p className={styles.sheetLabel}>{t("fingerprint")}</p>
        <RootFingerprint trust={trust} />
      </div>
    </article>
  );
}
