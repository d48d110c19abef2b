import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from "react";
import { panBy, WHOLE, type Zoom, zoomAt } from "./zoom.ts";

const WHEEL_STEP = 1.2;
const KEY_STEP = 1.5;
const PAN_STEP = 0.15;
const CENTRE = { x: 0.5, y: 0.5 };

interface Touch {
  readonly x: number;
  readonly y: number;
}

export interface ZoomControl {
  readonly zoom: Zoom;
  by(factor: number): void;
  reset(): void;
  /** For the frame in which the picture is seen. */
  readonly handlers: {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(event: PointerEvent<HTMLElement>): void;
    onPointerCancel(event: PointerEvent<HTMLElement>): void;
    onDoubleClick(): void;
    onKeyDown(event: KeyboardEvent<HTMLElement>): void;
  };
}

/** Zooms and moves a picture by wheel, drag, two fingers and keys (+, −, 0, arrows). */
export function useZoom(frame: RefObject<HTMLElement | null>, enabled: boolean): ZoomControl {
  const [wish, setZoom] = useState<Zoom>(WHOLE);
  const touches = useRef(new Map<number, Touch>());
  const zoom = enabled ? wish : WHOLE;

  const onWheel = useEffectEvent((event: WheelEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || event.deltaY === 0) return;
    const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    const next = zoomAt(zoom, event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP, at);
    // Where there is nothing more to zoom, the page scrolls.
    if (next.scale === zoom.scale) return;
    event.preventDefault();
    setZoom(next);
  });
  useEffect(() => {
    const element = frame.current;
    if (!enabled || element === null) return;
    const listener = (event: WheelEvent) => onWheel(event);
    element.addEventListener("wheel", listener, { passive: false });
    return () => element.removeEventListener("wheel", listener);
  }, [enabled, frame]);

  const moved = (event: PointerEvent<HTMLElement>) => {
    const before = touches.current.get(event.pointerId);
    if (before === undefined) return;
    const box = event.currentTarget.getBoundingClientRect();
    const now = { x: event.clientX, y: event.clientY };
    const other = [...touches.current].find(([id]) => id !== event.pointerId)?.[1];
    touches.current.set(event.pointerId, now);
    if (other === undefined) {
      setZoom((last) => panBy(last, (now.x - before.x) / box.width, (now.y - before.y) / box.height));
      return;
    }
    const span = (touch: Touch) => Math.hypot(touch.x - other.x, touch.y - other.y);
    const at = {
      x: ((now.x + other.x) / 2 - box.left) / box.width,
      y: ((now.y + other.y) / 2 - box.top) / box.height,
    };
    if (span(before) > 0) setZoom((last) => zoomAt(last, span(now) / span(before), at));
  };
  const lifted = (event: PointerEvent<HTMLElement>) => void touches.current.delete(event.pointerId);

  return {
    zoom,
    by: (factor) => setZoom((last) => zoomAt(last, factor, CENTRE)),
    reset: () => setZoom(WHOLE),
    handlers: {
      onPointerDown(event) {
        if (!enabled || event.button !== 0 || isControl(event.target)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        touches.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      },
      onPointerMove: moved,
      onPointerUp: lifted,
      onPointerCancel: lifted,
      onDoubleClick: () => {
        if (enabled) setZoom((last) => (last.scale > 1 ? WHOLE : zoomAt(last, 2, CENTRE)));
      },
      onKeyDown(event) {
        const step = enabled ? keyStep(event.key) : undefined;
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        setZoom(step);
      },
    },
  };
}

const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest("button, a, input, [data-handle]") !== null;

function keyStep(key: string): ((zoom: Zoom) => Zoom) | undefined {
  switch (key) {
    case "+":
    case "=":
      return (zoom) => zoomAt(zoom, KEY_STEP, CENTRE);
    case "-":
      return (zoom) => zoomAt(zoom, 1 / KEY_STEP, CENTRE);
    case "0":
      return () => WHOLE;
    case "ArrowLeft":
      return (zoom) => panBy(zoom, PAN_STEP, 0);
    case "ArrowRight":
      return (zoom) => panBy(zoom, -PAN_STEP, 0);
    case "ArrowUp":
      return (zoom) => panBy(zoom, 0, PAN_STEP);
    case "ArrowDown":
      return (zoom) => panBy(zoom, 0, -PAN_STEP);
    default:
      return undefined;
  }
}
