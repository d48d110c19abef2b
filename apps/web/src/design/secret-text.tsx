import { CopyButton } from "./copy-button.tsx";
import styles from "./secret-text.module.css";

/** Something a machine made that is shown once, to be copied: a key, a command with it. */
export function SecretText(props: { label: string; text: string }) {
  return (
    <div className="stack stack-tight">
      <span className="secondary small">{props.label}</span>
      <div className={`${styles.box} mono`}>
        <span>{props.text}</span>
        <CopyButton text={props.text} />
      </div>
    </div>
  );
}
