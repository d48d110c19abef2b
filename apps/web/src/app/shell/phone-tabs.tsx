import { IconDots } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { phoneTabs } from "./nav-items.ts";
import { PageLink, TabFace } from "./page-link.tsx";
import styles from "./phone-tabs.module.css";
import { useNavItems } from "./use-nav.ts";

const MoreSheet = lazy(() => import("./more-sheet.tsx"));

/** The four pages that matter most on the way and "More" at the foot of a phone. */
export function PhoneTabs() {
  const t = useTranslations("shell.nav");
  const { pathname } = useLocation();
  const [more, setMore] = useState(false);
  const { tabs, rest } = phoneTabs(useNavItems());
  const inRest = rest.some((item) => pathname.startsWith(item.to));
  return (
    <nav className={styles.tabs} aria-label={t("label")}>
      {tabs.map((item) => (
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
      <Suspense>{more && <MoreSheet items={rest} onClose={() => setMore(false)} />}</Suspense>
    </nav>
  );
}
