import type { TablerIcon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { NavItem } from "./nav-items.ts";
import styles from "./phone-tabs.module.css";
import { useIsWithin } from "./use-nav.ts";

/** A page in the tabs or in the sheet of a phone. */
export function PageLink(props: { item: NavItem; className: string | undefined; onClick?: () => void }) {
  const t = useTranslations("shell.nav");
  const { to, label, icon } = props.item;
  const isWithin = useIsWithin(props.item);
  return (
    <Link
      to={to}
      className={`${props.className ?? ""} ${isWithin ? styles.active : ""}`}
      {...(isWithin ? { "aria-current": "page" as const } : {})}
      activeOptions={{ exact: to === "/" }}
      activeProps={{ className: styles.active ?? "", "aria-current": "page" }}
      {...(props.onClick === undefined ? {} : { onClick: props.onClick })}
    >
      <TabFace icon={icon} label={t(label)} />
    </Link>
  );
}

export function TabFace(props: { icon: TablerIcon; label: string }) {
  const { icon: Icon } = props;
  return (
    <>
      <Icon size={20} stroke={1.6} aria-hidden="true" />
      <span className="truncate">{props.label}</span>
    </>
  );
}
