import { Popover } from "@mantine/core";
import { IconKeyboard, IconLogout, IconUserShield } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "../../data/session.ts";
import { useIsPhone } from "../../design/viewport.ts";
import { logOut } from "../session-end.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { ThemeChoice } from "./theme-switch.tsx";
import styles from "./top-bar.module.css";

export function UserMenu(props: { onHelp: () => void }) {
  const t = useTranslations("shell");
  const { person } = useMe();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const logout = async () => {
    await logOut();
    await navigate({ to: "/login" });
  };
  const choose = (act: () => void) => () => {
    setOpened(false);
    act();
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={270} trapFocus>
      <Popover.Target>
        <button type="button" className={styles.avatar} onClick={() => setOpened(!opened)}>
          {initialsOf(person.name)}
          <span className="visually-hidden">, {t("account.menu", { name: person.name })}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={t("account.menu", { name: person.name })}>
        <div className={styles.menuPart}>
          <div className="strong truncate">{person.name}</div>
          <div className="tertiary tiny truncate">{person.email}</div>
        </div>
        <div className={styles.menuPart}>
          <ThemeChoice />
          {phone && <LanguageSwitch />}
        </div>
        <Link to="/account" className={styles.menuItem ?? ""} onClick={() => setOpened(false)}>
          <IconUserShield size={16} stroke={1.6} aria-hidden="true" />
          {t("account.sessions")}
        </Link>
        <button type="button" className={styles.menuItem} onClick={choose(props.onHelp)}>
          <IconKeyboard size={16} stroke={1.6} aria-hidden="true" />
          {t("account.keys")}
        </button>
        <button type="button" className={styles.menuItem} onClick={choose(() => void logout())}>
          <IconLogout size={16} stroke={1.6} aria-hidden="true" />
          {t("account.logout")}
        </button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** First letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("");
}
