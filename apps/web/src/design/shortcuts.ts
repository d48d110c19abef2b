import { useEffect, useEffectEvent } from "react";
import { createPreference } from "../data/preference.ts";

/** Single-letter shortcuts can be turned off (WCAG 2.1.4); this browser remembers it between log-ins. */
export const singleKeys = createPreference<"on" | "off">("gatehouse.single-keys", (stored) =>
  stored === "off" ? "off" : "on",
);

/** How long after `G` the second key of a sequence counts. */
const SEQUENCE_MS = 1_500;

const handlers = new Map<string, (() => void)[]>();
let prefix: { readonly key: string; readonly atMs: number } | undefined;

/** True where letters are text: fields, editable content, and lists that search by typing. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=combobox], [role=listbox]") !== null
  );
}

/** Space presses what has the focus; arrows move in what has them already. */
function isForFocused(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === " ") return target.closest("button, a, summary, [role=button], [role=tab]") !== null;
  return key.startsWith("arrow") && target.closest("[role=slider], [role=tablist], [data-row]") !== null;
}

/** Keys belong to an open dialog, not to the page behind it. */
const dialogOpen = (): boolean =>
  document.querySelector("[role=dialog][aria-modal=true], [role=menu]") !== null;

function onKeyDown(event: KeyboardEvent): void {
  if (singleKeys.get() === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.defaultPrevented || isTyping(event.target) || dialogOpen()) return;
  const key = event.key.toLowerCase();
  if (isForFocused(event.target, key)) return;
  const sequence =
    prefix !== undefined && event.timeStamp - prefix.atMs < SEQUENCE_MS ? `${prefix.key} ${key}` : key;
  prefix = sequence === "g" ? { key, atMs: event.timeStamp } : undefined;
  const run = handlers.get(sequence)?.at(-1);
  if (run === undefined) return;
  event.preventDefault();
  run();
}

/**
 * Runs `action` on a single key ("j", ".", "?") or a sequence ("g d") anywhere but in a text field. The part of
 * the page that appeared last wins a key. Not `enabled`, it leaves the key to the others.
 */
export function useShortcut(keys: string, action: () => void, enabled = true): void {
  const run = useEffectEvent(action);
  useEffect(() => {
    if (!enabled) return;
    const handler = () => run();
    if (handlers.size === 0) addEventListener("keydown", onKeyDown);
    handlers.set(keys, [...(handlers.get(keys) ?? []), handler]);
    return () => {
      const left = (handlers.get(keys) ?? []).filter((other) => other !== handler);
      if (left.length > 0) handlers.set(keys, left);
      else handlers.delete(keys);
      if (handlers.size === 0) removeEventListener("keydown", onKeyDown);
    };
  }, [keys, enabled]);
}
