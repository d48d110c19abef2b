import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./audit.module.css";
import { type CheckState, checkEntry, type EntryChecks, type EntryProof } from "./entry-checks.ts";

const CHECKS = ["event", "place", "checkpoint", "personal"] as const satisfies (keyof EntryChecks)[];
const TONES: Record<CheckState, Tone> = { proven: "ok", failed: "danger", absent: "neutral" };

/** The entry's proof step by step, each computed in this browser. */
export function ProofPanel(props: { given: EntryProof }) {
  const t = useTranslations("audit.proof");
  const format = useFormat();
  const { entry, proof } = props.given;
  const checks = useMemo(() => checkEntry(props.given), [props.given]);
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <div className="stack">
        <ul className={styles.checks}>
          {CHECKS.map((check) => (
            <li key={check} className="row row-between">
              <span>{t(check)}</span>
              <Tag tone={TONES[checks[check]]}>{t(`state.${checks[check]}`)}</Tag>
            </li>
          ))}
        </ul>
        {proof === undefined ? (
          <p className="secondary">{t("waiting")}</p>
        ) : (
          <dl className="facts">
            <dt>{t("leaf")}</dt>
            <dd className="mono small anywhere">{entry.leafHash}</dd>
            <dt>{t("path")}</dt>
            <dd>
              {t("pathCount", { count: proof.hashes.length })}
              {proof.hashes.map((hash) => (
                <div key={hash} className="mono tiny tertiary anywhere">
                  {hash}
                </div>
              ))}
            </dd>
            <dt>{t("size")}</dt>
            <dd className="num">{format.number(proof.size)}</dd>
            <dt>{t("key")}</dt>
            <dd className="mono small anywhere">{proof.verifierKey}</dd>
            <dt>{t("note")}</dt>
            <dd className="row row-top">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
              <pre className={styles.code} tabIndex={0}>
                {proof.checkpoint}
              </pre>
              <CopyButton text={proof.checkpoint} />
            </dd>
          </dl>
        )}
        <p className="tertiary small">{t("pinned")}</p>
      </div>
    </Panel>
  );
}
