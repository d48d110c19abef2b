import { NumberInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { BOUNDS, type NumberField as Field } from "./settings-draft.ts";
import type { SettingsForm } from "./use-settings-form.ts";

/** A whole number of the settings, with its bounds. */
export function NumberField(props: {
  form: SettingsForm;
  field: Field;
  label: string;
  description?: string;
  suffix?: string;
  disabled?: boolean;
}) {
  const t = useTranslations("cameras.settings.wrong");
  const { form, field } = props;
  const [least, most] = BOUNDS[field];
  return (
    <NumberInput
      label={props.label}
      {...given({ description: props.description, suffix: props.suffix })}
      disabled={props.disabled === true}
      min={least}
      max={most}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      value={form.draft.numbers[field] ?? ""}
      error={form.wrong.has(field) ? t("number", { least: String(least), most: String(most) }) : undefined}
      onChange={(value) => form.setNumber(field, typeof value === "number" ? value : undefined)}
    />
  );
}
