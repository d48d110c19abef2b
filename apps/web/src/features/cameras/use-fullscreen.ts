import { type RefObject, useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}

/** Whether this element fills the screen, and how to change that; no `toggle` where the browser cannot do it. */
export function useFullscreen(element: RefObject<HTMLElement | null>): {
  isFull: boolean;
  toggle: (() => void) | undefined;
} {
  const full = useSyncExternalStore(subscribe, () => document.fullscreenElement);
  const isFull = full !== null && full === element.current;
  const toggle = () =>
    void (isFull ? document.exitFullscreen() : element.current?.requestFullscreen())?.catch(() => undefined);
  return { isFull, toggle: document.fullscreenEnabled ? toggle : undefined };
}
