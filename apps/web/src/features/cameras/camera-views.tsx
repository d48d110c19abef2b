import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useCan, useCanEverywhere } from "../../data/session.ts";
import styles from "./cameras.module.css";

/** The ways to look at cameras, as links of one line. */
export function CameraViews() {
  const t = useTranslations("cameras.views");
  const recorded = useTranslations("recordings.views");
  const shares = useTranslations("shares");
  const cases = useTranslations("cases");
  const takeout = useTranslations("takeout");
  const activity = useTranslations("activity");
  const detectors = useTranslations("detectors");
  const can = useCan();
  const canEverywhere = useCanEverywhere();
  const link = { className: styles.view ?? "", activeProps: { "aria-current": "page" as const } };
  return (
    <nav className={styles.views} aria-label={t("label")}>
      {can("camera.view") && (
        <Link to="/cameras/live" {...link}>
          {t("live")}
        </Link>
      )}
      {can("recording.view") && (
        <>
          <Link to="/cameras/playback" {...link}>
            {recorded("playback")}
          </Link>
          <Link to="/cameras/clips" {...link}>
            {recorded("clips")}
          </Link>
          <Link to="/cameras/activity" {...link}>
            {activity("view")}
          </Link>
          <Link to="/cameras/summary" {...link}>
            {activity("summary.view")}
          </Link>
        </>
      )}
      {can("case.read") && (
        <Link to="/cameras/cases" {...link}>
          {cases("view")}
        </Link>
      )}
      {can("recording.export") && (
        <>
          <Link to="/cameras/exports" {...link}>
            {takeout("view")}
          </Link>
          <Link to="/cameras/links" {...link}>
            {shares("view")}
          </Link>
        </>
      )}
      {can("camera.view") && (
        <Link to="/cameras/detectors" {...link}>
          {detectors("view")}
        </Link>
      )}
      {canEverywhere("recording.view") && (
        <Link to="/cameras/storage" {...link}>
          {recorded("storage")}
        </Link>
      )}
    </nav>
  );
}
