import { cameras } from "@gatehouse/contract";
import { MultiSelect, NativeSelect, Radio, Slider, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { Panel } from "../../../design/panel.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../cameras.module.css";
import { NumberField } from "../number-field.tsx";
import { ScheduleEditor } from "../schedule-editor.tsx";
import type { DetectionDraft } from "../settings-draft.ts";
import type { SettingsForm } from "../use-settings-form.ts";
import { HeightRange } from "./height-range.tsx";

/** Who or what is looked for in the pictures, when it is a visit, and when it raises an alarm. */
export function DetectionPanel(props: { form: SettingsForm }) {
  const t = useTranslations("detection");
  const { form } = props;
  const { detection } = form.draft;
  const set = (change: Partial<DetectionDraft>) => form.change({ detection: { ...detection, ...change } });
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <div className="stack">
        <Switch
          label={t("enabled")}
          description={t("enabledHint")}
          checked={detection.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {detection.enabled && (
          <>
            <What form={form} set={set} />
            <Visit form={form} set={set} />
            <Alarm form={form} set={set} />
          </>
        )}
      </div>
    </Panel>
  );
}

interface Part {
  readonly form: SettingsForm;
  readonly set: (change: Partial<DetectionDraft>) => void;
}

function What({ form, set }: Part) {
  const t = useTranslations("detection");
  const { detection } = form.draft;
  const list = useQuery(query(cameras.listDetectors, {}));
  const detectors = list.data?.items ?? [];
  const chosen = detectors.find(({ id }) => id === detection.detector);
  const labels = [...new Set([...detection.classes, ...(chosen?.labels ?? ["person"])])];
  return (
    <>
      <NativeSelect
        label={t("detector")}
        {...(chosen?.remote === undefined
          ? {}
          : { description: t(form.draft.place === "agent_only" ? "notAsked" : "leavesHouse") })}
        value={detection.detector}
        onChange={(event) => set({ detector: event.currentTarget.value })}
        data={
          chosen === undefined
            ? [
                { value: detection.detector, label: t("unknownDetector") },
                ...detectors.map(({ id, name }) => ({ value: id, label: name })),
              ]
            : detectors.map(({ id, name }) => ({ value: id, label: name }))
        }
      />
      <MultiSelect
        label={t("classes")}
        searchable
        hidePickedOptions
        value={detection.classes}
        error={form.wrong.has("classes") ? t("classesNone") : undefined}
        onChange={(classes) => set({ classes })}
        data={labels}
      />
      <ShareSlider
        label={t("minScore")}
        hint={t("minScoreHint")}
        least={0.1}
        most={0.95}
        value={detection.minScore}
        onChange={(minScore) => set({ minScore })}
      />
      <HeightRange
        heights={[detection.minHeight, detection.maxHeight ?? 1]}
        onChange={([minHeight, maxHeight]) => set({ minHeight, maxHeight })}
      />
    </>
  );
}

function ShareSlider(props: {
  label: string;
  hint: string;
  least: number;
  most: number;
  value: number;
  onChange: (value: number) => void;
}) {
  const format = useFormat();
  const labelId = useId();
  return (
    <div>
      <span id={labelId}>
        {props.label} <span className="num strong">{format.percent(props.value, 0)}</span>
      </span>
      <Slider
        thumbProps={{ "aria-labelledby": labelId }}
        label={null}
        min={props.least}
        max={props.most}
        step={0.05}
        value={props.value}
        onChange={(value) => props.onChange(Math.round(value * 100) / 100)}
      />
      <p className="tertiary tiny">{props.hint}</p>
    </div>
  );
}

function Visit({ form }: Part) {
  const t = useTranslations("detection");
  const units = useTranslations("cameras.settings");
  return (
    <FieldGrid fieldWidth={240}>
      <NumberField form={form} field="visitSeconds" label={t("minSeconds")} suffix={units("seconds")} />
      <NumberField form={form} field="visitEndSeconds" label={t("endAfter")} suffix={units("seconds")} />
    </FieldGrid>
  );
}

function Alarm({ form, set }: Part) {
  const t = useTranslations("detection");
  const units = useTranslations("cameras.settings");
  const { armingSpans, detection } = form.draft;
  return (
    <>
      <Radio.Group
        label={t("arming")}
        value={detection.arming}
        onChange={(next) => set({ arming: cameras.ARMINGS.find((one) => one === next) ?? detection.arming })}
      >
        <div className={styles.modes}>
          {cameras.ARMINGS.map((one) => (
            <Radio
              key={one}
              value={one}
              size="xs"
              label={t(`armings.${one}`)}
              description={t(`armingHint.${one}`)}
            />
          ))}
        </div>
      </Radio.Group>
      {detection.arming === "schedule" && (
        <ScheduleEditor
          spans={armingSpans}
          legend={t("armingTimes")}
          none={t("armingNone")}
          isMissing={form.wrong.has("armingSchedule")}
          isWrong={form.wrong.has("armingSpans")}
          onChange={(spans) => form.change({ armingSpans: spans })}
        />
      )}
      <FieldGrid fieldWidth={180}>
        <NumberField form={form} field="cooldownSeconds" label={t("cooldown")} suffix={units("seconds")} />
      </FieldGrid>
      <Switch
        label={t("picture")}
        description={t(detection.pictureInAlerts ? "pictureOn" : "pictureOff")}
        checked={detection.pictureInAlerts}
        onChange={(event) => set({ pictureInAlerts: event.currentTarget.checked })}
      />
    </>
  );
}
