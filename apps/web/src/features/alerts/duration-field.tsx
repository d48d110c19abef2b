import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { DecimalInput } from "../../design/decimal-input.tsx";
import styles from "./alerts.module.css";

const UNITS = [
  { key: "s", ms: 1_000 },
  { key: "min", ms: 60_000 },
  { key: "h", ms: 3_600_000 },
  { key: "d", ms: 86_400_000 },
] as const;

const unitOf = (ms: number | undefined) =>
  UNITS.findLast((unit) => ms !== undefined && ms > 0 && ms % unit.ms === 0) ?? UNITS[1];

/** A length of time in the unit that suits it; undefined while the number is unfinished. */
export function DurationField(props: {
  label: string;
  description?: string;
  value: number | undefined;
  error?: string | undefined;
  onChange: (ms: number | undefined) => void;
}) {
  const t = useTranslations("alerts.rules.unit");
  const [unit, setUnit] = useState<(typeof UNITS)[number]>(() => unitOf(props.value));
  const count = props.value === undefined ? "" : props.value / unit.ms;
  return (
    <div className={styles.duration}>
      <DecimalInput
        label={props.label}
        description={props.description}
        error={props.error}
        min={0}
        hideControls
        value={count}
        onChange={(next) => props.onChange(typeof next === "number" ? Math.round(next * unit.ms) : undefined)}
      />
      <NativeSelect
        aria-label={t("label", { name: props.label })}
        value={unit.key}
        onChange={(event) => {
          const chosen = UNITS.find(({ key }) => key === event.currentTarget.value) ?? unit;
          setUnit(chosen);
          if (typeof count === "number") props.onChange(count * chosen.ms);
        }}
        data={UNITS.map(({ key }) => ({ value: key, label: t(key) }))}
      />
    </div>
  );
}
