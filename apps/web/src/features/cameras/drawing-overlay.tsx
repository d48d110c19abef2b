import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { sharesAt } from "./area-overlay.tsx";
import { type Point, pathOf } from "./areas.ts";
import styles from "./cameras.module.css";
import { type AreaEdit, closes } from "./use-area-edit.ts";

/** Takes corner after corner of a new area; the first one again closes it. */
export function DrawingOverlay(props: { edit: AreaEdit }) {
  const t = useTranslations("cameras.areas");
  const surface = useRef<SVGSVGElement>(null);
  const [pointer, setPointer] = useState<Point>();
  const { edit } = props;
  const corners = edit.drawing?.corners ?? [];
  useEffect(() => surface.current?.focus({ preventScroll: true }), []);

  const place = (event: PointerEvent<SVGSVGElement>) => {
    const point = sharesAt(event, event.currentTarget);
    if (closes(corners, point)) edit.closeDrawing();
    else edit.addPoint(point);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") edit.closeDrawing();
    else if (event.key === "Escape") edit.cancelDrawing();
    else if (event.key === "Backspace") edit.takeBackPoint();
    else return;
    event.preventDefault();
  };
  const open = pointer === undefined ? corners : [...corners, pointer];
  return (
    <svg
      ref={surface}
      className={`${styles.overlay} ${styles.drawing}`}
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      tabIndex={-1}
      role="application"
      aria-label={t("drawing")}
      onPointerDown={place}
      onPointerMove={(event) => setPointer(sharesAt(event, event.currentTarget))}
      onPointerLeave={() => setPointer(undefined)}
      onKeyDown={press}
    >
      <polyline className={styles.line} points={pathOf(open)} />
      {corners.map(([x, y], n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the order
        <path key={n} className={n === 0 ? styles.firstDot : styles.dot} d={`M${x} ${y}h0`} />
      ))}
    </svg>
  );
}
