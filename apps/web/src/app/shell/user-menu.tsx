import { accounts } from "@gatehouse/contract";
import { Menu } from "@mantine/core";
import { IconKeyboard, IconLogout, IconUserShield } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { useIsPhone } from "../../design/viewport.ts";
import { endSession } from "../session-end.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { ThemeChoice } from "./theme-switch.tsx";
import styles from "./top-bar.module.css";

export function UserMenu(props: { onHelp: () => void }) {
  const t = useTranslations("shell");
  const { person } = useMe();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const logout = async () => {
    await call(accounts.logout, {}).catch(() => undefined);
    endSession();
    await navigate({ to: "/login" });
  };
  return (
    <Menu position="bottom-end" width={270}>
      <Menu.Target>
        <button type="button" className={styles.avatar} aria-label={t("account.menu", { name: person.name })}>
          {initialsOf(person.name)}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.menuHead}>
          <div className="strong truncate">{person.name}</div>
          <div className="tertiary tiny truncate">{person.email}</div>
        </div>
        <div className={styles.menuHead}>
          <ThemeChoice />
          {phone && <LanguageSwitch />}
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserShield size={16} />}
          onClick={() => void navigate({ to: "/people" })}
        >
          {t("account.sessions")}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={props.onHelp}>
          {t("account.keys")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logout()}>
          {t("account.logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** First letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("");
}
