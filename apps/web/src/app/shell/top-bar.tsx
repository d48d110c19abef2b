import { ActionIcon, Tooltip } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useIsPhone } from "../../design/viewport.ts";
import { Bell } from "./bell.tsx";
import { Breadcrumbs } from "./breadcrumbs.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { Logo } from "./logo.tsx";
import { ThemeButton } from "./theme-switch.tsx";
import styles from "./top-bar.module.css";
import { UserMenu } from "./user-menu.tsx";

export function TopBar(props: { onFind: () => void; onHelp: () => void; onTogglePause: () => void }) {
  const t = useTranslations("shell.find");
  const phone = useIsPhone();
  return (
    <header className={styles.bar}>
      {phone && <Logo />}
      <Breadcrumbs />
      {phone ? (
        <Tooltip label={t("open")}>
          <ActionIcon className="push-end" aria-label={t("open")} onClick={props.onFind}>
            <IconSearch size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <button type="button" className={styles.find} onClick={props.onFind}>
          <IconSearch size={14} aria-hidden="true" />
          <span className="truncate">{t("placeholder")}</span>
          <span className={styles.findKeys} aria-hidden="true">
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </span>
        </button>
      )}
      {!phone && <LiveIndicator onTogglePause={props.onTogglePause} />}
      <Bell />
      {!phone && <LanguageSwitch />}
      {!phone && <ThemeButton />}
      <UserMenu onHelp={props.onHelp} />
    </header>
  );
}
