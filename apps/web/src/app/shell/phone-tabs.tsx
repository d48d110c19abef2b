import { Drawer } from "@mantine/core";
import { IconDots, type TablerIcon } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { NAV_ITEMS, type NavItem, PHONE_TABS } from "./nav-items.ts";
import styles from "./phone-tabs.module.css";
import { SiteSelect } from "./site-select.tsx";

/** The first four pages and "More" at the foot of a phone. */
export function PhoneTabs() {
  const t = useTranslations("shell.nav");
  const can = useCan();
  const { pathname } = useLocation();
  const [more, setMore] = useState(false);
  const allowed = NAV_ITEMS.filter((item) => can(item.permission));
  const rest = allowed.slice(PHONE_TABS);
  const inRest = rest.some((item) => pathname.startsWith(item.to));
  return (
    <nav className={styles.tabs} aria-label={t("label")}>
      {allowed.slice(0, PHONE_TABS).map((item) => (
        <PageLink key={item.label} item={item} className={styles.tab} />
      ))}
      <button
        type="button"
        className={`${styles.tab} ${inRest ? styles.active : ""}`}
        aria-expanded={more}
        onClick={() => setMore(true)}
      >
        <TabFace icon={IconDots} label={t("more")} />
      </button>
      <Drawer opened={more} onClose={() => setMore(false)} position="bottom" size="auto" title={t("more")}>
        <div className={styles.sheet}>
          {rest.map((item) => (
            <PageLink key={item.label} item={item} className={styles.line} onClick={() => setMore(false)} />
          ))}
          <SiteSelect />
        </div>
      </Drawer>
    </nav>
  );
}

function PageLink(props: { item: NavItem; className: string | undefined; onClick?: () => void }) {
  const t = useTranslations("shell.nav");
  const { to, label, icon } = props.item;
  return (
    <Link
      to={to}
      className={props.className ?? ""}
      activeOptions={{ exact: to === "/" }}
      activeProps={{ className: styles.active ?? "", "aria-current": "page" }}
      {...(props.onClick === undefined ? {} : { onClick: props.onClick })}
    >
      <TabFace icon={icon} label={t(label)} />
    </Link>
  );
}

function TabFace(props: { icon: TablerIcon; label: string }) {
  const { icon: Icon } = props;
  return (
    <>
      <Icon size={20} stroke={1.6} aria-hidden="true" />
      <span className="truncate">{props.label}</span>
    </>
  );
}
