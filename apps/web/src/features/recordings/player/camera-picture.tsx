import type { cameras } from "@gatehouse/contract";
import { IconClockOff, IconWifiOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useErrorText } from "../../../design/error-text.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { SealMark } from "../proof/seal-mark.tsx";
import { verdictOf } from "../proof/segment-checks.ts";
import { useKnownReport } from "../proof/use-segment-report.ts";
import { type Shown, timeOf } from "./camera-reel.ts";
import { drawJpeg } from "./canvas-screen.ts";
import pictureStyles from "./picture.module.css";
import { PictureLoop, type Screen } from "./picture-loop.ts";
import { PictureNotice } from "./picture-notice.tsx";
import styles from "./player.module.css";
import type { Player } from "./use-player.ts";
import { VideoScreen } from "./video-screen.ts";

type State = "reading" | "picture" | "video" | "gap" | "damaged" | "unreadable" | "failed";

/** What one camera recorded at the playhead, or why nothing is seen. */
export function CameraPicture(props: { camera: cameras.Camera; player: Player; onProof: () => void }) {
  const t = useTranslations("recordings.player");
  const format = useFormat();
  const errorText = useErrorText();
  const { camera, player } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const clock = useRef<HTMLTimeElement>(null);
  const [state, setState] = useState<State>("reading");
  const [segment, setSegment] = useState<cameras.Segment>();
  const [error, setError] = useState<unknown>();
  const [isSlow, setIsSlow] = useState(false);

  useEffect(() => {
    const [surface, element, time] = [canvas.current, video.current, clock.current];
    if (surface === null || element === null || time === null) return;
    const reel = player.library.reelOf(camera.id);
    const videoScreen = new VideoScreen(element, reel, player.playhead, () => setState("unreadable"));
    const tell = (shown: Shown, next: State) => {
      setIsSlow(false);
      setState(next);
      setSegment(shown.kind === "gap" ? undefined : shown.segment);
      const atMs = timeShown(shown, player.playhead.state.atMs);
      time.dateTime = atMs === undefined ? "" : new Date(atMs).toISOString();
      time.textContent = atMs === undefined ? "" : format.clockMs(atMs);
    };
    const screen: Screen = {
      async show(shown) {
        if (shown.kind !== "video") videoScreen.hide();
        if (shown.kind === "picture") {
          const isDrawn = await drawJpeg(surface, shown.frame.bytes);
          tell(shown, isDrawn ? "picture" : "unreadable");
        } else {
          // Nothing that was seen before stays where it would be taken for what is asked for now.
          surface.getContext("2d")?.clearRect(0, 0, surface.width, surface.height);
          const isShown = shown.kind !== "video" || (await videoScreen.show(shown));
          tell(shown, isShown ? shown.kind : "unreadable");
        }
      },
      wait: () => setIsSlow(true),
      fail(cause) {
        setError(cause);
        setState("failed");
      },
    };
    const loop = new PictureLoop(reel, player.playhead, screen);
    return () => {
      loop.stop();
      videoScreen.hide();
    };
  }, [camera.id, player, format]);

  return (
    <figure className={styles.picture} aria-label={titleOf(camera)}>
      <canvas ref={canvas} className={state === "picture" ? pictureStyles.shown : pictureStyles.hidden} />
      <video
        ref={video}
        className={state === "video" ? pictureStyles.shown : pictureStyles.hidden}
        muted
        playsInline
        disablePictureInPicture
      />
      {state === "gap" && (
        <PictureNotice icon={<IconClockOff size={20} aria-hidden="true" />} text={t("gap")} />
      )}
      {state === "damaged" && (
        <PictureNotice
          icon={<SealMark state="tampered" size={26} />}
          text={t("damaged")}
          strong={t("damagedTitle")}
        />
      )}
      {state === "unreadable" && <PictureNotice text={t("unreadable")} />}
      {state === "failed" && (
        <PictureNotice icon={<IconWifiOff size={20} aria-hidden="true" />} text={errorText(error)} />
      )}
      {isSlow && <span className={styles.slow}>{t("reading")}</span>}
      <figcaption className={pictureStyles.top}>
        <span className={styles.name}>{titleOf(camera)}</span>
        <time ref={clock} className="num" />
      </figcaption>
      <div className={pictureStyles.bottom}>
        <span className="truncate">{camera.siteName}</span>
        {segment !== undefined && <SealButton segment={segment} onProof={props.onProof} />}
      </div>
    </figure>
  );
}

/** Of the frame; inside a fragment of video the playhead's. */
function timeShown(shown: Shown, playheadMs: number): number | undefined {
  if (shown.kind === "gap" || shown.kind === "damaged") return undefined;
  return shown.kind === "video" ? playheadMs : timeOf(shown.segment, shown.frame);
}

/** What is known of the recording that is shown, and the way to its proof. Green only once this browser checked it. */
function SealButton(props: { segment: cameras.Segment; onProof: () => void }) {
  const t = useTranslations("recordings.segment");
  const seals = useTranslations("recordings.seal");
  const { segment } = props;
  const report = useKnownReport(segment);
  const verdict = report && verdictOf(report.checks);
  const isJudged = verdict === "verified" || verdict === "tampered";
  return (
    <button type="button" className={pictureStyles.seal} onClick={props.onProof}>
      <SealMark state={isJudged ? verdict : SEALS[segment.state]} size={15} />
      {isJudged ? seals(verdict) : t(segment.state)}
    </button>
  );
}

const SEALS = { sealed: "sealed", damaged: "tampered", unsigned: "unknown", open: "unknown" } as const;
