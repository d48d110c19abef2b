import type { CSSProperties, ReactNode } from "react";
import styles from "./cameras.module.css";
import type { Look } from "./picture-look.ts";
import type { LivePicture } from "./use-live-picture.ts";
import { transformOf, WHOLE, type Zoom } from "./zoom.ts";

const USUAL_RATIO = 4 / 3;

/** Width to height of a camera's picture. */
export const ratioOf = ({ width, height }: { width?: number; height?: number }): number =>
  width !== undefined && height !== undefined && height > 0 ? width / height : USUAL_RATIO;

const HAS_NO_PICTURE: ReadonlySet<Look["kind"]> = new Set(["off", "none", "never", "waiting", "silent"]);

/** The picture itself, as large as its frame allows and never distorted; `children` lie over it in its own measures. */
export function LiveStage(props: {
  picture: LivePicture;
  look: Look;
  ratio: number;
  name: string;
  zoom?: Zoom;
  children?: ReactNode;
}) {
  const { picture, look } = props;
  const style = { "--ratio": props.ratio, transform: transformOf(props.zoom ?? WHOLE) } as CSSProperties;
  const isHidden = HAS_NO_PICTURE.has(look.kind);
  const grey = look.kind === "old" ? styles.grey : "";
  return (
    <div className={styles.stage}>
      <div className={styles.picture} style={style}>
        <canvas
          ref={picture.canvas}
          className={`${styles.pixels} ${grey}`}
          hidden={isHidden || picture.isVideo}
          role="img"
          aria-label={props.name}
        />
        <video
          ref={picture.video}
          className={`${styles.pixels} ${grey}`}
          hidden={isHidden || !picture.isVideo}
          muted
          playsInline
          disablePictureInPicture
          aria-label={props.name}
        />
        {props.children}
      </div>
    </div>
  );
}
