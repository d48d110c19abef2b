import { useSyncExternalStore } from "react";

export type Viewport = "phone" | "tablet" | "desktop";

/** Below 768 px: tabs at the foot, lists instead of tables. Below 1280: the navigation shrinks to icons. */
const phone = globalThis.matchMedia?.("(max-width: 767.98px)");
const tablet = globalThis.matchMedia?.("(max-width: 1279.98px)");

function subscribe(listener: () => void): () => void {
  phone?.addEventListener("change", listener);
  tablet?.addEventListener("change", listener);
  return () => {
    phone?.removeEventListener("change", listener);
    tablet?.removeEventListener("change", listener);
  };
}

function read(): Viewport {
  if (phone?.matches === true) return "phone";
  return tablet?.matches === true ? "tablet" : "desktop";
}

export const useViewport = (): Viewport => useSyncExternalStore(subscribe, read);

export const useIsPhone = (): boolean => useViewport() === "phone";
