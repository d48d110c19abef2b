import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorState } from "../../design/error-state.tsx";
import { LoadingState } from "../../design/loading-state.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { RangeControl } from "../../design/range-control.tsx";
import { useShortcut } from "../../design/shortcuts.ts";
import type { TimeRange } from "../../design/time-range.ts";
import { type ChartActs, ChartCard } from "./chart-card.tsx";
import { type ChartPlan, chartKeys, MAX_CHARTS, moved, refsOf } from "./chart-plan.ts";
import { ExportButtons } from "./export-buttons.tsx";
import { SeriesPicker } from "./series-picker.tsx";
import styles from "./telemetry.module.css";
import { useSeriesInfo } from "./use-series-info.ts";
import { type Tracks, useTracks } from "./use-tracks.ts";

export interface WorkspaceProps {
  charts: readonly ChartPlan[];
  range: TimeRange;
  onCharts: (charts: ChartPlan[]) => void;
  onRange: (range: TimeRange) => void;
  /** Without it charts are shown and cannot be changed. */
  editable: boolean;
  /** More buttons of the bar. */
  children?: ReactNode;
}

/** Up to 24 charts over one range: a bar to change them, one history call, one live subscription. */
export function Workspace(props: WorkspaceProps) {
  const t = useTranslations("telemetry");
  const can = useCan();
  const [picking, setPicking] = useState<number | "new">();
  const refs = refsOf(props.charts);
  const acts = useActs(props, setPicking);
  const canAdd = props.editable && props.charts.length < MAX_CHARTS;
  useShortcut("c", () => setPicking("new"), canAdd);
  const save = (plan: ChartPlan) => {
    const { charts } = props;
    props.onCharts(
      picking === "new" ? [...charts, plan] : charts.map((one, n) => (n === picking ? plan : one)),
    );
    setPicking(undefined);
  };
  const addButton = (
    <Button
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setPicking("new")}
      disabled={!canAdd}
    >
      {t("addChart")}
    </Button>
  );
  return (
    <>
      <div className={styles.bar}>
        <RangeControl range={props.range} nowMs={() => liveHub.nowMs()} onRange={props.onRange} />
        {props.editable && addButton}
        {props.children}
        {refs.length > 0 && can("telemetry.export") && <ExportButtons refs={refs} range={props.range} />}
      </div>
      {refs.length === 0 ? (
        <EmptyState title={t("none.title")}>{t("none.text")}</EmptyState>
      ) : (
        <Charts {...props} refs={refs} acts={props.editable ? acts : undefined} />
      )}
      {picking !== undefined && (
        <SeriesPicker
          plan={picking === "new" ? undefined : props.charts[picking]}
          onSave={save}
          onClose={() => setPicking(undefined)}
        />
      )}
    </>
  );
}

/** Stable acts that always see the newest charts, so that a card renders only when its own data change. */
function useActs(props: WorkspaceProps, edit: (index: number) => void): ChartActs {
  const latest = useRef(props);
  latest.current = props;
  const [acts] = useState<ChartActs>(() => ({
    move: (index, by) => latest.current.onCharts(moved(latest.current.charts, index, by)),
    remove: (index) => latest.current.onCharts(latest.current.charts.filter((_, n) => n !== index)),
    edit,
  }));
  return acts;
}

type ChartsProps = WorkspaceProps & { refs: readonly string[]; acts: ChartActs | undefined };

function Charts(props: ChartsProps) {
  const t = useTranslations("telemetry");
  const info = useSeriesInfo(props.refs);
  const known = info.ready ? props.refs.filter((ref) => info.byRef.has(ref)) : [];
  const { history, tracks } = useTracks(known, props.range);
  if (info.error !== null && info.byRef.size === 0)
    return <ErrorState error={info.error} onRetry={info.retry} />;
  if (!info.ready) return <LoadingState what={t("reading")} />;
  const grid = (shown: Tracks) => <Grid {...props} info={info} tracks={shown} />;
  if (known.length === 0) return grid({ byRef: new Map(), fromMs: 0, toMs: 1 });
  return (
    <QueryView query={history} what={t("reading")}>
      {(read) => grid(tracks ?? read)}
    </QueryView>
  );
}

function Grid(props: ChartsProps & { info: ReturnType<typeof useSeriesInfo>; tracks: Tracks }) {
  const { charts, info, tracks } = props;
  const count = charts.length;
  const keys = chartKeys(charts);
  const size = count === 1 ? styles.single : count > 6 ? styles.dense : "";
  const height = count === 1 ? 340 : count > 6 ? 120 : 180;
  return (
    <div className={`${styles.charts} ${size}`}>
      {charts.map((plan, index) => (
        <ChartCard
          key={keys[index]}
          plan={plan}
          infos={plan.series.map((ref) => info.byRef.get(ref))}
          tracks={plan.series.map((ref) => tracks.byRef.get(ref))}
          fromMs={tracks.fromMs}
          toMs={tracks.toMs}
          height={height}
          index={index}
          count={count}
          acts={props.acts}
        />
      ))}
    </div>
  );
}
