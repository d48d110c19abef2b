import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useShortcut } from "../../design/shortcuts.ts";
import { useNavItems } from "./use-nav.ts";

/** The keys that work on every page. */
export function useShellKeys(actions: {
  onFind: () => void;
  onHelp: () => void;
  onTogglePause: () => void;
}): void {
  const navigate = useNavigate();
  const items = useNavItems();
  const go = (key: string) => {
    const item = items.find((one) => one.key === key);
    if (item !== undefined) void navigate({ to: item.to });
  };
  useHotkeys([["mod+K", actions.onFind]], []);
  useShortcut("g o", () => go("o"));
  useShortcut("g d", () => go("d"));
  useShortcut("g t", () => go("t"));
  useShortcut("g c", () => go("c"));
  useShortcut("g a", () => go("a"));
  useShortcut("g l", () => go("l"));
  useShortcut("g g", () => go("g"));
  useShortcut(".", actions.onTogglePause);
  useShortcut("?", actions.onHelp);
  useShortcut("/", () => {
    const field = document.querySelector<HTMLElement>("[data-filter-field]");
    if (field === null) actions.onFind();
    else field.focus();
  });
}
