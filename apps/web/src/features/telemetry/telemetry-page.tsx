import { telemetry } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useTabLine } from "../../design/tab-line.ts";
import { parseRange, rangeText, spanOf, type TimeRange } from "../../design/time-range.ts";
import { BoardView } from "./board-view.tsx";
import { type ChartPlan, chartsText, parseCharts, refsOf } from "./chart-plan.ts";
import { NewBoard } from "./new-board.tsx";
import styles from "./telemetry.module.css";
import { Workspace } from "./workspace.tsx";

/** Charts to explore, and the boards on which people keep them. */
export function TelemetryPage() {
  const { boardId } = useParams({ strict: false });
  return (
    <>
      <BoardTabs current={boardId} />
      {boardId === undefined ? <Explore /> : <BoardView key={boardId} id={boardId} />}
    </>
  );
}

function BoardTabs(props: { current: string | undefined }) {
  const t = useTranslations("telemetry");
  const boards = useQuery(query(telemetry.listBoards, {})).data?.items ?? [];
  const line = useTabLine(`${props.current} ${boards.length}`);
  return (
    <nav {...line} className={`${styles.tabs} ${line.className}`} aria-label={t("boards")}>
      <Link
        to="/telemetry"
        className={styles.tab ?? ""}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        {t("explore")}
      </Link>
      {boards.map(({ id, name }) => (
        <Link
          key={id}
          to="/telemetry/boards/$boardId"
          params={{ boardId: id }}
          className={styles.tab ?? ""}
          title={name}
          {...(id === props.current ? { "aria-current": "page" as const } : {})}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** Charts and range stand in the address, so that a link shows the same. */
function Explore() {
  const t = useTranslations("telemetry");
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [saving, setSaving] = useState(false);
  const charts = useMemo(() => parseCharts(search.series), [search.series]);
  const range = useMemo(() => parseRange(search.range), [search.range]);
  const go = (next: { charts?: ChartPlan[]; range?: TimeRange }) => {
    const series = chartsText(next.charts ?? charts);
    const to = rangeText(next.range ?? range);
    void navigate({
      to: "/telemetry",
      search: { ...(series === "" ? {} : { series }), range: to },
      replace: true,
    });
  };
  return (
    <>
      <StatusSentence detail={t("exploreText")}>
        {t("sentence", { charts: charts.length, series: refsOf(charts).length })}
      </StatusSentence>
      <Workspace
        charts={charts}
        range={range}
        editable
        onCharts={(next) => go({ charts: next })}
        onRange={(next) => go({ range: next })}
      >
        {can("board.write") && (
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={14} aria-hidden="true" />}
            onClick={() => setSaving(true)}
          >
            {charts.length === 0 ? t("board.create") : t("board.keep")}
          </Button>
        )}
      </Workspace>
      {saving && <NewBoard charts={charts} rangeMs={spanOf(range)} onClose={() => setSaving(false)} />}
    </>
  );
}
