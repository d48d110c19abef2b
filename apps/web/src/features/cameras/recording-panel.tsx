import { cameras } from "@gatehouse/contract";
import { Radio } from "@mantine/core";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../design/field-grid.tsx";
import { Panel } from "../../design/panel.tsx";
import styles from "./cameras.module.css";
import { PlaceField } from "./detection/place-field.tsx";
import { NumberField } from "./number-field.tsx";
import { ScheduleEditor } from "./schedule-editor.tsx";
import type { SettingsForm } from "./use-settings-form.ts";

/** What is recorded, when, how much around an event, and for how long it is kept. */
export function RecordingPanel(props: {
  form: SettingsForm;
  /** Its own machine speaks for it now. */
  isAgent: boolean;
}) {
  const t = useTranslations("cameras.settings");
  const { form } = props;
  const { mode } = form.draft;
  return (
    <Panel title={t("recording")}>
      <div className="stack">
        <Radio.Group
          label={t("mode")}
          value={mode}
          onChange={(next) =>
            form.change({ mode: cameras.RECORDING_MODES.find((one) => one === next) ?? mode })
          }
        >
          <div className={styles.modes}>
            {cameras.RECORDING_MODES.map((one) => (
              <Radio
                key={one}
                value={one}
                size="xs"
                label={t(`modes.${one}`)}
                description={t(`modeHint.${one}`)}
              />
            ))}
          </div>
        </Radio.Group>
        {mode === "schedule" && (
          <ScheduleEditor
            spans={form.draft.spans}
            legend={t("schedule")}
            none={form.wrong.has("schedule") ? t("wrong.schedule") : t("scheduleNone")}
            isMissing={form.wrong.has("schedule")}
            isWrong={form.wrong.has("spans")}
            onChange={(spans) => form.change({ spans })}
          />
        )}
        <FieldGrid fieldWidth={130}>
          <NumberField form={form} field="preRollSeconds" label={t("preRoll")} suffix={t("seconds")} />
          <NumberField form={form} field="postRollSeconds" label={t("postRoll")} suffix={t("seconds")} />
        </FieldGrid>
        {(props.isAgent || form.draft.place !== "server") && <PlaceField form={form} />}
        <fieldset className={styles.group}>
          <legend>{t("keep")}</legend>
          <FieldGrid fieldWidth={90}>
            <NumberField
              form={form}
              field="continuousDays"
              label={t("continuousDays")}
              suffix={t("dayCount")}
            />
            <NumberField form={form} field="motionDays" label={t("motionDays")} suffix={t("dayCount")} />
            <NumberField form={form} field="eventDays" label={t("eventDays")} suffix={t("dayCount")} />
          </FieldGrid>
          <p className="tertiary tiny">{t("keepHint")}</p>
        </fieldset>
      </div>
    </Panel>
  );
}
