import { alerts } from "@gatehouse/contract";
import { Checkbox, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./alerts.module.css";
import type { FieldsProps } from "./condition-fields.tsx";
import { DurationField } from "./duration-field.tsx";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** When the rule is armed. */
export function ScheduleFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  return (
    <fieldset className={styles.group}>
      <legend>{t("when")}</legend>
      <Switch
        label={t("scheduled")}
        checked={draft.scheduled}
        onChange={(event) => change({ scheduled: event.currentTarget.checked })}
      />
      {draft.scheduled && (
        <>
          <Checkbox.Group
            label={t("daysLabel")}
            value={draft.days.map(String)}
            error={wrong("days")}
            onChange={(days) => change({ days: days.map(Number) })}
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
              value={draft.from}
              onChange={(event) => change({ from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t("to")}
              value={draft.to}
              error={wrong("to")}
              onChange={(event) => change({ to: event.currentTarget.value })}
            />
          </FieldGrid>
          <p className="tertiary tiny">{t("scheduleHint")}</p>
        </>
      )}
    </fieldset>
  );
}

/** Whom the rule tells, and how often. */
export function TellFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const can = useCan();
  const channels = useQuery({ ...query(alerts.listChannels, {}), enabled: can("channel.read") }).data?.items;
  return (
    <fieldset className={styles.group}>
      <legend>{t("tell")}</legend>
      {channels?.length === 0 && (
        <p className="secondary small">
          {t("noChannels")}{" "}
          <Link to="/settings/$section" params={{ section: "notifications" }} className="link">
            {t("toChannels")}
          </Link>
        </p>
      )}
      {channels !== undefined && channels.length > 0 && (
        <Checkbox.Group
          value={[...draft.channelIds]}
          aria-label={t("tell")}
          onChange={(channelIds) => change({ channelIds })}
        >
          <div className={styles.picks}>
            {channels.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <FieldGrid>
        <DurationField
          label={t("repeat")}
          description={t("repeatHint")}
          value={draft.repeatMs}
          error={wrong("repeatMs")}
          onChange={(repeatMs) => change({ repeatMs })}
        />
      </FieldGrid>
    </fieldset>
  );
}
