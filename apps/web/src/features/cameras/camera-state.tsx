import type { cameras } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { STATE_SHAPES } from "../../design/state-shapes.tsx";
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
  live: STATE_SHAPES.disc("--glyph-ok"),
  flooding: STATE_SHAPES.half("--glyph-warn"),
  silent: STATE_SHAPES.ring("--glyph-warn"),
  never: STATE_SHAPES.dashed("--glyph-off"),
  off: STATE_SHAPES.struck("--glyph-off"),
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
