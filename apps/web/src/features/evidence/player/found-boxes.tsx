import type { Found } from "@gatehouse/video";
import { useFormat } from "../../../i18n/provider.tsx";
import { useLabelText } from "../use-label-text.ts";
import type { Size } from "./clip-stage.tsx";
import { labelPlaces } from "./label-places.ts";
import styles from "./player.module.css";

/** What was found in the picture that is shown, where it was found; `kept`: pixels at its edges that no label uses. */
export function FoundBoxes(props: { boxes: readonly Found["boxes"][number][]; area: Size; kept?: number }) {
  const format = useFormat();
  const labelText = useLabelText();
  const { boxes } = props;
  const texts = boxes.map(({ label, score }) => `${labelText(label)} ${format.quantity(score, "", 2)}`);
  const places = labelPlaces(boxes, texts, props.area, props.kept);
  return boxes.map(({ label, x, y, width, height, track }, index) => (
    <span
      key={`${label} ${track ?? ""} ${x} ${y}`}
      className={styles.box}
      style={{
        insetInlineStart: share(x),
        insetBlockStart: share(y),
        inlineSize: share(width),
        blockSize: share(height),
      }}
    >
      <span className={`${styles.boxText} ${styles[places[index] ?? "above"]}`}>{texts[index]}</span>
    </span>
  ));
}

const share = (value: number): string => `${Math.round(value * 10_000) / 100}%`;
