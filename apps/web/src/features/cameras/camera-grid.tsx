import type { cameras } from "@gatehouse/contract";
import type { CSSProperties, RefObject } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "../../data/api-error.ts";
import { useErrorText } from "../../design/error-text.ts";
import styles from "./cameras.module.css";
import { type Grid, paceOf, shapeOf } from "./grid-plan.ts";
import { ratioOf } from "./live-stage.tsx";
import { LiveTile } from "./live-tile.tsx";
import { usePicturePause, usePictureProblem } from "./use-live-picture.ts";

/** The pictures side by side, as large as the window allows without scrolling. */
export function CameraGrid(props: {
  cameras: readonly cameras.Camera[];
  grid: Grid;
  /** What fills the screen when the whole grid does. */
  frame: RefObject<HTMLElement | null>;
}) {
  const t = useTranslations("cameras");
  const paused = usePicturePause();
  const { columns, rows } = shapeOf(props.grid);
  const style = {
    "--columns": columns,
    "--rows": Math.min(rows, Math.max(1, Math.ceil(props.cameras.length / columns))),
    "--tile-ratio": commonRatio(props.cameras),
  } as CSSProperties;
  return (
    <>
      <PictureProblem />
      <section ref={props.frame} className={styles.grid} style={style} aria-label={t("wall")}>
        {props.cameras.map((camera) => (
          <LiveTile
            key={camera.id}
            camera={camera}
            maxFps={paceOf(props.grid)}
            paused={paused}
            zoomable={props.grid === "1"}
          />
        ))}
      </section>
    </>
  );
}

/** The shape that most of them have: the fewest bars beside pictures. */
function commonRatio(cameras: readonly cameras.Camera[]): number {
  const counts = new Map<number, number>();
  for (const { health } of cameras) counts.set(ratioOf(health), (counts.get(ratioOf(health)) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? ratioOf({});
}

/** Why no pictures come, where the server said so; a connection that is away shows in the shell and on each tile. */
export function PictureProblem() {
  const t = useTranslations("cameras");
  const errorText = useErrorText();
  const code = usePictureProblem();
  if (code !== "server.busy" && code !== "tenant.suspended" && code !== "auth.forbidden") return null;
  return (
    <p role="status" className={styles.problem}>
      <span className="strong">{t("problem")}</span> {errorText(new ApiError(code, 0))}
    </p>
  );
}
