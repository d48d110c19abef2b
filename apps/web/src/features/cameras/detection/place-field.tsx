import { Radio } from "@mantine/core";
import { useTranslations } from "use-intl";
import styles from "../cameras.module.css";
import type { SettingsForm } from "../use-settings-form.ts";

const PLACES = ["server", "agent", "agent_only"] as const;

/** Which machine writes what a camera of an agent records. */
export function PlaceField(props: { form: SettingsForm }) {
  const t = useTranslations("detection.place");
  const { form } = props;
  return (
    <Radio.Group
      label={t("label")}
      value={form.draft.place}
      onChange={(next) => form.change({ place: PLACES.find((one) => one === next) ?? form.draft.place })}
    >
      <div className={styles.modes}>
        {PLACES.map((one) => (
          <Radio key={one} value={one} size="xs" label={t(one)} description={t(`hint.${one}`)} />
        ))}
      </div>
    </Radio.Group>
  );
}
