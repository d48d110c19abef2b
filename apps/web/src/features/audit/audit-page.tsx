import { ledger } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./audit.module.css";
import { CheckPanel } from "./check-panel.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { EntriesPanel } from "./entries-panel.tsx";
import { WitnessHint } from "./witnesses/witness-hint.tsx";

const RENEW_MS = 10_000;

/** What was done, by whom, to what; and whether the log is whole, computed here. */
export function AuditPage() {
  const t = useTranslations("audit");
  const format = useFormat();
  const head = useQuery({ ...query(ledger.getLedgerHead, {}), refetchInterval: RENEW_MS });
  const { size = 0, covered = 0, atMs } = head.data ?? {};
  return (
    <>
      <StatusSentence
        end={
          <Button variant="default" component="a" href="/verify" target="_blank">
            {t("verifyExport")}
          </Button>
        }
        detail={
          atMs === undefined
            ? t("noCheckpoint")
            : t("detail", { covered: format.number(covered), at: format.dateTime(atMs) })
        }
      >
        {t("sentence", { count: size })}
      </StatusSentence>
      <WitnessHint />
      {head.data !== undefined && (
        <div className={styles.columns}>
          <CheckPanel head={head.data} />
          <ComparePanel head={head.data} />
        </div>
      )}
      <EntriesPanel head={head.data} />
    </>
  );
}
