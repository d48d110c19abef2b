import type { ReactNode } from "react";
import styles from "./picture.module.css";

/** In place of a picture: why none is seen. */
export function PictureNotice(props: { icon?: ReactNode; strong?: string; text: string }) {
  return (
    <div className={styles.notice} role="status">
      {props.icon}
      {props.strong !== undefined && <strong>{props.strong}</strong>}
      <span>{props.text}</span>
    </div>
  );
}
