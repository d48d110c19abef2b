import { type RefObject, useEffect, useRef } from "react";
import styles from "./tab-line.module.css";

/**
 * Tabs or links on one line that scrolls sideways: `<Tabs.List {...useTabLine(current)}>`. The one marked as selected
 * or current is moved into view whenever `current` changes.
 */
export function useTabLine(current: string): { ref: RefObject<HTMLDivElement | null>; className: string } {
  const ref = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marked one is another whenever `current` is
  useEffect(() => {
    const line = ref.current;
    const active = line?.querySelector<HTMLElement>("[aria-selected=true], [aria-current=page]");
    if (line === null || active === null || active === undefined) return;
    const { left, width } = active.getBoundingClientRect();
    const middle = left - line.getBoundingClientRect().left + line.scrollLeft + width / 2;
    line.scrollTo({ left: middle - line.clientWidth / 2 });
  }, [current]);
  return { ref, className: styles.line ?? "" };
}
