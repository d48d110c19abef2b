import { Drawer } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { NavItem } from "./nav-items.ts";
import { PageLink } from "./page-link.tsx";
import styles from "./phone-tabs.module.css";
import { SiteSelect } from "./site-select.tsx";

/** The pages that have no tab of their own, and the site. */
export default function MoreSheet(props: { items: readonly NavItem[]; onClose: () => void }) {
  const t = useTranslations("shell.nav");
  const close = useTranslations("common.action")("close");
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="bottom"
      size="auto"
      title={t("more")}
      classNames={{ content: styles.sheetFrame ?? "" }}
      closeButtonProps={{ "aria-label": close }}
    >
      <div className={styles.sheet}>
        {props.items.map((item) => (
          <PageLink key={item.label} item={item} className={styles.line} onClick={props.onClose} />
        ))}
        <SiteSelect />
      </div>
    </Drawer>
  );
}
