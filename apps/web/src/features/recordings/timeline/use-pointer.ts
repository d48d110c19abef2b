import { type PointerEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Playhead } from "../player/playhead.ts";
import type { ViewControl } from "./use-view.ts";
import { spanOf, timeAt, type View, xOf } from "./view.ts";

const CLICK_PX = 4;
const ZOOM_PER_PIXEL = 1.0015;

/** Where the mouse rests, for a preview. */
export interface Hover {
  readonly x: number;
  readonly atMs: number;
  readonly row: number;
}

interface Drag {
  readonly pointerId: number;
  readonly isScrub: boolean;
  /** How far from the line its handle was taken: it does not jump to the pointer. */
  readonly gripX: number;
  readonly startX: number;
  readonly view: View;
  hasMoved: boolean;
}

/** Dragging pans, dragging the line or the ruler scrubs, a click goes there, the wheel zooms, two fingers too. */
export function usePointer(
  track: HTMLElement | null,
  width: number,
  control: ViewControl,
  playhead: Playhead,
) {
  const drag = useRef<Drag>(undefined);
  const fingers = useRef(new Map<number, number>());
  const [hover, setHover] = useState<Hover>();
  const xIn = (event: { readonly clientX: number }) =>
    event.clientX - (track?.getBoundingClientRect().left ?? 0);
  const atOf = (x: number) => timeAt(control.view, Math.max(0, Math.min(width, x)), width);

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      control.pan((sideways / Math.max(1, width)) * spanOf(control.view));
    else control.zoom(ZOOM_PER_PIXEL ** event.deltaY, atOf(xIn(event)));
  });
  useEffect(() => {
    if (track === null) return;
    const listen = (event: WheelEvent) => onWheel(event);
    // React listens passively, and a page that scrolls under the pointer would go with it.
    track.addEventListener("wheel", listen, { passive: false });
    return () => track.removeEventListener("wheel", listen);
  }, [track]);

  function pinch(event: PointerEvent): boolean {
    const before = [...fingers.current.values()];
    fingers.current.set(event.pointerId, xIn(event));
    const after = [...fingers.current.values()];
    if (before.length !== 2 || after.length !== 2) return false;
    const [apart, wider] = [before, after].map(([one = 0, other = 0]) => Math.max(8, Math.abs(one - other)));
    control.zoom((apart ?? 1) / (wider ?? 1), atOf(((after[0] ?? 0) + (after[1] ?? 0)) / 2));
    drag.current = undefined;
    return true;
  }

  return {
    hover,
    handlers: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0 || !(event.target instanceof Element)) return;
        const x = xIn(event);
        fingers.current.set(event.pointerId, x);
        event.currentTarget.setPointerCapture(event.pointerId);
        const isScrub = event.target.closest("[data-scrub]") !== null;
        const isHandle = event.target.closest("[role=slider]") !== null;
        const gripX = isHandle ? x - xOf(control.view, playhead.state.atMs, width) : 0;
        drag.current = {
          pointerId: event.pointerId,
          isScrub,
          gripX,
          startX: x,
          view: control.view,
          hasMoved: false,
        };
        setHover(undefined);
        if (isScrub) playhead.scrub(atOf(x - gripX));
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        const x = xIn(event);
        const current = drag.current;
        if (fingers.current.has(event.pointerId) && pinch(event)) return;
        if (current === undefined) {
          if (event.pointerType === "mouse") setHover({ x, atMs: atOf(x), row: rowOf(event.target) });
          return;
        }
        if (Math.abs(x - current.startX) > CLICK_PX) current.hasMoved = true;
        if (current.isScrub) playhead.scrub(atOf(x - current.gripX));
        else if (current.hasMoved) control.show(panned(current.view, (current.startX - x) / width));
      },
      onPointerUp(event: PointerEvent<HTMLElement>) {
        fingers.current.delete(event.pointerId);
        const current = drag.current;
        drag.current = undefined;
        if (current?.pointerId !== event.pointerId) return;
        const x = xIn(event);
        if (current.isScrub) playhead.seek(atOf(x - current.gripX));
        else if (!current.hasMoved) playhead.seek(eventAt(event) ?? atOf(x));
      },
      onPointerCancel(event: PointerEvent<HTMLElement>) {
        fingers.current.delete(event.pointerId);
        drag.current = undefined;
      },
      onPointerLeave: () => setHover(undefined),
    },
  };
}

function panned({ fromMs, toMs }: View, byRatio: number): View {
  const byMs = byRatio * (toMs - fromMs);
  return { fromMs: fromMs + byMs, toMs: toMs + byMs };
}

const rowOf = (target: EventTarget): number => {
  const row =
    target instanceof Element ? target.closest<HTMLElement>("[data-lane]")?.dataset.lane : undefined;
  return row === undefined ? -1 : Number(row);
};

/** When the event begins whose mark is under the pointer. */
function eventAt({ clientX, clientY }: PointerEvent): number | undefined {
  const mark = document.elementFromPoint(clientX, clientY)?.closest("[data-event-ms]");
  const text = mark?.getAttribute("data-event-ms");
  return text === null || text === undefined ? undefined : Number(text);
}
