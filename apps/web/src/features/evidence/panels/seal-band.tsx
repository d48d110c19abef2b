import { useTranslations } from "use-intl";
import { SealMark } from "../../recordings/proof/seal-mark.tsx";
import type { Judgement } from "../judgement.ts";
import styles from "./panels.module.css";

/** The seal of the whole clip with what it says; within a button it is that button's name. */
export function SealBand(props: { seal: Judgement["seal"]; text: string; isInButton: boolean }) {
  const t = useTranslations("evidence.seal");
  const { seal } = props;
  return (
    <span className={`${styles.band} ${styles[seal]}`} {...(props.isInButton ? {} : { role: "status" })}>
      <SealMark state={seal} size={38} />
      <span>
        <span className={styles.bandTitle}>{t(seal)}</span>
        <span className={`${styles.bandText} secondary small`}>{props.text}</span>
      </span>
    </span>
  );
}
