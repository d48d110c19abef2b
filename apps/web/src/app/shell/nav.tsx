import { Tooltip } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useCan, useMe } from "../../data/session.ts";
import { useViewport } from "../../design/viewport.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { Logo } from "./logo.tsx";
import styles from "./nav.module.css";
import { NAV_GROUPS, type NavItem } from "./nav-items.ts";
import { SiteSelect } from "./site-select.tsx";
import { useFigures } from "./use-figures.ts";

/** The column at the left; between 768 and 1279 px its labels go and the icons stay. */
export function Nav() {
  const t = useTranslations("shell");
  const can = useCan();
  const { secure } = useMe();
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      <div className={styles.brand}>
        <Logo />
        <span className={styles.wide}>Gatehouse</span>
      </div>
      <div className={styles.site}>
        <SiteSelect />
      </div>
      {NAV_GROUPS.map((group) => {
        const items = group.items.filter((item) => can(item.permission));
        if (items.length === 0) return null;
        return (
          <div key={group.label ?? "first"}>
            {group.label !== undefined && <div className={styles.group}>{t(`nav.${group.label}`)}</div>}
            {items.map((item) => (
              <NavLink key={item.label} item={item} />
            ))}
          </div>
        );
      })}
      {!secure && (
        <p className={styles.insecure}>
          <IconLockOpen size={16} stroke={1.6} aria-hidden="true" />
          <span className={styles.wide}>{t("insecure")}</span>
        </p>
      )}
    </nav>
  );
}

function NavLink(props: { item: NavItem }) {
  const t = useTranslations("shell");
  const narrow = useViewport() === "tablet";
  const { to, label, icon: Icon } = props.item;
  return (
    <Tooltip label={t(`nav.${label}`)} position="right" disabled={!narrow}>
      <Link
        to={to}
        className={styles.item ?? ""}
        activeOptions={{ exact: to === "/" }}
        activeProps={{ className: styles.active ?? "", "aria-current": "page" }}
      >
        <Icon size={16} stroke={1.6} aria-hidden="true" />
        <span className={styles.wide}>{t(`nav.${label}`)}</span>
        <NavCount label={label} />
      </Link>
    </Tooltip>
  );
}

/** The figure beside a page's name: devices in all, alerts that are open. */
function NavCount(props: { label: NavItem["label"] }) {
  const t = useTranslations("shell");
  const format = useFormat();
  const figures = useFigures();
  if (figures === undefined) return null;
  if (props.label === "devices")
    return <span className={styles.count}>{format.number(figures.devices.total)}</span>;
  if (props.label !== "alerts" || figures.alerts.open === 0) return null;
  return (
    <span className={`${styles.count} ${styles.hot}`}>{t("openCount", { count: figures.alerts.open })}</span>
  );
}
