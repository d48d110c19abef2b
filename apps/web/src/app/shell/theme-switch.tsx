import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Segmented } from "../../design/segmented.tsx";
import { savePersonal } from "../personal.ts";

/** Changes between light and dark. */
export function ThemeButton() {
  const t = useTranslations("shell.theme");
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const label = dark ? t("toLight") : t("toDark");
  const other = dark ? "light" : "dark";
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        onClick={() => {
          setColorScheme(other);
          savePersonal({ theme: other });
        }}
      >
        {dark ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Light, dark, or as the system. */
export function ThemeChoice() {
  const t = useTranslations("shell.theme");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Segmented
      label={t("label")}
      value={colorScheme}
      options={[
        { value: "auto", label: t("auto") },
        { value: "light", label: t("light") },
        { value: "dark", label: t("dark") },
      ]}
      onChange={(theme) => {
        setColorScheme(theme);
        savePersonal({ theme });
      }}
    />
  );
}
