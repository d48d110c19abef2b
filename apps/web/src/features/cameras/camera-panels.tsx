import { Slider, Switch } from "@mantine/core";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../design/field-grid.tsx";
import { Panel } from "../../design/panel.tsx";
import { NumberField } from "./number-field.tsx";
import { BOUNDS } from "./settings-draft.ts";
import type { SettingsForm } from "./use-settings-form.ts";

/** Whether it is used at all, and how much of it is taken. */
export function CameraPanel(props: { form: SettingsForm }) {
  const t = useTranslations("cameras.settings");
  const { form } = props;
  return (
    <Panel title={t("camera")}>
      <div className="stack">
        <Switch
          label={t("enabled")}
          description={t("enabledHint")}
          checked={form.draft.enabled}
          onChange={(event) => form.change({ enabled: event.currentTarget.checked })}
        />
        <FieldGrid fieldWidth={220}>
          <NumberField
            form={form}
            field="maxFramesPerSecond"
            label={t("maxFps")}
            description={t("maxFpsHint")}
          />
        </FieldGrid>
      </div>
    </Panel>
  );
}

/** Whether motion is looked for, how keenly, and when it is over. */
export function MotionPanel(props: { form: SettingsForm }) {
  const t = useTranslations("cameras.settings");
  const labelId = useId();
  const { form } = props;
  const { draft } = form;
  const [least, most] = BOUNDS.sensitivity;
  return (
    <Panel title={t("motion")}>
      <div className="stack">
        <Switch
          label={t("motionOn")}
          checked={draft.motion}
          onChange={(event) => form.change({ motion: event.currentTarget.checked })}
        />
        <div>
          <span id={labelId}>
            {t("sensitivity")} <span className="num strong">{draft.numbers.sensitivity}</span>
          </span>
          <Slider
            thumbProps={{ "aria-labelledby": labelId }}
            label={null}
            min={least}
            max={most}
            disabled={!draft.motion}
            value={draft.numbers.sensitivity ?? least}
            onChange={(value) => form.setNumber("sensitivity", value)}
          />
          <p className="tertiary tiny">{t("sensitivityHint")}</p>
        </div>
        <FieldGrid fieldWidth={220}>
          <NumberField
            form={form}
            field="endAfterSeconds"
            label={t("endAfter")}
            suffix={t("seconds")}
            disabled={!draft.motion}
          />
        </FieldGrid>
      </div>
    </Panel>
  );
}
