import type { devices } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./device-state.module.css";

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
  online: <circle cx="6" cy="6" r="4.5" fill="var(--ok-mark)" />,
  stale: (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--warn-mark)" strokeWidth="1.6" />
      <path d="M6 1.7a4.3 4.3 0 010 8.6z" fill="var(--warn-mark)" />
    </>
  ),
  offline: <circle cx="6" cy="6" r="4.2" fill="none" stroke="var(--off-mark)" strokeWidth="1.7" />,
  never: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="var(--off-mark)"
      strokeWidth="1.5"
      strokeDasharray="1.8 1.5"
    />
  ),
  revoked: (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke="var(--danger-mark)" strokeWidth="1.5" />
      <path d="M3 9l6-6" stroke="var(--danger-mark)" strokeWidth="1.5" />
    </>
  ),
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
