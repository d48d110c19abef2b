import type { cameras } from "@gatehouse/contract";
import { IconLock, IconWalk } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraGlyph } from "./camera-state.tsx";
import { titleOf } from "./camera-title.ts";
import styles from "./cameras.module.css";
import { LiveBoxes } from "./detection/live-boxes.tsx";
import { useLiveBoxes } from "./detection/use-live-boxes.ts";
import { LiveStage, ratioOf } from "./live-stage.tsx";
import { type Look, lookOf } from "./picture-look.ts";
import { TileTools } from "./tile-tools.tsx";
import { useFullscreen } from "./use-fullscreen.ts";
import { pictureNowMs, useLivePicture } from "./use-live-picture.ts";
import { useZoom } from "./use-zoom.ts";

type Camera = cameras.Camera;

/** Longer ago, the time of day alone says too little. */
const HALF_DAY_MS = 12 * 3_600_000;

/** One camera, live: its picture, what it is, how fresh, and what can be done with it. */
export function LiveTile(props: {
  camera: Camera;
  /** Frames a second at most. */
  maxFps?: number | undefined;
  paused: boolean;
  /** Zoom and pan also when it does not fill the screen. */
  zoomable?: boolean;
}) {
  const t = useTranslations("cameras.tile");
  const { camera } = props;
  const boxes = useLiveBoxes(camera);
  const frame = useRef<HTMLElement>(null);
  const full = useFullscreen(frame);
  const picture = useLivePicture(camera.id, props.maxFps, boxes.isOn);
  const zoomable = props.zoomable === true || full.isFull;
  const control = useZoom(frame, zoomable);
  useNow();
  const look = lookOf({
    camera,
    noted: picture.state,
    seen: picture.seen,
    paused: props.paused,
    nowMs: pictureNowMs(),
  });
  const ratio = ratioOf(camera.health);
  const focusable = zoomable ? { tabIndex: 0, "aria-label": titleOf(camera), ...control.handlers } : {};
  return (
    <figure
      ref={frame}
      className={styles.tile}
      data-look={look.kind}
      data-camera={camera.id}
      data-zoomed={control.zoom.scale > 1}
      {...focusable}
    >
      <LiveStage
        picture={picture}
        look={look}
        ratio={ratio}
        name={t("picture", { name: titleOf(camera) })}
        zoom={control.zoom}
      >
        {boxes.isOn && look.kind === "live" && (
          <LiveBoxes
            found={picture.found}
            masks={camera.settings.masks}
            ratio={ratio}
            scale={control.zoom.scale}
          />
        )}
      </LiveStage>
      <TileHead camera={camera} look={look} />
      <Notice look={look} />
      <TileTools
        camera={camera}
        picture={picture}
        look={look}
        full={full}
        control={zoomable ? control : undefined}
      />
      <TileFoot camera={camera} look={look} isVideo={picture.isVideo} />
    </figure>
  );
}

function TileHead(props: { camera: Camera; look: Look }) {
  const t = useTranslations("cameras");
  const format = useFormat();
  const { camera, look } = props;
  const state = stateOf(camera, look);
  return (
    <figcaption className={styles.head}>
      <span className={styles.name}>
        <CameraGlyph state={state} onPicture />
        <span className="visually-hidden">{t(`state.${state}`)}</span>
        <Link
          to="/cameras/$cameraId/{-$tab}"
          params={{ cameraId: camera.id, tab: undefined }}
          className={styles.link ?? ""}
        >
          {titleOf(camera)}
        </Link>
        {look.kind === "live" && camera.moving === true && (
          <span className={styles.moving}>
            <IconWalk size={13} aria-hidden="true" /> {t("tile.moving")}
          </span>
        )}
      </span>
      {look.kind === "live" && <span>{format.clock(look.seen.takenMs)}</span>}
    </figcaption>
  );
}

/** What is seen wins over what the list said some seconds ago. */
function stateOf({ state }: Camera, look: Look): cameras.CameraState {
  if (look.kind === "live") return state === "flooding" ? state : "live";
  if (look.kind === "silent" || (look.kind === "old" && look.isSilent)) return "silent";
  return look.kind === "off" || look.kind === "never" ? look.kind : state;
}

function Notice(props: { look: Look }) {
  const t = useTranslations("cameras.tile");
  const format = useFormat();
  const { look } = props;
  const sinceText = (atMs: number) =>
    pictureNowMs() - atMs < HALF_DAY_MS ? format.clock(atMs) : format.dateMinute(atMs);
  switch (look.kind) {
    case "live":
      return null;
    case "paused":
      return (
        <p className={styles.notice}>
          {t("paused")} <span>{t("old", { time: format.clock(look.takenMs) })}</span>
        </p>
      );
    case "old":
      return (
        <p className={styles.notice}>
          {t(look.isSilent ? "silent" : "old", { time: sinceText(look.takenMs) })}
        </p>
      );
    case "silent":
      return <p className={styles.notice}>{t("silent", { time: sinceText(look.sinceMs) })}</p>;
    default:
      return <p className={styles.notice}>{t(look.kind)}</p>;
  }
}

function TileFoot(props: { camera: Camera; look: Look; isVideo: boolean }) {
  const t = useTranslations("cameras.tile");
  const format = useFormat();
  const { camera, look } = props;
  const pace =
    look.kind !== "live"
      ? undefined
      : props.isVideo
        ? camera.health.framesPerSecond
        : look.seen.framesPerSecond;
  const ms = look.kind === "live" ? format.number(look.seen.delayMs, 0) : "";
  return (
    <div className={styles.foot}>
      <span className="truncate">{camera.siteName}</span>
      <span className={styles.figures}>
        {look.kind === "live" &&
          (pace === undefined
            ? t("delay", { ms })
            : t("pace", { fps: format.number(pace, pace < 1 ? 1 : 0), ms }))}
        {camera.recording && (
          <span role="img" title={t("recorded")} aria-label={t("recorded")} className={styles.lock}>
            <IconLock size={14} stroke={1.8} aria-hidden="true" />
          </span>
        )}
      </span>
    </div>
  );
}
