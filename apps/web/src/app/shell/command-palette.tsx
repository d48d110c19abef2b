import { devices } from "@gatehouse/contract";
import { Modal, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan, useCanAtSomeSite } from "../../data/session.ts";
import { StateGlyph } from "../../design/device-state.tsx";
import { localePreference } from "../../i18n/locale.ts";
import { savePersonal } from "../personal.ts";
import styles from "./command-palette.module.css";
import { useNavItems } from "./use-nav.ts";

interface Command {
  readonly id: string;
  readonly label: string;
  readonly section?: ReactNode;
  readonly description?: string;
  run(): void;
}

const DEBOUNCE_MS = 150;
const MAX_DEVICES = "8";
const WIDTH_PX = 600;

/** Ctrl K: finds devices and pages, does the few acts that make sense everywhere. */
export default function CommandPalette(props: {
  onClose: () => void;
  onHelp: () => void;
  onTogglePause: () => void;
}) {
  const t = useTranslations("shell.find");
  const [text, setText] = useState("");
  const wanted = text.trim();
  const matches = (command: Command) => includes(command.label, wanted);
  const found = useDeviceCommands(wanted);
  const groups = [
    { label: t("devices"), commands: found.commands },
    { label: t("pages"), commands: usePageCommands().filter(matches) },
    { label: t("actions"), commands: useActionCommands(props.onHelp, props.onTogglePause).filter(matches) },
  ].filter(({ commands }) => commands.length > 0);
  const run = (command: Command) => {
    props.onClose();
    command.run();
  };
  const choice = useChoice(
    groups.flatMap(({ commands }) => commands),
    found.settled,
    run,
  );
  const listId = useId();
  return (
    <Modal
      opened
      onClose={props.onClose}
      withCloseButton={false}
      centered={false}
      yOffset={80}
      size={WIDTH_PX}
      padding={0}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { "aria-label": t("open") } }}
    >
      <div className={styles.field}>
        <IconSearch size={18} stroke={1.6} aria-hidden="true" />
        <input
          className={styles.input}
          type="text"
          role="combobox"
          aria-expanded={groups.length > 0}
          aria-controls={listId}
          aria-activedescendant={choice.activeId === undefined ? undefined : `${listId}${choice.activeId}`}
          aria-autocomplete="list"
          aria-label={t("open")}
          placeholder={t("placeholder")}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            choice.forget();
          }}
          onKeyDown={choice.onKeyDown}
        />
      </div>
      <div id={listId} role="listbox" aria-label={t("results")} className={styles.list}>
        {groups.map((group, n) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a list of options
          <div key={group.label} role="group" aria-labelledby={`${listId}g${n}`}>
            <div id={`${listId}g${n}`} className={styles.label}>
              {group.label}
            </div>
            {group.commands.map((command) => (
              <Option
                key={command.id}
                id={`${listId}${command.id}`}
                command={command}
                active={command.id === choice.activeId}
                onRun={run}
              />
            ))}
          </div>
        ))}
      </div>
      <p className={styles.empty} role="status">
        {groups.length === 0 && found.settled && t("empty")}
      </p>
    </Modal>
  );
}

/** Keys reach it through the field, which keeps the focus; this is for pointers. */
function Option(props: { id: string; command: Command; active: boolean; onRun: (command: Command) => void }) {
  const { command, active, id } = props;
  useEffect(() => {
    if (active) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [active, id]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field runs the active option
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className={styles.option}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => props.onRun(command)}
    >
      {command.section !== undefined && <span className={styles.section}>{command.section}</span>}
      <span className={styles.words}>
        <span className="truncate">{command.label}</span>
        {command.description !== undefined && (
          <span className="tertiary tiny truncate">{command.description}</span>
        )}
      </span>
    </div>
  );
}

const includes = (text: string, wanted: string): boolean =>
  text.toLocaleLowerCase().includes(wanted.toLocaleLowerCase());

