import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useCan } from "../../data/session.ts";
import { useShortcut } from "../../design/shortcuts.ts";
import { NAV_ITEMS } from "./nav-items.ts";

/** The keys that work on every page. */
export function useShellKeys(actions: {
  onFind: () => void;
  onHelp: () => void;
  onTogglePause: () => void;
}): void {
  const navigate = useNavigate();
  const can = useCan();
  const go = (key: string) => {
    const item = NAV_ITEMS.find((one) => one.key === key);
    if (item !== undefined && can(item.permission)) void navigate({ to: item.to });
  };
  useHotkeys([["mod+K", actions.onFind]], []);
  useShortcut("g o", () => go("o"));
  useShortcut("g d", () => go("d"));
  useShortcut("g t", () => go("t"));
  useShortcut("g a", () => go("a"));
  useShortcut(".", actions.onTogglePause);
  useShortcut("?", actions.onHelp);
  useShortcut("/", () => {
    const field = document.querySelector<HTMLElement>("[data-filter-field]");
    if (field === null) actions.onFind();
    else field.focus();
  });
}
