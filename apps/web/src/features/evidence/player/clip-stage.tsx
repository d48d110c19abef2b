import type { Found } from "@gatehouse/video";
import { IconClockOff } from "@tabler/icons-react";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import { drawJpeg } from "../../recordings/player/canvas-screen.ts";
import pictureStyles from "../../recordings/player/picture.module.css";
import { PictureNotice } from "../../recordings/player/picture-notice.tsx";
import { VideoScreen } from "../../recordings/player/video-screen.ts";
import { SealMark } from "../../recordings/proof/seal-mark.tsx";
import type { ClipPlayer } from "./clip-player.ts";
import type { ClipShown, Part } from "./clip-reel.ts";
import { FoundBoxes } from "./found-boxes.tsx";
import styles from "./player.module.css";
import { usePictureArea } from "./use-picture-area.ts";

type State = ClipShown["kind"] | "unreadable";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture at the playhead with what was found in it; what was changed is not shown. */
export function ClipStage(props: {
  player: ClipPlayer;
  title: string;
  /** In the lower corner of the picture; without it nothing is said there, and the stage is as high as the picture. */
  seal?: ReactNode;
  stage: RefObject<HTMLElement | null>;
}) {
  const t = useTranslations("evidence.stage");
  const format = useFormat();
  const { player } = props;
  const [canvas, video, clock] = [
    useRef<HTMLCanvasElement>(null),
    useRef<HTMLVideoElement>(null),
    useRef<HTMLTimeElement>(null),
  ];
  const [state, setState] = useState<State>("gap");
  const [found, setFound] = useState<Found>();
  const [size, setSize] = useState<Size>();
  const area = usePictureArea(props.stage, size);

  useEffect(() => {
    const [surface, element, time] = [canvas.current, video.current, clock.current];
    if (surface === null || element === null || time === null) return;
    const { playhead, reel } = player;
    const screen = new VideoScreen<Part>(element, reel, playhead, () => setState("unreadable"));
    const onSize = () => setSize({ width: element.videoWidth, height: element.videoHeight });
    element.addEventListener("resize", onSize);
    let drawn: unknown;
    let isDrawing = false;
    const draw = async (shown: ClipShown): Promise<State> => {
      if (shown.kind !== "video") screen.hide();
      if (shown.kind === "video") return (await screen.show(shown)) ? "video" : "unreadable";
      if (shown.kind !== "picture") return shown.kind;
      if (shown.picture === drawn) return "picture";
      drawn = shown.picture;
      const isShown = await drawJpeg(surface, shown.picture.bytes);
      setSize({ width: surface.width, height: surface.height });
      return isShown ? "picture" : "unreadable";
    };
    const update = async (): Promise<void> => {
      const { atMs } = playhead.state;
      time.dateTime = new Date(atMs).toISOString();
      time.textContent = format.clockMs(atMs);
      if (isDrawing) return;
      isDrawing = true;
      const shown = reel.at(atMs);
      setState(await draw(shown));
      setFound(shown.kind === "picture" || shown.kind === "video" ? reel.foundAt(atMs) : undefined);
      isDrawing = false;
      if (playhead.state.atMs !== atMs) void update();
    };
    const unsubscribe = playhead.subscribe(() => void update());
    void update();
    return () => {
      unsubscribe();
      element.removeEventListener("resize", onSize);
      screen.hide();
    };
  }, [player, format, canvas, video, clock]);

  return (
    <figure
      className={styles.stage}
      aria-label={props.title}
      ref={props.stage}
      style={
        props.seal === undefined && size !== undefined
          ? { aspectRatio: `${size.width} / ${size.height}` }
          : undefined
      }
    >
      <canvas ref={canvas} className={state === "picture" ? pictureStyles.shown : pictureStyles.hidden} />
      <video
        ref={video}
        className={state === "video" ? pictureStyles.shown : pictureStyles.hidden}
        muted
        playsInline
        disablePictureInPicture
      />
      {area !== undefined && (state === "picture" || state === "video") && (
        <div className={styles.area} style={area}>
          <FoundBoxes boxes={found?.boxes ?? []} area={area} />
        </div>
      )}
      {state === "gap" && (
        <PictureNotice icon={<IconClockOff size={20} aria-hidden="true" />} text={t("gap")} />
      )}
      {state === "changed" && (
        <PictureNotice
          icon={<SealMark state="tampered" size={30} />}
          strong={t("changed")}
          text={t("changedText")}
        />
      )}
      {state === "unreadable" && <PictureNotice text={t("unreadable")} />}
      <figcaption className={pictureStyles.top}>
        <span className="strong truncate">{props.title}</span>
        <time ref={clock} className="num" />
      </figcaption>
      {props.seal !== undefined && (
        <div className={pictureStyles.bottom}>
          <span className="truncate">{size !== undefined && `${size.width} × ${size.height}`}</span>
          {props.seal}
        </div>
      )}
    </figure>
  );
}
