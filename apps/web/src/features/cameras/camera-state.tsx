import type { cameras } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./cameras.module.css";

type CameraState = cameras.CameraState;

/** One shape for each state. Decorative: its text stands beside it. `onPicture` has colours for a dark ground. */
export function CameraGlyph(props: { state: CameraState; onPicture?: boolean }) {
  return (
    <svg
      className={props.onPicture === true ? styles.glyphOnPicture : styles.glyph}
      width={11}
      height={11}
      viewBox="0 0 12 12"
      aria-hidden="true"
    >
      {GLYPHS[props.state]}
    </svg>
  );
}

const GLYPHS = {
  live: <circle cx="6" cy="6" r="4.5" fill="var(--glyph-ok)" />,
  flooding: (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--glyph-warn)" strokeWidth="1.6" />
      <path d="M6 1.7a4.3 4.3 0 010 8.6z" fill="var(--glyph-warn)" />
    </>
  ),
  silent: <circle cx="6" cy="6" r="4.2" fill="none" stroke="var(--glyph-warn)" strokeWidth="1.7" />,
  never: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="var(--glyph-off)"
      strokeWidth="1.5"
      strokeDasharray="1.8 1.5"
    />
  ),
  off: (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--glyph-off)" strokeWidth="1.5" />
      <path d="M3 9l6-6" stroke="var(--glyph-off)" strokeWidth="1.5" />
    </>
  ),
} satisfies Record<CameraState, ReactNode>;

/** Glyph and word. */
export function CameraStateMark(props: { state: CameraState }) {
  const t = useTranslations("cameras.state");
  return (
    <span className={styles.state}>
      <CameraGlyph state={props.state} /> {t(props.state)}
    </span>
  );
}
