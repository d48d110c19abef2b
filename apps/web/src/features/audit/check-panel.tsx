import { ledger } from "@gatehouse/contract";
import { Button, Progress } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { type CheckProgress, checkLog, type LogVerdict } from "./check-log.ts";

interface Run extends CheckProgress {
  readonly verdict?: LogVerdict;
  readonly stopped?: boolean;
  readonly error?: unknown;
  readonly remainingMs?: number;
}

/** Reads the whole log and computes its root here; can be stopped, says how long it still takes. */
export function CheckPanel(props: { head: ledger.LedgerHead }) {
  const t = useTranslations("audit.check");
  const format = useFormat();
  const { head } = props;
  const [run, setRun] = useState<Run>();
  const stop = useRef<AbortController>(undefined);
  const busy = run !== undefined && run.verdict === undefined && !run.stopped && run.error === undefined;
  const start = async () => {
    const abort = new AbortController();
    stop.current = abort;
    const begunMs = performance.now();
    let last: CheckProgress = { done: 0, total: head.covered };
    setRun(last);
    try {
      const read = async (from: number, to: number) => {
        const query = { log: String(head.log), from: String(from), to: String(to) };
        return (await call(ledger.readLedgerRange, { query }, abort.signal)).items;
      };
      const verdict = await checkLog(head, read, (progress) => {
        last = progress;
        const perEntryMs = (performance.now() - begunMs) / progress.done;
        setRun({ ...progress, remainingMs: perEntryMs * (progress.total - progress.done) });
      });
      setRun({ ...last, verdict });
    } catch (error) {
      setRun(abort.signal.aborted ? { ...last, stopped: true } : { ...last, error });
    }
  };
  return (
    <Panel
      title={t("title")}
      subtitle={t("subtitle")}
      end={run?.verdict !== undefined && <VerdictTag verdict={run.verdict} />}
    >
      <div className="stack">
        <div aria-live="polite">{run !== undefined && <State run={run} />}</div>
        {busy && (
          <Progress value={run.total === 0 ? 0 : (100 * run.done) / run.total} aria-label={t("title")} />
        )}
        <div className="row">
          {busy ? (
            <Button variant="default" onClick={() => stop.current?.abort()}>
              {t("cancel")}
            </Button>
          ) : (
            <Button onClick={() => void start()} disabled={head.checkpoint === undefined}>
              {run === undefined ? t("start", { count: head.covered }) : t("again")}
            </Button>
          )}
          {busy && run.remainingMs !== undefined && (
            <span className="tertiary small">
              {t("remaining", { time: format.duration(run.remainingMs) })}
            </span>
          )}
        </div>
      </div>
    </Panel>
  );
}

function VerdictTag(props: { verdict: LogVerdict }) {
  const t = useTranslations("audit.proof.state");
  const isWhole = props.verdict.kind === "whole";
  return <Tag tone={isWhole ? "ok" : "danger"}>{t(isWhole ? "proven" : "failed")}</Tag>;
}

function State(props: { run: Run }) {
  const t = useTranslations("audit.check");
  const format = useFormat();
  const errorText = useErrorText();
  const { verdict, stopped, error, done, total } = props.run;
  if (error !== undefined) return <p className="danger">{errorText(error as Error)}</p>;
  if (stopped) return <p>{t("stopped", { done: format.number(done) })}</p>;
  if (verdict === undefined)
    return <p>{t("progress", { done: format.number(done), total: format.number(total) })}</p>;
  switch (verdict.kind) {
    case "whole": {
      const entries = format.number(verdict.entries);
      if (verdict.shown === verdict.entries) return <p>{t("whole", { entries })}</p>;
      return <p>{t("part", { entries, shown: format.number(verdict.shown) })}</p>;
    }
    case "changed":
    case "missing":
      return <p className="danger">{t(verdict.kind, { index: format.number(verdict.index) })}</p>;
    default:
      return <p className="danger">{t(verdict.kind)}</p>;
  }
}
