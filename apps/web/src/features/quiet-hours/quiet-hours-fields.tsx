import { Button, Checkbox, NativeSelect, Select, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../design/field-grid.tsx";
import { TIME_ZONES } from "../settings/time-zones.ts";
import { MAX_SPANS, NIGHT, type QuietDraft, type SpanDraft, wrongSpan } from "./quiet-draft.ts";
import styles from "./quiet-hours.module.css";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const PASSES = ["critical", "nothing"] as const;
const RESTS = ["summary", "drop"] as const;

/** Hours in which a channel, or a person, is told little. */
export function QuietHoursFields(props: { draft: QuietDraft; onChange: (draft: QuietDraft) => void }) {
  const t = useTranslations("quietHours");
  const { draft, onChange } = props;
  const change = (part: Partial<QuietDraft>) => onChange({ ...draft, ...part });
  const setSpan = (at: number, span: SpanDraft) => change({ spans: draft.spans.with(at, span) });
  return (
    <fieldset className={styles.group}>
      <Switch
        label={t("on")}
        description={t("onHint")}
        checked={draft.on}
        onChange={(event) => change({ on: event.currentTarget.checked })}
      />
      {draft.on && (
        <>
          {draft.spans.map((span, at) => (
            <Span
              // biome-ignore lint/suspicious/noArrayIndexKey: a span has nothing but its place
              key={at}
              n={at + 1}
              span={span}
              onChange={(next) => setSpan(at, next)}
              onRemove={
                draft.spans.length > 1
                  ? () => change({ spans: draft.spans.filter((_, other) => other !== at) })
                  : undefined
              }
            />
          ))}
          {draft.spans.length < MAX_SPANS && (
            <div>
              <Button variant="default" onClick={() => change({ spans: [...draft.spans, NIGHT] })}>
                {t("add")}
              </Button>
            </div>
          )}
          <FieldGrid fieldWidth={200}>
            <NativeSelect
              label={t("passes")}
              value={draft.passes}
              data={PASSES.map((value) => ({ value, label: t(`passesIs.${value}`) }))}
              onChange={(event) =>
                change({ passes: PASSES.find((one) => one === event.currentTarget.value) ?? draft.passes })
              }
            />
            <NativeSelect
              label={t("rest")}
              value={draft.rest}
              data={RESTS.map((value) => ({ value, label: t(`restIs.${value}`) }))}
              onChange={(event) =>
                change({ rest: RESTS.find((one) => one === event.currentTarget.value) ?? draft.rest })
              }
            />
            <Select
              label={t("timeZone")}
              placeholder={t("organisationZone")}
              data={[...TIME_ZONES]}
              value={draft.timeZone === "" ? null : draft.timeZone}
              limit={100}
              searchable
              clearable
              onChange={(timeZone) => change({ timeZone: timeZone ?? "" })}
            />
          </FieldGrid>
        </>
      )}
    </fieldset>
  );
}

function Span(props: {
  n: number;
  span: SpanDraft;
  onChange: (span: SpanDraft) => void;
  onRemove: (() => void) | undefined;
}) {
  const t = useTranslations("quietHours");
  const { n, span, onChange } = props;
  const wrong = wrongSpan(span);
  return (
    <fieldset className={styles.span}>
      <legend className="visually-hidden">{t("span", { n: `${n}` })}</legend>
      <Checkbox.Group
        label={t("daysLabel")}
        value={span.days.map(String)}
        error={wrong === "wrongDays" ? t(wrong) : undefined}
        onChange={(days) => onChange({ ...span, days: days.map(Number).sort() })}
      >
        <div className={styles.days}>
          {DAYS.map((day) => (
            <Checkbox key={day} value={String(day)} label={t(`days.d${day}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <FieldGrid>
        <TextInput
          type="time"
          label={t("from")}
          value={span.from}
          onChange={(event) => onChange({ ...span, from: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t("to")}
          value={span.to}
          error={wrong === "wrongTimes" ? t(wrong) : undefined}
          onChange={(event) => onChange({ ...span, to: event.currentTarget.value })}
        />
      </FieldGrid>
      {props.onRemove !== undefined && (
        <div>
          <Button variant="default" aria-label={t("remove", { n: `${n}` })} onClick={props.onRemove}>
            {t("remove", { n: `${n}` })}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
