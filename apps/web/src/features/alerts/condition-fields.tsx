import type { alerts } from "@gatehouse/contract";
import { DEVICE_TYPES } from "@gatehouse/device-types";
import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { DecimalInput } from "../../design/decimal-input.tsx";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./alerts.module.css";
import { DurationField } from "./duration-field.tsx";
import { EventFields } from "./event-fields.tsx";
import type { RuleDraft, RuleField } from "./rule-draft.ts";
import { useWords } from "./use-words.ts";

export interface FieldsProps {
  draft: RuleDraft;
  change: (change: Partial<RuleDraft>) => void;
  wrong: (field: RuleField) => string | undefined;
}

const KINDS = [
  "threshold",
  "rate",
  "silence",
  "state",
  "event",
] as const satisfies readonly alerts.RuleCondition["kind"][];

/** What the rule waits for: one set of fields for each kind. */
export function ConditionFields(props: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const { draft, change } = props;
  return (
    <fieldset className={styles.group}>
      <legend>{t("what")}</legend>
      <FieldGrid>
        <NativeSelect
          label={t("kind.label")}
          value={draft.kind}
          onChange={(event) =>
            change({ kind: KINDS.find((kind) => kind === event.currentTarget.value) ?? draft.kind })
          }
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        {draft.kind === "silence" ? (
          <DurationField
            label={t("silentFor")}
            value={draft.silentMs}
            error={props.wrong("silentMs")}
            onChange={(silentMs) => change({ silentMs })}
          />
        ) : (
          draft.kind !== "event" && <MetricField {...props} />
        )}
      </FieldGrid>
      {draft.kind === "threshold" && <Threshold {...props} />}
      {draft.kind === "rate" && <Rate {...props} />}
      {draft.kind === "state" && <State {...props} />}
      {draft.kind === "event" && <EventFields {...props} />}
      {draft.kind !== "silence" && draft.kind !== "event" && (
        <FieldGrid>
          <DurationField
            label={t("hold")}
            description={t("holdHint")}
            value={draft.holdMs}
            error={props.wrong("holdMs")}
            onChange={(holdMs) => change({ holdMs })}
          />
        </FieldGrid>
      )}
    </fieldset>
  );
}

const NUMBERS = metricsOf((kind) => kind === "number");
const STATES = metricsOf((kind) => kind !== "number");

function metricsOf(fits: (kind: string) => boolean): string[] {
  const keys = DEVICE_TYPES.flatMap(({ metrics }) =>
    metrics.filter(({ kind }) => fits(kind)).map(({ key }) => key),
  );
  return [...new Set(keys)];
}

function MetricField({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const { name, unit } = useWords().metric(draft.metric);
  const known = [name === draft.metric ? "" : name, unit].filter((part) => part !== "").join(", ");
  return (
    <Autocomplete
      label={known === "" ? t("metric") : `${t("metric")} · ${known}`}
      data={draft.kind === "state" ? STATES : NUMBERS}
      value={draft.metric}
      maxLength={64}
      error={wrong("metric")}
      onChange={(metric) => change({ metric })}
    />
  );
}

const numberOf = (value: number | string): number | undefined =>
  typeof value === "number" ? value : undefined;

function NumberField(props: {
  label: string;
  description?: string;
  suffix: string;
  value: number | undefined;
  error: string | undefined;
  onChange: (value: number | undefined) => void;
}) {
  return (
    <DecimalInput
      label={props.label}
      description={props.description}
      error={props.error}
      value={props.value ?? ""}
      hideControls
      rightSectionPointerEvents="none"
      rightSectionWidth={props.suffix === "" ? 0 : 48}
      rightSection={<span className="tertiary small">{props.suffix}</span>}
      onChange={(value) => props.onChange(numberOf(value))}
    />
  );
}

function Threshold({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const { unit } = useWords().metric(draft.metric);
  const outside = draft.op === "outside";
  const ops = ["above", "below", "outside"] as const;
  return (
    <FieldGrid>
      <NativeSelect
        label={t("op.label")}
        value={draft.op}
        onChange={(event) => change({ op: ops.find((op) => op === event.currentTarget.value) ?? draft.op })}
        data={ops.map((value) => ({ value, label: t(`op.${value}`) }))}
      />
      <NumberField
        label={outside ? t("lower") : t("limit")}
        suffix={unit}
        value={draft.limit}
        error={wrong("limit")}
        onChange={(limit) => change({ limit })}
      />
      {outside && (
        <NumberField
          label={t("upper")}
          suffix={unit}
          value={draft.upper}
          error={wrong("upper")}
          onChange={(upper) => change({ upper })}
        />
      )}
      <NumberField
        label={t("hysteresis")}
        description={t("hysteresisHint")}
        suffix={unit}
        value={draft.hysteresis}
        error={wrong("hysteresis")}
        onChange={(hysteresis) => change({ hysteresis })}
      />
    </FieldGrid>
  );
}

function Rate({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const { unit } = useWords().metric(draft.metric);
  const ops = ["rises", "falls"] as const;
  return (
    <FieldGrid>
      <NativeSelect
        label={t("op.label")}
        value={draft.rateOp}
        onChange={(event) =>
          change({ rateOp: ops.find((op) => op === event.currentTarget.value) ?? draft.rateOp })
        }
        data={ops.map((value) => ({ value, label: t(`op.${value}`) }))}
      />
      <NumberField
        label={t("perMinute")}
        suffix={unit}
        value={draft.perMinute}
        error={wrong("perMinute")}
        onChange={(perMinute) => change({ perMinute })}
      />
      <DurationField
        label={t("window")}
        value={draft.windowMs}
        error={wrong("windowMs")}
        onChange={(windowMs) => change({ windowMs })}
      />
    </FieldGrid>
  );
}

function State({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const kinds = ["on", "off", "text"] as const;
  return (
    <FieldGrid>
      <NativeSelect
        label={t("equalsKind")}
        value={draft.equalsKind}
        onChange={(event) =>
          change({ equalsKind: kinds.find((kind) => kind === event.currentTarget.value) ?? draft.equalsKind })
        }
        data={[
          { value: "on", label: t("stateOn") },
          { value: "off", label: t("stateOff") },
          { value: "text", label: t("stateText") },
        ]}
      />
      {draft.equalsKind === "text" && (
        <TextInput
          label={t("equals")}
          value={draft.equalsText}
          maxLength={1024}
          error={wrong("equalsText")}
          onChange={(event) => change({ equalsText: event.currentTarget.value })}
        />
      )}
    </FieldGrid>
  );
}
