import type { cameras } from "@gatehouse/contract";
import { CameraPicture } from "./camera-picture.tsx";
import styles from "./player.module.css";
import type { Player } from "./use-player.ts";

export const MAX_TOGETHER = 4;
const LAYOUTS = [styles.one, styles.one, styles.two, styles.three, styles.four] as const;

/** Up to four cameras at the same instant. */
export function PlayerGrid(props: {
  cameras: readonly cameras.Camera[];
  player: Player;
  onProof: (cameraId: string) => void;
}) {
  return (
    <div className={`${styles.grid} ${LAYOUTS[props.cameras.length] ?? styles.four}`}>
      {props.cameras.map((camera) => (
        <CameraPicture
          key={camera.id}
          camera={camera}
          player={props.player}
          onProof={() => props.onProof(camera.id)}
        />
      ))}
    </div>
  );
}
