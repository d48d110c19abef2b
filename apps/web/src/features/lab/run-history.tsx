import type { lab } from "@gatehouse/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./lab.module.css";

const TONES = {
  running: "accent",
  passed: "ok",
  failed: "danger",
  cancelled: "neutral",
  broken: "warn",
} satisfies Record<lab.LabRun["state"], Tone>;

/** Runs of before, newest first; one opens with what was said in it. */
export function RunHistory(props: {
  query: UseQueryResult<{ items: lab.LabRun[] }, Error>;
  openId: string | undefined;
  onOpen: (id: string) => void;
}) {
  const t = useTranslations("lab");
  const format = useFormat();
  return (
    <Panel title={t("history")} flush>
      <QueryView
        query={props.query}
        what={t("readingRun")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("none")}>{t("historyEmpty")}</EmptyState>}
      >
        {({ items }) => (
          <ul className={styles.runs} aria-label={t("history")}>
            {items.map((run) => (
              <li key={run.id}>
                <button
                  type="button"
                  className={styles.run}
                  aria-current={run.id === props.openId}
                  onClick={() => props.onOpen(run.id)}
                >
                  <span className="num nowrap">{format.dateMinute(run.startedMs)}</span>
                  <span className="secondary truncate">
                    {run.byName}, {t("ofAll", { count: run.entries.length })}
                  </span>
                  <Tag tone={TONES[run.state]}>{t(`state.${run.state}`)}</Tag>
                </button>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}
