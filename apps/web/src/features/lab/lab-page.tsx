import { lab } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { AttackDetail } from "./attack-detail.tsx";
import { AttackTable } from "./attack-table.tsx";
import { ControlsPanel } from "./controls-panel.tsx";
import styles from "./lab.module.css";
import { LabLog } from "./lab-log.tsx";
import { RunHistory } from "./run-history.tsx";
import { useAttackText, useLab, useLabRun } from "./use-lab.ts";

/** Attacks against a server of their own: run, follow, and read what stopped them. */
export function LabPage() {
  const t = useTranslations("lab");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const textOf = useAttackText();
  const { attacks, runs } = useLab();
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const runId = search.run ?? runs.data?.items[0]?.id;
  const detail = useLabRun(runId);
  const shown = detail.data;
  const isRunning = shown?.run.state === "running";
  const items = attacks.data?.items ?? [];
  const chosen =
    items.find(({ name }) => name === search.attack) ??
    items.find(({ name }) => name === shown?.position?.attack) ??
    items[0];
  const set = (change: { run?: string; attack?: string }) => {
    const next = { ...(search.run && { run: search.run }), ...(search.attack && { attack: search.attack }) };
    void navigate({ to: "/lab", search: { ...next, ...change }, replace: true, resetScroll: false });
  };
  return (
    <>
      <StatusSentence
        detail={t("detail")}
        end={
          <RunButtons attacks={items} current={runs.data?.items.find(({ state }) => state === "running")} />
        }
      >
        <Sentence run={shown?.run} isEmpty={runs.data?.items.length === 0} />
      </StatusSentence>
      <div className={styles.page}>
        <Panel title={t("attacks")} subtitle={<RunName run={shown?.run} />} footer={t("bothWays")} flush>
          <QueryView query={attacks} what={t("reading")}>
            {(data) => (
              <AttackTable
                attacks={data.items}
                run={shown?.run}
                position={shown?.position}
                chosen={chosen?.name}
                off={off}
                onChoose={(attack) => set({ attack })}
              />
            )}
          </QueryView>
        </Panel>
        <div className={styles.side}>
          {chosen !== undefined && (
            <AttackDetail
              attack={chosen}
              text={textOf(chosen)}
              entry={shown?.run.entries.find(({ attack }) => attack === chosen.name)}
              position={shown?.position?.attack === chosen.name ? shown.position : undefined}
            />
          )}
          <LabLog
            lines={shown?.lines ?? []}
            attack={search.attack === undefined && isRunning ? undefined : chosen?.name}
            isLive={isRunning}
          />
          {items.length > 0 && <ControlsPanel attacks={items} run={shown?.run} off={off} onChange={setOff} />}
          <RunHistory query={runs} openId={runId} onOpen={(run) => set({ run })} />
        </div>
      </div>
    </>
  );
}

function Sentence(props: { run: lab.LabRun | undefined; isEmpty: boolean }) {
  const t = useTranslations("lab");
  const { run, isEmpty } = props;
  if (run === undefined) return isEmpty ? t("none") : t("title");
  const finished = run.entries.filter(({ withControl }) => withControl !== undefined);
  const stopped = finished.filter(({ withControl }) => withControl?.succeeded === false).length;
  const failing = finished.filter(
    ({ withControl, withoutControl }) =>
      withControl?.succeeded === true || withoutControl?.succeeded === false,
  ).length;
  return (
    <>
      {finished.length > 0 && t("sentence", { stopped: String(stopped), finished: finished.length })}
      {failing > 0 && <span className="danger"> {t("failing", { count: failing })}</span>}
      {run.state === "running" && ` ${t(finished.length > 0 ? "running" : "begun")}`}
      {run.state !== "running" && finished.length === 0 && t("unfinished")}
    </>
  );
}

function RunName(props: { run: lab.LabRun | undefined }) {
  const t = useTranslations("lab");
  const format = useFormat();
  if (props.run === undefined) return null;
  return t("runOf", { time: format.dateMinute(props.run.startedMs), name: props.run.byName });
}

function RunButtons(props: { attacks: readonly lab.LabAttack[]; current: lab.LabRun | undefined }) {
  const t = useTranslations("lab");
  const can = useCan();
  const navigate = useNavigate();
  const start = useCall(lab.startLabRun, [lab.listLabRuns]);
  const cancel = useCall(lab.cancelLabRun, [lab.listLabRuns, lab.getLabRun]);
  const { current, attacks } = props;
  if (!can("lab.run") || attacks.length === 0) return null;
  if (current !== undefined)
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={15} />}
        loading={cancel.isPending}
        onClick={() => cancel.mutate({ params: { id: current.id } })}
      >
        {t("stop")}
      </Button>
    );
  return (
    <Button
      leftSection={<IconPlayerPlay size={15} />}
      loading={start.isPending}
      onClick={() =>
        start.mutate({ body: {} }, { onSuccess: () => void navigate({ to: "/lab", search: {} }) })
      }
    >
      {t("runAll", { count: String(attacks.length) })}
    </Button>
  );
}
