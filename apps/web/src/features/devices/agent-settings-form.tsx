import { AgentSettings } from "@gatehouse/device-types/agent-settings";
import { NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./device.module.css";
import { type Settings, settingAt, withSetting } from "./settings-draft.ts";

const { enabled } = AgentSettings.properties.sensors.properties;
const SENSORS = Object.keys(enabled.properties) as (keyof AgentSettings["sensors"]["enabled"])[];
const LEVELS = ["debug", "info", "warn", "error", "none"] as const;
const INTERVAL_SECONDS = { min: 1, max: 86_400, usual: 30 };

/** What people change often. A field shows what is set, else what the machine goes by, else what it would. */
export function AgentSettingsForm(props: {
  settings: Settings;
  /** As the machine said last. */
  inForce: Settings | undefined;
  disabled: boolean;
  onChange: (settings: Settings) => void;
}) {
  const t = useTranslations("remoteSettings");
  const { settings, inForce, disabled } = props;
  const shown = (path: string, usual: unknown): unknown =>
    settingAt(settings, path) ?? settingAt(inForce, path) ?? usual;
  const set = (path: string, value: unknown) => props.onChange(withSetting(settings, path, value));
  return (
    <div className="stack">
      <FieldGrid fieldWidth={200}>
        <NumberInput
          label={t("interval")}
          description={t("intervalHint")}
          suffix=" s"
          min={INTERVAL_SECONDS.min}
          max={INTERVAL_SECONDS.max}
          allowDecimal={false}
          disabled={disabled}
          value={Number(shown("intervalSeconds", INTERVAL_SECONDS.usual))}
          onChange={(value) => typeof value === "number" && set("intervalSeconds", value)}
        />
        <NativeSelect
          label={t("sendLevel")}
          disabled={disabled}
          value={String(shown("log.sendLevel", "warn"))}
          data={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))}
          onChange={(event) => set("log.sendLevel", event.currentTarget.value)}
        />
        <TextInput
          label={t("diskPath")}
          description={t("diskPathHint")}
          maxLength={256}
          disabled={disabled}
          value={String(shown("sensors.diskPath", "/"))}
          onChange={(event) => set("sensors.diskPath", event.currentTarget.value)}
        />
      </FieldGrid>
      <Switch
        label={t("witness")}
        description={t("witnessHint")}
        disabled={disabled}
        checked={shown("witness", true) === true}
        onChange={(event) => set("witness", event.currentTarget.checked)}
      />
      <fieldset className={`stack ${styles.choices}`}>
        <legend>{t("sensors")}</legend>
        <FieldGrid fieldWidth={200}>
          {SENSORS.map((name) => (
            <Switch
              key={name}
              label={t(`sensor.${name}`)}
              disabled={disabled}
              checked={shown(`sensors.enabled.${name}`, true) === true}
              onChange={(event) => set(`sensors.enabled.${name}`, event.currentTarget.checked)}
            />
          ))}
        </FieldGrid>
      </fieldset>
    </div>
  );
}
