import type { cameras } from "@gatehouse/contract";
import styles from "./detectors.module.css";

/** On dark and light ground: an orange line in a dark one. */
const COLOUR = "#ff8f3f";

/** Frames around what was found, over a picture of any size; they say nothing that is not beside it in words. */
export function FoundBoxes(props: { boxes: readonly cameras.FoundBox[] }) {
  return (
    <svg className={styles.boxes} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {props.boxes.map(({ label, score, x, y, width, height }) => (
        <g key={`${label} ${score} ${x} ${y}`} fill="none" vectorEffect="non-scaling-stroke">
          <rect
            {...{ x, y, width, height }}
            stroke="#0b0e0d"
            strokeWidth="4"
            strokeOpacity="0.6"
            vectorEffect="non-scaling-stroke"
          />
          <rect
            {...{ x, y, width, height }}
            stroke={COLOUR}
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ))}
    </svg>
  );
}
