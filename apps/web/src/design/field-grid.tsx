import type { CSSProperties, ReactNode } from "react";
import styles from "./field-grid.module.css";

/** Fields side by side, as many in a row as fit with `fieldWidth` px each; their inputs stand on one line. */
export function FieldGrid(props: { fieldWidth?: number; children: ReactNode }) {
  const style = { "--field-width": `${props.fieldWidth ?? 150}px` } as CSSProperties;
  return (
    <div className={styles.grid} style={style}>
      {props.children}
    </div>
  );
}