/**
 * Which command Enter runs: the first, until the arrows move on; other results begin at the first again. Enter
 * before there is any result waits for the answer.
 */
function useChoice(commands: readonly Command[], settled: boolean, run: (command: Command) => void) {
  const shown = commands.map(({ id }) => id).join();
  const [moved, setMoved] = useState({ shown, index: 0 });
  const [waiting, setWaiting] = useState(false);
  const index = moved.shown === shown ? moved.index : 0;
  const active = commands[index];
  useEffect(() => {
    if (!waiting) return;
    if (active !== undefined) run(active);
    if (active !== undefined || settled) setWaiting(false);
  }, [waiting, active, settled, run]);
  const step = (by: number) =>
    setMoved({ shown, index: (index + by + commands.length) % Math.max(1, commands.length) });
  return {
    activeId: active?.id,
    forget: () => setWaiting(false),
    onKeyDown(event: KeyboardEvent) {
      if (event.nativeEvent.isComposing) return;
      if (event.key === "ArrowDown") step(1);
      else if (event.key === "ArrowUp") step(-1);
      else if (event.key !== "Enter") return;
      else if (active !== undefined) run(active);
      else setWaiting(!settled);
      event.preventDefault();
    },
  };
}

/** What is shown always matches what is typed: of an earlier answer only what still does. */
function useDeviceCommands(text: string): { readonly commands: Command[]; readonly settled: boolean } {
  const navigate = useNavigate();
  const [q] = useDebouncedValue(text, DEBOUNCE_MS);
  const found = useQuery({
    ...query(devices.listDevices, { query: { q, limit: MAX_DEVICES } }),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  if (text === "") return { commands: [], settled: true };
  const settled = q === text && !found.isPending && !found.isPlaceholderData;
  const items = (found.data?.items ?? []).filter(
    ({ name, label }) => settled || includes(name, text) || includes(label, text),
  );
  const commands = items.map((device) => ({
    id: device.id,
    label: device.name,
    description: device.label === "" ? device.siteName : `${device.label}, ${device.siteName}`,
    section: <StateGlyph status={device.status} />,
    run: () => void navigate({ to: "/devices/$deviceId/{-$tab}", params: { deviceId: device.id } }),
  }));
  return { commands, settled };
}

function usePageCommands(): Command[] {
  const t = useTranslations("shell.nav");
  const navigate = useNavigate();
  return useNavItems().map(({ to, label, icon: Icon }) => ({
    id: label,
    label: t(label),
    section: <Icon size={16} stroke={1.6} aria-hidden="true" />,
    run: () => void navigate({ to }),
  }));
}

function useActionCommands(onHelp: () => void, onTogglePause: () => void): Command[] {
  const t = useTranslations("shell");
  const navigate = useNavigate();
  const can = useCan();
  const canAdd = useCanAtSomeSite()("device.write");
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const other = localePreference.use() === "en" ? "fr" : "en";
  const theme = dark ? "light" : "dark";
  const commands: Command[] = [
    {
      id: "theme",
      label: dark ? t("theme.toLight") : t("theme.toDark"),
      run() {
        setColorScheme(theme);
        savePersonal({ theme });
      },
    },
    {
      id: "language",
      label: t(`language.${other}`),
      run() {
        localePreference.set(other);
        savePersonal({ language: other });
      },
    },
    { id: "pause", label: t("help.pause"), run: onTogglePause },
    { id: "help", label: t("help.title"), run: onHelp },
  ];
  const add: Command = {
    id: "add",
    label: t("nav.addDevice"),
    run: () => void navigate({ to: "/devices/add" }),
  };
  const rules: Command = {
    id: "rules",
    label: t("nav.rules"),
    run: () => void navigate({ to: "/alerts/rules" }),
  };
  return [...(canAdd ? [add] : []), ...(can("rule.read") ? [rules] : []), ...commands];
}
