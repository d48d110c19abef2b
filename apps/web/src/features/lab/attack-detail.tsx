import type { lab } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { lab as words } from "../../i18n/en/lab.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { tookText } from "./attack-table.tsx";
import styles from "./lab.module.css";
import type { AttackText } from "./use-lab.ts";

/** What an attack is, where it is now, and what was counted. */
export function AttackDetail(props: {
  attack: lab.LabAttack;
  text: AttackText;
  entry: lab.LabEntry | undefined;
  position: lab.LabPosition | undefined;
}) {
  const t = useTranslations("lab");
  const { text, entry, position } = props;
  return (
    <Panel title={text.title}>
      <p className="secondary">{text.what}</p>
      <ol className={styles.steps}>
        {text.steps.map((step, index) => (
          <li
            key={step}
            {...(position?.step === index ? { className: "strong", "aria-current": "step" as const } : {})}
          >
            {step}
          </li>
        ))}
      </ol>
      {position?.doneRatio !== undefined && (
        <progress className={styles.progress} value={position.doneRatio} aria-label={text.title} />
      )}
      <p className="small">
        <span className="tertiary">{t("measured")}</span> {text.measured}
      </p>
      <Evidence title={t("evidenceOn")} verdict={entry?.withControl} />
      <Evidence title={t("evidenceOff")} verdict={entry?.withoutControl} />
    </Panel>
  );
}

/** What the lab's attacks count; a name of a newer lab is shown as it is. */
const isCounted = (name: string): name is keyof typeof words.counted => Object.hasOwn(words.counted, name);

function Evidence(props: { title: string; verdict: lab.LabVerdict | undefined }) {
  const t = useTranslations("lab");
  const format = useFormat();
  const { verdict } = props;
  if (verdict === undefined) return null;
  const time = tookText(verdict.tookMs, format.quantity);
  return (
    <div className={styles.evidence}>
      <p className="small strong">
        {props.title}{" "}
        <span className="tertiary">{t(verdict.succeeded ? "succeededIn" : "stoppedIn", { time })}</span>
      </p>
      <dl className={styles.counted}>
        {Object.entries(verdict.evidence).map(([name, value]) => (
          <div key={name}>
            <dt className="tertiary">{isCounted(name) ? t(`counted.${name}`) : name}</dt>
            <dd className="mono anywhere">
              {typeof value === "number" ? format.number(value) : String(value)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
