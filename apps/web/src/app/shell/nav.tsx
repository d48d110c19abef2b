import { Tooltip } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "../../data/session.ts";
import { useViewport } from "../../design/viewport.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { Logo } from "./logo.tsx";
import styles from "./nav.module.css";
import type { NavItem } from "./nav-items.ts";
import { SiteSelect } from "./site-select.tsx";
import { useCameraCount, useFigures, useWaitingApprovals } from "./use-figures.ts";
import { useIsWithin, useNavGroups } from "./use-nav.ts";

/** The column at the left; between 768 and 1279 px its labels go and the icons stay. */
export function Nav() {
  const t = useTranslations("shell");
  const groups = useNavGroups();
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
      {groups.map(({ label, items }) => (
        <div key={label ?? "first"}>
          {label !== undefined && <div className={styles.group}>{t(`nav.${label}`)}</div>}
          {items.map((item) => (
            <NavLink key={item.label} item={item} />
          ))}
        </div>
      ))}
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
  const isWithin = useIsWithin(props.item);
  return (
    <Tooltip label={t(`nav.${label}`)} position="right" disabled={!narrow}>
      <Link
        to={to}
        className={`${styles.item} ${isWithin ? styles.active : ""}`}
        {...(isWithin ? { "aria-current": "page" as const } : {})}
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

/** The figure beside a page's name: devices and cameras in all, alerts that are open, requests to decide. */
function NavCount(props: { label: NavItem["label"] }) {
  const t = useTranslations("shell");
  const format = useFormat();
  const figures = useFigures();
  if (props.label === "approvals") return <WaitingApprovals />;
  if (props.label === "cameras") return <CameraCount />;
  if (figures === undefined) return null;
  if (props.label === "devices")
    return <span className={styles.count}>{format.number(figures.devices.total)}</span>;
  if (props.label !== "alerts" || figures.alerts.open === 0) return null;
  return <Hot>{t("openCount", { count: figures.alerts.open })}</Hot>;
}

function CameraCount() {
  const format = useFormat();
  const count = useCameraCount();
  if (count === undefined) return null;
  return <span className={styles.count}>{format.number(count)}</span>;
}

function WaitingApprovals() {
  const t = useTranslations("shell");
  const count = useWaitingApprovals();
  const format = useFormat();
  if (count === 0) return null;
  return (
    <Hot>
      <span aria-hidden="true">{format.number(count)}</span>
      <span className="visually-hidden">{t("waitingCount", { count })}</span>
    </Hot>
  );
}

function Hot(props: { children: ReactNode }) {
  return <span className={`${styles.count} ${styles.hot}`}>{props.children}</span>;
}
