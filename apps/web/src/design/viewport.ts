import { useSyncExternalStore } from "react";

/** The widths at which the console changes shape; base.css and the shell use the same. */
const PHONE = "(max-width: 767.98px)";

const phone = globalThis.matchMedia?.(PHONE);

function subscribe(listener: () => void): () => void {
  phone?.addEventListener("change", listener);
  return () => phone?.removeEventListener("change", listener);
}

/** Below 768 px: tabs at the foot, lists instead of tables. */
export const useIsPhone = (): boolean => useSyncExternalStore(subscribe, () => phone?.matches ?? false);
