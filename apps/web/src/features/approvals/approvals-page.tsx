import { Link, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useWaitingApprovals } from "../../app/shell/use-figures.ts";
import { useCan } from "../../data/session.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useTabLine } from "../../design/tab-line.ts";
import styles from "./approvals.module.css";
import { PolicyPanel } from "./policy-panel.tsx";
import { type ListName, RequestsPanel } from "./requests-panel.tsx";

type TabName = ListName | "rules";
const EVERYBODY: readonly TabName[] = ["decide", "mine", "closed"];
/** For who sees everybody's rights. */
const OVERSEERS: readonly TabName[] = [...EVERYBODY, "open", "rules"];

/** Acts that wait for a second person, those that were decided, and which acts need one. */
export function ApprovalsPage() {
  const t = useTranslations("approvals");
  const tabs = useCan()("role.read") ? OVERSEERS : EVERYBODY;
  const search = useSearch({ strict: false });
  const current = tabs.find((name) => name === search.tab) ?? "decide";
  const line = useTabLine(current);
  return (
    <>
      <StatusSentence detail={t("detail")}>{t("sentence", { count: useWaitingApprovals() })}</StatusSentence>
      <nav {...line} className={`${styles.tabs} ${line.className}`} aria-label={t("tabs")}>
        {tabs.map((name) => (
          <Link
            key={name}
            to="/approvals"
            search={name === "decide" ? {} : { tab: name }}
            className={styles.tab ?? ""}
            activeOptions={{ exact: true, includeSearch: true }}
            {...(name === current ? { "aria-current": "page" as const } : {})}
          >
            {t(`tab.${name}`)}
          </Link>
        ))}
      </nav>
      {current === "rules" ? <PolicyPanel /> : <RequestsPanel key={current} list={current} />}
    </>
  );
}
