import { type KeyboardEvent, useState } from "react";
import { useShortcut } from "./shortcuts.ts";

/**
 * Moving between rows: arrows while a row has the focus, J and K from anywhere on the page (unless single keys
 * are off). One row at a time is in the tab order.
 */
export function useRowKeys(table: HTMLElement | null, count: number) {
  const [current, setCurrent] = useState(0);
  const active = Math.min(current, Math.max(0, count - 1));

  const rowAt = (index: number) => table?.querySelector<HTMLElement>(`[data-row="${index}"]`);

  function moveTo(index: number): void {
    const target = Math.max(0, Math.min(count - 1, index));
    const row = rowAt(target);
    if (row === null || row === undefined) return;
    setCurrent(target);
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** The first J or K enters the list where it was left; the next ones move. */
  function step(by: 1 | -1): void {
    const inside = table?.contains(document.activeElement) === true;
    moveTo(inside ? active + by : active);
  }

  useShortcut("j", () => step(1), count > 0);
  useShortcut("k", () => step(-1), count > 0);

  return {
    /** Props of the row at `index`; `open` runs on Enter. */
    row: (index: number, open: () => void) => ({
      tabIndex: index === active ? 0 : -1,
      onFocus: () => setCurrent(index),
      onKeyDown(event: KeyboardEvent) {
        if (event.target !== event.currentTarget) return;
        if (event.key === "Enter") open();
        else if (event.key === "ArrowDown") moveTo(index + 1);
        else if (event.key === "ArrowUp") moveTo(index - 1);
        else return;
        event.preventDefault();
      },
    }),
  };
}
