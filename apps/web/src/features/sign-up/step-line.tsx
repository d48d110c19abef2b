import { useTranslations } from "use-intl";
import styles from "./sign-up.module.css";

const STEPS = ["details", "email", "phone", "decision"] as const;
export type SignUpStep = (typeof STEPS)[number];

/** Where a sign-up stands among its steps. */
export function StepLine(props: { at: SignUpStep }) {
  const t = useTranslations("signUp");
  const now = STEPS.indexOf(props.at);
  return (
    <ol className={styles.steps} aria-label={t("progress")}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index < now ? styles.past : index === now ? styles.now : styles.later}
          {...(index === now ? { "aria-current": "step" as const } : {})}
        >
          {t(`steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}
