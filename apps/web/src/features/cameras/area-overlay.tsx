import { type PointerEvent, useId, useRef } from "react";
import { type Area, middleOf, moveArea, moveCorner, type Point, pathOf, pointAt } from "./areas.ts";
import styles from "./cameras.module.css";
import type { AreaEdit } from "./use-area-edit.ts";

/** Where a pointer is on the picture, as shares. */
export function sharesAt(event: PointerEvent<Element>, picture: Element): Point {
  const box = picture.getBoundingClientRect();
  return pointAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}

/** The areas over the picture. A pointer selects and moves them; keys do it from the list of corners below. */
export function AreaOverlay(props: { edit: AreaEdit }) {
  const { edit } = props;
  const hatch = useId();
  const { selected } = edit;
  return (
    <>
      <svg
        className={styles.overlay}
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerDown={(event) => {
          if (event.target === event.currentTarget) edit.select(undefined);
        }}
      >
        <defs>
          <pattern id={hatch} width="0.02" height="0.02" patternUnits="userSpaceOnUse">
            <path d="M0 0.02L0.02 0" stroke="#f2c14e" strokeWidth="0.003" />
          </pattern>
        </defs>
        {edit.areas.map((area) => (
          <AreaShape key={area.key} area={area} edit={edit} hatch={hatch} isSelected={area === selected} />
        ))}
      </svg>
      {edit.areas.map((area) => (
        <AreaName key={area.key} area={area} />
      ))}
      {selected !== undefined && <Handles area={selected} edit={edit} />}
    </>
  );
}

function Handles(props: { area: Area; edit: AreaEdit }) {
  return props.area.corners.map((_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the order
    <Handle key={index} index={index} {...props} />
  ));
}

/** Drags by the pointer that went down, until it is lifted; each drag is undone in one step. */
function useDrag(onMove: (event: PointerEvent<Element>, act: string) => void) {
  const act = useRef<string>(undefined);
  const end = () => {
    act.current = undefined;
  };
  return {
    onPointerDown(event: PointerEvent<Element>) {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      act.current = `drag ${event.pointerId} ${event.timeStamp}`;
    },
    onPointerMove(event: PointerEvent<Element>) {
      if (act.current !== undefined) onMove(event, act.current);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

function AreaShape(props: { area: Area; edit: AreaEdit; hatch: string; isSelected: boolean }) {
  const { area, edit } = props;
  const last = useRef<Point>(undefined);
  const shape = useRef<SVGPolygonElement>(null);
  const drag = useDrag((event, act) => {
    const picture = shape.current?.ownerSVGElement;
    if (picture === null || picture === undefined) return;
    const now = sharesAt(event, picture);
    const from = last.current ?? now;
    last.current = now;
    edit.setCorners(area.key, moveArea(area.corners, now[0] - from[0], now[1] - from[1]), act);
  });
  return (
    <polygon
      ref={shape}
      className={styles.area}
      data-kind={area.kind}
      data-selected={props.isSelected}
      points={pathOf(area.corners)}
      style={area.kind === "ignore" ? { fill: `url(#${props.hatch})` } : undefined}
      {...drag}
      onPointerDown={(event) => {
        last.current = undefined;
        edit.select(area.key);
        drag.onPointerDown(event);
      }}
    />
  );
}

function AreaName(props: { area: Area }) {
  const { area } = props;
  if (area.name.trim() === "") return null;
  const [x, y] = middleOf(area.corners);
  return (
    <span className={styles.areaName} style={{ left: `${x * 100}%`, top: `${y * 100}%` }} aria-hidden="true">
      {area.name}
    </span>
  );
}

function Handle(props: { area: Area; index: number; edit: AreaEdit }) {
  const { area, index, edit } = props;
  const handle = useRef<HTMLSpanElement>(null);
  const drag = useDrag((event, act) => {
    const picture = handle.current?.parentElement;
    if (picture !== null && picture !== undefined)
      edit.setCorners(area.key, moveCorner(area.corners, index, sharesAt(event, picture)), act);
  });
  const [x, y] = area.corners[index] ?? [0, 0];
  return (
    <span
      ref={handle}
      className={styles.handle}
      data-handle={index}
      data-current={edit.corner === index}
      style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
      aria-hidden="true"
      {...drag}
      onPointerDown={(event) => {
        edit.select(area.key, index);
        drag.onPointerDown(event);
      }}
    />
  );
}
