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

/** The contract's bound. */
const MAX_SPANS = 20;
const WORKING_HOURS = { days: [1, 2, 3, 4, 5], from: "18:00", to: "08:00" } as const;

/** Times of the week in which something happens, in words and as a picture. */
export function ScheduleEditor(props: {
  spans: readonly SpanDraft[];
  /** What the times are for, and what it means that there is none. */
  legend: string;
  none: string;
  /** Asked to save without a time, or with one that cannot be. */
  isMissing: boolean;
  isWrong: boolean;
  onChange: (spans: readonly SpanDraft[]) => void;
}) {
  const t = useTranslations("cameras.settings");
  const { spans, onChange: set } = props;
  const free = () => `span ${spans.reduce((most, { key }) => Math.max(most, Number(key.slice(5)) + 1), 0)}`;
  return (
    <fieldset className={styles.group}>
      <legend>{props.legend}</legend>
      {spans.length === 0 && (
        <p className={props.isMissing ? "danger small" : "secondary small"}>{props.none}</p>
      )}
      {spans.map((span, n) => (
        <SpanFields
          key={span.key}
          span={span}
          number={n + 1}
          showWrong={props.isWrong}
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
