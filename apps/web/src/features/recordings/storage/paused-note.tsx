import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import styles from "../recordings.module.css";
import { useStorage } from "./use-storage.ts";

const REASONS = ["disk_full", "pinned_full", "failed"] as const;

/** Says loudly that nothing is recorded now, and why. */
export function PausedNote(props: { withLink?: boolean }) {
  const t = useTranslations("recordings.storage.paused");
  const { paused } = useStorage().data ?? {};
  if (paused === undefined) return null;
  const reason = REASONS.find((one) => one === paused) ?? "failed";
  return (
    <div className={styles.paused} role="alert">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        <strong>{t("title")}</strong> <span>{t(reason)}</span>{" "}
        {props.withLink !== false && (
          <Link className="link" to="/cameras/storage">
            {t("open")}
          </Link>
        )}
      </div>
    </div>
  );
}
