import { ledger } from "@gatehouse/contract";
import { Button, Checkbox, Modal, NativeSelect, Progress, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { saveFile } from "../../data/download.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./audit.module.css";
import type { EntryFilter } from "./entry-filter.ts";
import { type ExportChoice, type ExportPlan, plannedFilter, planOf, requestOf } from "./export-plan.ts";
import { type ExportRun, useExport } from "./use-export.ts";

/** Entries of the log in order, from its very first. */
const BEFORE_LOG = (log: number): string => `${log - 1}.999999999999999`;

/** Says what an export of what the list shows would hold, makes it, and follows it until it is saved. */
export function ExportDialog(props: { filter: EntryFilter; head: ledger.LedgerHead; onClose: () => void }) {
  const t = useTranslations("audit.export");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const { filter, head } = props;
  const [choice, setChoice] = useState<ExportChoice>({ log: head.log, first: "", last: "", reveal: false });
  const { run, start, cancel } = useExport();
  const plan = usePlan(filter, choice);
  const busy = run.state === "running";
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("title")}
      size={520}
      closeOnClickOutside={!busy}
      closeButtonProps={{ "aria-label": action("close") }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void start(requestOf(filter, choice));
        }}
      >
        {run.state === "done" ? (
          <Done run={run} />
        ) : (
          <fieldset className={styles.choices} disabled={busy}>
            <Choices {...{ filter, head, choice }} onChange={setChoice} />
            <Inside plan={plan.data} />
          </fieldset>
        )}
        <div aria-live="polite">
          {busy && <Running bytes={run.bytes} />}
          {run.state === "stopped" && <p>{t("stopped")}</p>}
        </div>
        <DialogFoot
          error={
            run.state === "failed"
              ? errorText(run.error)
              : plan.error === null
                ? undefined
                : errorText(plan.error)
          }
        >
          {run.state === "done" ? (
            <Button onClick={props.onClose}>{action("close")}</Button>
          ) : (
            <>
              <Button variant="default" onClick={busy ? cancel : props.onClose}>
                {busy ? t("stop") : action("cancel")}
              </Button>
              <Button type="submit" loading={busy} disabled={plan.data?.kind !== "ready"}>
                {t("act")}
              </Button>
            </>
          )}
        </DialogFoot>
      </form>
    </Modal>
  );
}

/** What would be inside, read from the first and the last entry that match. */
function usePlan(filter: EntryFilter, choice: ExportChoice) {
  const planned = { ...plannedFilter(filter, choice), limit: "1" };
  const newest = useQuery(query(ledger.listLedgerEntries, { query: planned }));
  const oldest = useQuery(
    query(ledger.listLedgerEntries, { query: { ...planned, after: BEFORE_LOG(choice.log) } }),
  );
  const data: ExportPlan | undefined =
    newest.data === undefined || oldest.data === undefined
      ? undefined
      : planOf(oldest.data.items[0], newest.data.items[0]);
  return { data, error: newest.error ?? oldest.error };
}

function Choices(props: {
  filter: EntryFilter;
  head: ledger.LedgerHead;
  choice: ExportChoice;
  onChange: (choice: ExportChoice) => void;
}) {
  const t = useTranslations("audit.export");
  const can = useCan();
  const { filter, head, choice, onChange } = props;
  const { q, ...asked } = filter;
  return (
    <>
      <p className="secondary">{t(Object.keys(asked).length === 0 ? "everything" : "filtered")}</p>
      {q !== undefined && <p className="warn">{t("noWords", { words: q })}</p>}
      {head.logs.length > 1 && (
        <NativeSelect
          label={t("log")}
          value={String(choice.log)}
          onChange={(event) => onChange({ ...choice, log: Number(event.currentTarget.value) })}
          data={head.logs.map(({ log, origin }) => ({ value: String(log), label: origin }))}
        />
      )}
      <div className={styles.range}>
        {(["first", "last"] as const).map((end) => (
          <TextInput
            key={end}
            label={t(end)}
            placeholder={t("noBound")}
            inputMode="numeric"
            maxLength={15}
            value={choice[end]}
            onChange={(event) => onChange({ ...choice, [end]: event.currentTarget.value })}
          />
        ))}
      </div>
      {can("people.read") && (
        <Checkbox
          label={t("reveal")}
          description={t("revealText")}
          checked={choice.reveal}
          onChange={(event) => onChange({ ...choice, reveal: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function Inside(props: { plan: ExportPlan | undefined }) {
  const t = useTranslations("audit.export");
  return (
    <div className="stack stack-tight">
      <p aria-live="polite" className={props.plan?.kind === "ready" ? "strong" : "warn"}>
        {props.plan !== undefined && <PlanText plan={props.plan} />}
      </p>
      <p className="tertiary small">{t("inside")}</p>
      <p className="tertiary small">{t("limit")}</p>
      <p className="tertiary small">{t("recorded")}</p>
    </div>
  );
}

function PlanText(props: { plan: ExportPlan }) {
  const t = useTranslations("audit.export");
  const format = useFormat();
  const { plan } = props;
  if (plan.kind === "empty") return t("empty");
  const range = { first: format.number(plan.first), last: format.number(plan.last) };
  return t(plan.kind === "ready" ? "range" : "tooLarge", range);
}

function Running(props: { bytes: number | undefined }) {
  const t = useTranslations("audit.export");
  const format = useFormat();
  const { bytes } = props;
  return (
    <div className="stack stack-tight">
      <p>{bytes === undefined ? t("making") : t("received", { size: format.bytes(bytes) })}</p>
      <Progress value={100} animated aria-label={t("title")} />
    </div>
  );
}

function Done(props: { run: Extract<ExportRun, { state: "done" }> }) {
  const t = useTranslations("audit.export");
  const format = useFormat();
  const { file } = props.run;
  return (
    <>
      <p role="status" className="strong">
        {t("done", { name: file.name, size: format.bytes(file.blob.size) })}
      </p>
      <p className="secondary">{t("doneText")}</p>
      <div className="row row-wrap">
        <Button variant="default" component="a" href="/verify" target="_blank">
          {t("verify")}
        </Button>
        <Button variant="default" onClick={() => saveFile(file)}>
          {t("again")}
        </Button>
      </div>
    </>
  );
}
