import type { ReactNode } from "react";
import { LanguageSwitch } from "./shell/language-switch.tsx";
import { Logo } from "./shell/logo.tsx";
import styles from "./welcome.module.css";

/** The frame of pages before log-in: the name, one column, the language. */
export function Welcome(props: { wide?: boolean; children: ReactNode }) {
  return (
    <div className={styles.page}>
      <main className={props.wide === true ? `${styles.column} ${styles.wide}` : styles.column}>
        <div className={styles.brand}>
          <Logo size={24} /> Gatehouse
        </div>
        {props.children}
        <LanguageSwitch anonymous />
      </main>
    </div>
  );
}
