import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { useLabelText } from "../use-label-text.ts";
import styles from "./panels.module.css";

type Step = cameras.CustodyStep;

const RENEW_MS = 10_000;

/** Everything that happened to the clip, oldest first, each with its entry in the audit log where there is one. */
export function CustodyPanel(props: { event: cameras.CameraEvent; cameraTitle: string }) {
  const t = useTranslations("evidence.custody");
  const { event } = props;
  const custody = useQuery({
    ...query(cameras.getCustody, { params: { id: event.id } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} flush>
      <QueryView
        query={custody}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<p className={styles.nothing}>{t("none")}</p>}
      >
        {({ items, more }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <ol className={styles.rows} tabIndex={0} aria-label={t("title")}>
            {more && <li className={styles.row}>{t("more")}</li>}
            {items.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only added at their end
              <li key={at} className={styles.step}>
                <StepTime step={step} nearMs={event.startMs} />
                <span className="grow anywhere">
                  <StepText step={step} cameraTitle={props.cameraTitle} />
                </span>
                <StepEntry step={step} />
              </li>
            ))}
          </ol>
        )}
      </QueryView>
    </Panel>
  );
}

const DAY_MS = 86_400_000;

function StepTime(props: { step: Step; nearMs: number }) {
  const format = useFormat();
  const { atMs } = props.step;
  const isNear = Math.abs(atMs - props.nearMs) < DAY_MS && format.date(atMs) === format.date(props.nearMs);
  return (
    <time
      className="num tertiary small nowrap"
      dateTime={new Date(atMs).toISOString()}
      title={format.dateTime(atMs)}
    >
      {isNear ? format.clock(atMs) : format.dayMonth(atMs)}
    </time>
  );
}

function StepText(props: { step: Step; cameraTitle: string }) {
  const t = useTranslations("evidence.custody");
  const kinds = useTranslations("evidence.custody.act");
  const logKinds = useTranslations("ledgerKinds");
  const verdicts = useTranslations("evidence.verdict.name");
  const labelText = useLabelText();
  const format = useFormat();
  const { step } = props;
  const key = step.kind.replace(".", "_") as "clip_verdict";
  if (!kinds.has(key))
    return (
      <>
        <b>{nameOf(step, props.cameraTitle, t)}</b> {logKinds(step.kind as "clip.verdict")}
      </>
    );
  const values = {
    b: (text: ReactNode) => <b>{text}</b>,
    who: nameOf(step, props.cameraTitle, t),
    camera: props.cameraTitle,
    via: step.via ?? "playback",
    what: step.what ?? "",
    count: step.count ?? 1,
    link: String(step.link ?? 0),
    score: format.quantity(step.score ?? 0, "", 2),
    label: labelText(step.label ?? ""),
    verdict: step.verdict === undefined ? "" : verdicts(step.verdict),
  };
  // Each text takes some of these.
  return kinds.rich(key, values as never);
}

type CustodyWords = ReturnType<typeof useTranslations<"evidence.custody">>;

/** Who did it, as far as the reader may know. */
function nameOf({ by }: Step, cameraTitle: string, t: CustodyWords): string {
  if (by.isYou) return t("you", { name: by.name ?? "" });
  if (by.kind === "device") return by.name ?? cameraTitle;
  if (by.name !== undefined) return by.name;
  if (by.gone === true) return t("gone");
  const key = `party.${by.kind}` as "party.person";
  return t.has(key) ? t(key) : t("party.system");
}

function StepEntry(props: { step: Step }) {
  const t = useTranslations("evidence.custody");
  const format = useFormat();
  const may = useCanEverywhere();
  const { entry } = props.step;
  if (entry === undefined) return null;
  const number = format.number(entry.index);
  if (!may("ledger.read")) return <span className="mono tertiary small">{number}</span>;
  return (
    <Link
      className="link mono tertiary small"
      to="/audit/$entryId"
      params={{ entryId: entry.id }}
      aria-label={t("entry", { number })}
    >
      {number}
    </Link>
  );
}
