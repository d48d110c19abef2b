import { NumberInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../design/field-grid.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { type Area, ASK_BOUNDS, type Ask, isAsk } from "./areas.ts";
import styles from "./cameras.module.css";
import type { AreaEdit } from "./use-area-edit.ts";

/** What a zone asks for, in words; nothing of one that does not. */
export function AskedOfZone(props: { area: Area }) {
  const t = useTranslations("cameras.areas");
  const format = useFormat();
  const { loiterSeconds, minScore } = props.area;
  const asked = [
    ...(loiterSeconds === undefined ? [] : [t("asksTime", { seconds: String(loiterSeconds) })]),
    ...(minScore === undefined ? [] : [t("asksScore", { score: format.percent(minScore, 0) })]),
  ];
  return asked.length > 0 && <p className="secondary tiny">{asked.join(" ")}</p>;
}

/** What a watched zone asks of those who are found in it; an empty field asks for nothing. */
export function ZoneAsks(props: { area: Area; name: string; edit: AreaEdit; isWrong: boolean }) {
  const t = useTranslations("cameras.areas");
  const units = useTranslations("cameras.settings");
  return (
    <fieldset className={styles.group}>
      <legend>{t("asks", { name: props.name })}</legend>
      <FieldGrid fieldWidth={180}>
        <AskField {...props} ask="loiterSeconds" per={1} suffix={units("seconds")} />
        <AskField {...props} ask="minScore" per={100} suffix={t("percent")} />
      </FieldGrid>
      <p className="tertiary tiny">{t("asksHint")}</p>
    </fieldset>
  );
}

/** @param per what 1 is in the field */
function AskField(props: {
  area: Area;
  edit: AreaEdit;
  isWrong: boolean;
  ask: Ask;
  per: number;
  suffix: string;
}) {
  const t = useTranslations("cameras");
  const { area, ask, edit, per } = props;
  const value = area[ask];
  const shown = (one: number) => Math.round(one * per);
  const [least, most] = [shown(ASK_BOUNDS[ask][0]), shown(ASK_BOUNDS[ask][1])];
  const error = t("settings.wrong.number", { least: String(least), most: String(most) });
  return (
    <NumberInput
      label={t(`areas.${ask}`)}
      description={t(`areas.${ask}Hint`)}
      suffix={props.suffix}
      min={least}
      max={most}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      value={value === undefined ? "" : shown(value)}
      error={props.isWrong && !isAsk(ask, value) ? error : undefined}
      onChange={(next) => edit.ask(area.key, ask, typeof next === "number" ? next / per : undefined)}
    />
  );
}
