import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { useTabLine } from "../../design/tab-line.ts";
import { AboutSection } from "./about-section.tsx";
import { ChannelSection } from "./channel-section.tsx";
import { DemoSection } from "./demo-section.tsx";
import { IntegrationsSection } from "./integrations-section.tsx";
import { NetworkSection } from "./network-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { RecoverySection } from "./recovery-section.tsx";
import styles from "./settings.module.css";
import { SiteSection } from "./site-section.tsx";
import { StorageSection } from "./storage-section.tsx";

const SECTIONS = {
  site: SiteSection,
  network: NetworkSection,
  channel: ChannelSection,
  notifications: NotificationsSection,
  integrations: IntegrationsSection,
  storage: StorageSection,
  recovery: RecoverySection,
  demo: DemoSection,
  about: AboutSection,
} as const;
type SectionName = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as SectionName[];

/** The installation's settings, one section at a time; the address names it. */
export function SettingsPage() {
  const t = useTranslations("settings");
  const { section } = useParams({ strict: false });
  const current = NAMES.find((name) => name === section) ?? "site";
  const Section = SECTIONS[current];
  const line = useTabLine(current);
  usePageTitle(section === undefined ? undefined : t(`section.${current}`));
  return (
    <>
      <h1 className="page-title">{t("title", { section: t(`section.${current}`) })}</h1>
      <div className={styles.layout}>
        <nav {...line} className={`${styles.sections} ${line.className}`} aria-label={t("sections")}>
          {NAMES.map((name) => (
            <Link
              key={name}
              to="/settings/$section"
              params={{ section: name }}
              className={styles.section ?? ""}
              {...(name === current ? { "aria-current": "page" as const } : {})}
            >
              {t(`section.${name}`)}
            </Link>
          ))}
        </nav>
        <div className="stack">
          <Section />
        </div>
      </div>
    </>
  );
}
