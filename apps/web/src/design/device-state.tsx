import type { devices } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./device-state.module.css";
import { STATE_SHAPES } from "./state-shapes.tsx";

export type DeviceStatus = devices.DeviceStatus;

/** One shape for each state, so that it is told without colour. Decorative: its text stands beside it. */
export function StateGlyph(props: { status: DeviceStatus; size?: number }) {
  const size = props.size ?? 11;
  return (
    <svg className={styles.glyph} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {GLYPHS[props.status]}
    </svg>
  );
}

const GLYPHS = {
  online: STATE_SHAPES.disc("--ok-mark"),
  stale: STATE_SHAPES.half("--warn-mark"),
  offline: STATE_SHAPES.ring("--off-mark"),
  never: STATE_SHAPES.dashed("--off-mark"),
  revoked: STATE_SHAPES.struck("--danger-mark"),
} satisfies Record<DeviceStatus, ReactNode>;

/** Glyph and word; `children` replaces the word, as in "Stale, 2 min". */
export function DeviceState(props: { status: DeviceStatus; children?: ReactNode }) {
  const t = useTranslations("common.device");
  return (
    <span className={styles.state}>
      <StateGlyph status={props.status} />
      {props.children ?? t(props.status)}
    </span>
  );
}
