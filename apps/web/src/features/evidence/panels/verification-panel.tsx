import { useTranslations } from "use-intl";
import { useNow } from "../../../data/now.ts";
import { Panel } from "../../../design/panel.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { CHECKS, type Check, type CheckedClip, type CheckState } from "../check/model.ts";
import { elapsed, judge } from "../judgement.ts";
import type { Span } from "../player/clip-reel.ts";
import { useCheckText } from "./check-text.ts";
import styles from "./panels.module.css";
import { SealBand } from "./seal-band.tsx";

/** The five checks that this browser did, each with the way to its proof. */
export function VerificationPanel(props: { clip: CheckedClip; span: Span; onProof: (check: Check) => void }) {
  const t = useTranslations("evidence.verification");
  const format = useFormat();
  const { clip } = props;
  const nowMs = useNow(10_000);
  return (
    <Panel
      title={t("title")}
      flush
      end={
        <span className="tertiary small">
          {format.quantity(clip.tookMs / 1_000, "s")}, {format.since(clip.checkedMs, nowMs)}
        </span>
      }
    >
      <ClipSeal clip={clip} span={props.span} />
      <ul className={styles.checks}>
        {clip.checks.map((check) => (
          <CheckRow key={check.id} check={check} clip={clip} onProof={() => props.onProof(check)} />
        ))}
      </ul>
    </Panel>
  );
}

/** The same while this browser is at it, so that what stands below does not move. */
export function VerificationPending() {
  const t = useTranslations("evidence.verification");
  const names = useTranslations("evidence.checkName");
  return (
    <Panel title={t("title")} flush>
      <div className={`${styles.band} ${styles.pending}`}>{t("pending")}</div>
      <ul className={styles.checks} aria-hidden="true">
        {CHECKS.map((check) => (
          <li key={check} className={`${styles.check} ${styles.pending}`}>
            <svg className={`${styles.sign} ${styles.unknown}`} viewBox="0 0 18 18" aria-hidden="true">
              <circle cx="9" cy="9" r="8.2" />
            </svg>
            <p>{names(check)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What the clip is, and what of it is not to be relied on. */
export function ClipSeal(props: { clip: CheckedClip; span: Span; isInButton?: boolean }) {
  const t = useTranslations("evidence.verification");
  const { clip, span } = props;
  const { changed, passed, seal } = judge(clip);
  const parts = changed.map(
    ({ segment: { fromMs, toMs } }) =>
      `${elapsed(fromMs - span.fromMs)}–${elapsed(Math.min(toMs, span.toMs) - span.fromMs)}`,
  );
  const counted = t("passed", { passed: String(passed), all: String(clip.checks.length) });
  return (
    <SealBand
      seal={seal}
      isInButton={props.isInButton === true}
      text={parts.length === 0 ? counted : `${counted} ${t("unreliable", { parts: parts.join(", ") })}`}
    />
  );
}

function CheckRow(props: { check: Check; clip: CheckedClip; onProof: () => void }) {
  const t = useTranslations("evidence.verification");
  const { check, clip } = props;
  const { fact, text, title } = useCheckText()(check, clip);
  return (
    <li className={styles.check}>
      <CheckSign state={check.state} />
      <div className="grow">
        <p className={`strong ${check.state === "failed" ? "danger" : ""}`}>{title}</p>
        <p className="secondary small">{text}</p>
        <p className="row row-between small">
          <span className="mono secondary truncate">{fact}</span>
          <button type="button" className={styles.show} onClick={props.onProof}>
            {t("show")}
            <span className="visually-hidden">: {title}</span>
          </button>
        </p>
      </div>
    </li>
  );
}

/** Each state has a shape of its own. */
export function CheckSign(props: { state: CheckState }) {
  const t = useTranslations("evidence.state");
  return (
    <svg
      className={`${styles.sign} ${styles[props.state]}`}
      viewBox="0 0 18 18"
      role="img"
      aria-label={t(props.state)}
    >
      <circle cx="9" cy="9" r="8.2" />
      {props.state === "passed" && <path d="M5.6 9.3l2.3 2.3 4.6-4.8" />}
      {props.state === "failed" && <path d="M6.2 6.2l5.6 5.6m0-5.6l-5.6 5.6" />}
      {props.state === "unknown" && <path d="M7 7.3a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.3M9 12.8v.1" />}
    </svg>
  );
}
