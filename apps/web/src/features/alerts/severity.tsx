import type { alerts } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { Tag, type Tone } from "../../design/tag.tsx";

export const SEVERITIES = ["info", "warning", "critical"] as const satisfies readonly alerts.Severity[];

/** Circle, triangle, octagon: told without colour. Hollow once resolved. */
export function SeverityGlyph(props: { severity: alerts.Severity; resolved?: boolean }) {
  const t = useTranslations("alerts.severity");
  const { path, colour } = SHAPES[props.severity];
  const hollow = props.resolved === true;
  return (
    <svg
      width={16}
      height={16}
      viewBox="0 0 16 16"
      role="img"
      aria-label={t(props.severity)}
      style={{ flex: "none" }}
    >
      <path
        d={path}
        fill={hollow ? "none" : `var(--${colour})`}
        stroke={`var(--${hollow ? "off-mark" : colour})`}
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      {props.severity !== "info" && (
        <path
          d="M8 5.2v3.6M8 11v.4"
          stroke={hollow ? "var(--off-mark)" : "var(--surface)"}
          strokeWidth="1.6"
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}

const SHAPES = {
  info: { path: "M8 3.2a4.8 4.8 0 100 9.6 4.8 4.8 0 000-9.6z", colour: "accent" },
  warning: { path: "M8 2L14.5 13.5h-13z", colour: "warn-mark" },
  critical: { path: "M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z", colour: "danger-mark" },
} satisfies Record<alerts.Severity, { path: string; colour: string }>;

const TONES = {
  active: "warn",
  acknowledged: "accent",
  snoozed: "neutral",
  resolved: "neutral",
} satisfies Record<alerts.Alert["state"], Tone>;

/** Red only for what is critical and active. */
export function AlertStateTag(props: { alert: Pick<alerts.Alert, "state" | "severity"> }) {
  const t = useTranslations("alerts.state");
  const { state, severity } = props.alert;
  return <Tag tone={state === "active" && severity === "critical" ? "danger" : TONES[state]}>{t(state)}</Tag>;
}
