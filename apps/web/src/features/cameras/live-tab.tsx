import type { cameras } from "@gatehouse/contract";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { PictureProblem } from "./camera-grid.tsx";
import styles from "./cameras.module.css";
import { BoxesSwitch } from "./detection/boxes-switch.tsx";
import { LastEvents } from "./events-panel.tsx";
import { HealthPanel } from "./health-panel.tsx";
import { ratioOf } from "./live-stage.tsx";
import { LiveTile } from "./live-tile.tsx";
import { usePicturePause } from "./use-live-picture.ts";

/** The picture as large as it goes, how the camera does, and its last events. */
export function LiveTab(props: { camera: cameras.Camera }) {
  const t = useTranslations("cameras.tile");
  const can = useCan();
  const paused = usePicturePause();
  const { camera } = props;
  const style = { "--tile-ratio": ratioOf(camera.health) } as CSSProperties;
  return (
    <div className={styles.columns}>
      <div className={styles.large} style={style}>
        <PictureProblem />
        <LiveTile key={camera.id} camera={camera} paused={paused} zoomable />
        <div className={styles.below}>
          <p className="tertiary tiny">{t("zoomHint")}</p>
          <BoxesSwitch camera={camera} paused={paused} />
        </div>
      </div>
      <div className="stack">
        <HealthPanel camera={camera} />
        {can("recording.view") && <LastEvents cameraId={camera.id} />}
      </div>
    </div>
  );
}
