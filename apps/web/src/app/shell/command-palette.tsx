import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { devices } from "@gatehouse/contract";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { StateGlyph } from "../../design/device-state.tsx";
import { localePreference } from "../../i18n/locale.ts";
import { savePersonal } from "../personal.ts";
import { NAV_ITEMS } from "./nav-items.ts";

interface Command {
  readonly id: string;
  readonly label: string;
  readonly section?: ReactNode;
  readonly description?: string;
  run(): void;
}

const [store, palette] = createSpotlight();
const DEBOUNCE_MS = 150;
const MAX_DEVICES = "8";

/** Ctrl K: finds devices and pages, does the few acts that make sense everywhere. */
export default function CommandPalette(props: {
  onClose: () => void;
  onHelp: () => void;
  onTogglePause: () => void;
}) {
  const t = useTranslations("shell.find");
  const [text, setText] = useState("");
  useEffect(() => palette.open(), []);
  const wanted = text.trim().toLocaleLowerCase();
  const matches = (command: Command) => command.label.toLocaleLowerCase().includes(wanted);
  const groups = [
    { label: t("devices"), commands: useDeviceCommands(text.trim()) },
    { label: t("pages"), commands: usePageCommands().filter(matches) },
    { label: t("actions"), commands: useActionCommands(props.onHelp, props.onTogglePause).filter(matches) },
  ].filter(({ commands }) => commands.length > 0);
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={props.onClose}
      scrollable
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { "aria-label": t("open") } }}
    >
      <Spotlight.Search
        placeholder={t("placeholder")}
        aria-label={t("open")}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden="true" />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.commands.map((command) => (
              <Spotlight.Action
                key={command.id}
                label={command.label}
                leftSection={command.section}
                {...(command.description === undefined ? {} : { description: command.description })}
                onClick={() => command.run()}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>{t("empty")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useDeviceCommands(text: string): Command[] {
  const navigate = useNavigate();
  const [q] = useDebouncedValue(text, DEBOUNCE_MS);
  const found = useQuery({
    ...query(devices.listDevices, { query: { q, limit: MAX_DEVICES } }),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  }).data;
  if (text === "" || found === undefined) return [];
  return found.items.map((device) => ({
    id: device.id,
    label: device.name,
    description: device.label === "" ? device.siteName : `${device.label}, ${device.siteName}`,
    section: <StateGlyph status={device.status} />,
    run: () => void navigate({ to: "/devices/$deviceId/{-$tab}", params: { deviceId: device.id } }),
  }));
}

function usePageCommands(): Command[] {
  const t = useTranslations("shell.nav");
  const navigate = useNavigate();
  const can = useCan();
  return NAV_ITEMS.filter((item) => can(item.permission)).map(({ to, label, icon: Icon }) => ({
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
  return [...(can("device.write") ? [add] : []), ...(can("rule.read") ? [rules] : []), ...commands];
}
