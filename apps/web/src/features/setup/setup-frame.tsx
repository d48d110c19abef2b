import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { LanguageSwitch } from "../../app/shell/language-switch.tsx";
import { Logo } from "../../app/shell/logo.tsx";
import styles from "./setup.module.css";

export type SetupStep = "administrator" | "recovery" | "address" | "device" | "people";

const STEPS: readonly SetupStep[] = ["administrator", "recovery", "address", "device", "people"];

/** The steps at the left, the current one beside them. */
export function SetupFrame(props: {
  at: SetupStep;
  owner?: string;
  /** Passed by without being done. */
  putOff?: SetupStep | undefined;
  children: ReactNode;
}) {
  const t = useTranslations("setup");
  const current = STEPS.indexOf(props.at);
  const hints: Record<SetupStep, string> = {
    administrator: props.owner ?? t("step.administratorHint"),
    recovery: props.putOff === "recovery" ? t("canWait") : t("step.recoveryHint"),
    address: t("step.addressHint"),
    device: t("step.deviceHint"),
    people: t("canWait"),
  };
  return (
    <div className={styles.frame}>
      <title>{t("title")}</title>
      <aside className={styles.aside}>
        <div className={styles.brand}>
          <Logo /> Gatehouse
        </div>
        <p className="secondary">{t("aside")}</p>
        <ol className={styles.steps}>
          {STEPS.map((step, n) => {
            const done = n < current && step !== props.putOff;
            return (
              <li
                key={step}
                className={`${styles.step} ${n === current ? styles.current : ""}`}
                {...(n === current ? { "aria-current": "step" } : {})}
              >
                <span className={`${styles.mark} ${done ? styles.done : ""}`}>
                  {done ? <IconCheck size={13} stroke={3} role="img" aria-label={t("done")} /> : n + 1}
                </span>
                <span>
                  <span className="strong">{t(`step.${step}`)}</span>
                  <span className={styles.hint}>{hints[step]}</span>
                </span>
              </li>
            );
          })}
        </ol>
        <div className={styles.foot}>
          <p>{t("local")}</p>
          <LanguageSwitch anonymous={props.owner === undefined} />
        </div>
      </aside>
      <main className={styles.main}>{props.children}</main>
    </div>
  );
}

/** Title and first sentence of a step. */
export function StepHead(props: { title: string; children: ReactNode }) {
  return (
    <header>
      <h1 className="setup-title">{props.title}</h1>
      <p className={styles.intro}>{props.children}</p>
    </header>
  );
}

/** Back and on, at the foot of a step. */
export function StepFoot(props: { children: ReactNode }) {
  return <footer className={styles.stepFoot}>{props.children}</footer>;
}
