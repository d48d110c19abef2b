import { ActionIcon, Button, Checkbox, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import styles from "./cameras.module.css";
import {
  clockOf,
  coverOf,
  DAY_MINUTES,
  type SpanDraft,
  spanFrom,
  WEEKDAYS,
  wrongOfSpan,
} from "./schedule.ts";
import type { SettingsForm } from "./use-settings-form.ts";

/** The contract's bound. */
const MAX_SPANS = 20;
const WORKING_HOURS = { days: [1, 2, 3, 4, 5], from: "18:00", to: "08:00" } as const;

/** The times of the week in which everything is recorded, in words and as a picture. */
export function ScheduleEditor(props: { form: SettingsForm }) {
  const t = useTranslations("cameras.settings");
  const { form } = props;
  const { spans } = form.draft;
  const set = (next: readonly SpanDraft[]) => form.change({ spans: next });
  const free = () => `span ${spans.reduce((most, { key }) => Math.max(most, Number(key.slice(5)) + 1), 0)}`;
  return (
    <fieldset className={styles.group}>
      <legend>{t("schedule")}</legend>
      {spans.length === 0 && (
        <p className={form.wrong.has("schedule") ? "danger small" : "secondary small"}>
          {form.wrong.has("schedule") ? t("wrong.schedule") : t("scheduleNone")}
        </p>
      )}
      {spans.map((span, n) => (
        <SpanFields
          key={span.key}
          span={span}
          number={n + 1}
          showWrong={form.wrong.has("spans")}
          onChange={(change) => set(spans.with(n, { ...span, ...change }))}
          onRemove={() => set(spans.toSpliced(n, 1))}
        />
      ))}
      <WeekPicture spans={spans} />
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={spans.length >= MAX_SPANS}
          onClick={() => set([...spans, { key: free(), ...WORKING_HOURS }])}
        >
          {t("addSpan")}
        </Button>
      </div>
      <p className="tertiary tiny">{t("scheduleHint")}</p>
    </fieldset>
  );
}

function SpanFields(props: {
  span: SpanDraft;
  number: number;
  showWrong: boolean;
  onChange: (change: Partial<SpanDraft>) => void;
  onRemove: () => void;
}) {
  const t = useTranslations("cameras.settings");
  const { span, onChange } = props;
  const number = String(props.number);
  const wrong = props.showWrong ? wrongOfSpan(span) : undefined;
  return (
    <fieldset className={styles.span} aria-label={t("span", { number })}>
      <Checkbox.Group
        aria-label={t("days")}
        value={span.days.map(String)}
        error={wrong === "days" ? t("wrong.days") : undefined}
        onChange={(days) => onChange({ days: days.map(Number).sort() })}
      >
        <div className={styles.days}>
          {WEEKDAYS.map((day) => (
            <Checkbox key={day} value={String(day)} label={t(`day.d${day}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <div className={styles.times}>
        <TextInput
          type="time"
          label={t("from")}
          value={span.from}
          onChange={(event) => onChange({ from: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t("to")}
          value={span.to}
          error={wrong === "times" ? t("wrong.times") : undefined}
          onChange={(event) => onChange({ to: event.currentTarget.value })}
        />
        <ActionIcon aria-label={t("removeSpan", { number })} onClick={props.onRemove}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      </div>
    </fieldset>
  );
}

const NOON = DAY_MINUTES / 2;

/** Seven days of 24 hours, what is recorded filled. */
function WeekPicture(props: { spans: readonly SpanDraft[] }) {
  const t = useTranslations("cameras.settings");
  const week = coverOf(props.spans.filter((span) => wrongOfSpan(span) === undefined).map(spanFrom));
  const words = [...week]
    .filter(([, stretches]) => stretches.length > 0)
    .map(([day, stretches]) => {
      const times = stretches.map(
        ({ fromMinute, toMinute }) =>
          `${clockOf(fromMinute)}–${toMinute === DAY_MINUTES ? "24:00" : clockOf(toMinute)}`,
      );
      return t("weekDay", { day: t(`day.d${day}`), times: times.join(", ") });
    });
  return (
    <div
      className={styles.week}
      role="img"
      aria-label={t("week", { text: words.join("; ") || t("weekNone") })}
    >
      {[...week].map(([day, stretches]) => (
        <div key={day} className={styles.weekDay}>
          <span>{t(`day.d${day}`)}</span>
          <svg viewBox={`0 0 ${DAY_MINUTES} 10`} preserveAspectRatio="none" aria-hidden="true">
            <rect width={DAY_MINUTES} height={10} fill="var(--sunken)" />
            {stretches.map(({ fromMinute, toMinute }) => (
              <rect
                key={fromMinute}
                x={fromMinute}
                width={toMinute - fromMinute}
                height={10}
                fill="var(--bar)"
              />
            ))}
            <rect x={NOON - 2} width={4} height={10} fill="var(--line-2)" />
          </svg>
        </div>
      ))}
    </div>
  );
}
