import { RangeSlider } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";

type Heights = readonly [least: number, most: number];

const STEP = 0.01;

/** How high things may be that count, as shares of the picture's height: the least stays below the greatest. */
export function HeightRange(props: { heights: Heights; onChange: (heights: Heights) => void }) {
  const t = useTranslations("detection");
  const format = useFormat();
  const [least, most] = props.heights;
  const share = (value: number) => format.percent(value, 0);
  return (
    <div>
      <span>
        {t("height")}{" "}
        <span className="num strong">{t("heights", { least: share(least), most: share(most) })}</span>
      </span>
      <RangeSlider
        thumbFromLabel={t("minHeight")}
        thumbToLabel={t("maxHeight")}
        thumbValueText={share}
        label={null}
        min={0}
        max={1}
        step={STEP}
        minRange={STEP}
        pushOnOverlap={false}
        value={[least, most]}
        onChange={props.onChange}
      />
      <p className="tertiary tiny">{t("heightHint")}</p>
    </div>
  );
}
