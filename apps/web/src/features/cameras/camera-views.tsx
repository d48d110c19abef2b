import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import styles from "./cameras.module.css";

/** The ways to look at cameras, as links of one line. */
export function CameraViews() {
  const t = useTranslations("cameras.views");
  const link = { className: styles.view ?? "", activeProps: { "aria-current": "page" as const } };
  return (
    <nav className={styles.views} aria-label={t("label")}>
      <Link to="/cameras/live" {...link}>
        {t("live")}
      </Link>
    </nav>
  );
}
