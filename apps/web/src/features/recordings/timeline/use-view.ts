import { useRef, useState } from "react";
import { clampView, panView, spanOf, type View, viewEndingNow, viewWith, zoomView } from "./view.ts";

export interface ViewControl {
  readonly view: View;
  /** The view moves with the time. */
  readonly isFollowing: boolean;
  zoom(factor: number, pivotMs?: number): void;
  pan(byMs: number): void;
  show(view: View): void;
  /** Moves it as little as is needed to have this instant in it. */
  reveal(atMs: number): void;
  follow(): void;
}

/** The span on screen. It ends with now until somebody moves it. */
export function useView(
  first: { readonly spanMs: number; readonly atMs?: number },
  nowMs: number,
): ViewControl {
  const [chosen, setChosen] = useState<View | undefined>(() =>
    first.atMs === undefined
      ? undefined
      : clampView({ fromMs: first.atMs - first.spanMs / 2, toMs: first.atMs + first.spanMs / 2 }, nowMs),
  );
  const [spanMs, setSpanMs] = useState(first.spanMs);
  const view = chosen ?? viewEndingNow(spanMs, nowMs);
  /** Several moves can come before the next render: each goes on from the one before. */
  const latest = useRef(view);
  latest.current = view;
  const set = (next: View) => {
    latest.current = next;
    setSpanMs(spanOf(next));
    setChosen(next);
  };
  return {
    view,
    isFollowing: chosen === undefined,
    zoom(factor, pivotMs) {
      const { fromMs, toMs } = latest.current;
      const next = zoomView(latest.current, factor, pivotMs ?? (fromMs + toMs) / 2, nowMs);
      if (chosen === undefined && pivotMs === undefined) setSpanMs(spanOf(next));
      else set(next);
    },
    pan: (byMs) => set(panView(latest.current, byMs, nowMs)),
    show: (next) => set(clampView(next, nowMs)),
    reveal(atMs) {
      const next = viewWith(latest.current, atMs, nowMs);
      if (next !== latest.current) set(next);
    },
    follow: () => setChosen(undefined),
  };
}
