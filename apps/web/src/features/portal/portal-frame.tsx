import { Button } from "@mantine/core";
import { IconHome, IconLogout, IconUser } from "@tabler/icons-react";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { usePersonal } from "../../app/personal.ts";
import { logOut } from "../../app/session-end.ts";
import { LanguageSwitch } from "../../app/shell/language-switch.tsx";
import { Logo } from "../../app/shell/logo.tsx";
import { liveHub } from "../../data/live.ts";
import { useMe } from "../../data/session.ts";
import styles from "./portal.module.css";

const TABS = [
  { to: "/my", label: "home", icon: IconHome, exact: true },
  { to: "/my/me", label: "me", icon: IconUser, exact: false },
] as const;

/** Everything around a customer's own pages. */
export function PortalFrame() {
  const t = useTranslations("portal");
  const shell = useTranslations("shell");
  const navigate = useNavigate();
  const { tenant, secure } = useMe();
  usePersonal();
  /** An ended session closes this connection, so that the page hears it at once. */
  useEffect(() => {
    liveHub.start();
    return () => liveHub.stop();
  }, []);
  const logout = async () => {
    await logOut();
    await navigate({ to: "/login" });
  };
  return (
    <div className={styles.page}>
      <title>{t("title")}</title>
      <a href="#content" className={styles.skip}>
        {shell("skip")}
      </a>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Logo size={22} /> <span className="truncate">{tenant.name}</span>
        </span>
        <nav className={styles.tabs} aria-label={t("nav")}>
          {TABS.map(({ to, label, icon: Icon, exact }) => (
            <Link key={to} to={to} className={styles.tab ?? ""} activeOptions={{ exact }}>
              <Icon size={18} stroke={1.6} aria-hidden="true" />
              {t(label)}
            </Link>
          ))}
        </nav>
        <span className={styles.end}>
          <LanguageSwitch />
          <Button
            variant="default"
            leftSection={<IconLogout size={16} stroke={1.6} aria-hidden="true" />}
            onClick={() => void logout()}
          >
            {shell("account.logout")}
          </Button>
        </span>
      </header>
      {!secure && <p className={styles.insecure}>{shell("insecure")}</p>}
      <main id="content" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
    </div>
  );
}
