import { ledger, type ReplyOf } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { Qr } from "../../design/qr.tsx";
import { QueryView } from "../../design/query-view.tsx";
import styles from "./recovery.module.css";

export type Trust = ReplyOf<typeof ledger.getLedgerTrust>;

/** By what people know this installation: whoever checks evidence compares it with a copy from elsewhere. */
export function RootFingerprintPanel() {
  const t = useTranslations("recovery.root");
  const trust = useQuery(query(ledger.getLedgerTrust, {}));
  const { data } = trust;
  return (
    <Panel
      title={t("title")}
      {...(data === undefined ? {} : { end: <CopyButton text={data.fingerprint} label={t("copy")} /> })}
    >
      <QueryView query={trust} what={t("reading")}>
        {(read) => (
          <div className="stack">
            <RootFingerprint trust={read} />
            <p className={`secondary small ${styles.prose}`}>{t("text")}</p>
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

/** The words, to be read aloud; the same as digits, and for a camera. */
export function RootFingerprint(props: { trust: Trust }) {
  const t = useTranslations("recovery.root");
  const { fingerprint, words } = props.trust;
  return (
    <div className={styles.root}>
      <Qr text={fingerprint} label={t("qr")} size={112} />
      <div className="stack stack-tight">
        <ol className={styles.words} aria-label={t("words")}>
          {words.map((word, at) => (
            // A word may stand there twice.
            // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes
            <li key={at}>{word}</li>
          ))}
        </ol>
        <p className={`${styles.digits} mono`}>{fingerprint}</p>
      </div>
    </div>
  );
}
