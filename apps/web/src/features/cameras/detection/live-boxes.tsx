import type { cameras } from "@gatehouse/contract";
import { useRef } from "react";
import type { LiveFound } from "../../../data/camera-live.ts";
import { useNow } from "../../../data/now.ts";
import { FoundBoxes } from "../../evidence/player/found-boxes.tsx";
import { usePictureArea } from "../../evidence/player/use-picture-area.ts";
import styles from "../cameras.module.css";
import { pictureNowMs } from "../use-live-picture.ts";
import { foundNow } from "./live-found.ts";

/** Boxes of a look that no other follows go within this long after they are old. */
const RENEW_MS = 500;
/** Of the lines with name, time and pace, at the picture's edges, in pixels. */
const EDGE = 30;

/**
 * Boxes around what was found just now, over the picture that is their parent; lines and letters keep their size
 * where it is enlarged. What the masks hide stays black.
 */
export function LiveBoxes(props: {
  found: LiveFound | undefined;
  masks: cameras.CameraSettings["masks"];
  /** Of the picture: width to height, and how much it is enlarged. */
  ratio: number;
  scale: number;
}) {
  const { masks, ratio, scale } = props;
  const element = useRef<HTMLDivElement>(null);
  const area = usePictureArea(element, { width: ratio, height: 1 });
  useNow(RENEW_MS);
  const boxes = foundNow(props.found, pictureNowMs());
  const size = `${scale * 100}%`;
  return (
    <div
      ref={element}
      className={styles.found}
      style={{ width: size, height: size, transform: `scale(${1 / scale})` }}
    >
      {area !== undefined && <FoundBoxes boxes={boxes} area={area} kept={EDGE} />}
      {boxes.length > 0 && masks.length > 0 && <Masks masks={masks} />}
    </div>
  );
}

function Masks(props: { masks: cameras.CameraSettings["masks"] }) {
  return (
    <svg className={styles.cells} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {props.masks.map((area) => (
        <polygon key={area.join(" ")} points={area.join(" ")} fill="#000" />
      ))}
    </svg>
  );
}
