import type { cameras } from "@gatehouse/contract";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useShortcut } from "../../design/shortcuts.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { Absent, ToldBy } from "./absent.tsx";
import { CHECKS, type CheckedClip, type CheckId } from "./check/model.ts";
import { ClipActs } from "./clip-acts.tsx";
import { useHappened, useSealSentence } from "./clip-sentence.tsx";
import styles from "./evidence.module.css";
import { spanOfClip } from "./judgement.ts";
import { CheckProof } from "./panels/check-proof.tsx";
import { CustodyPanel } from "./panels/custody-panel.tsx";
import { LinkedPanel } from "./panels/linked-panel.tsx";
import { VerdictPanel } from "./panels/verdict-panel.tsx";
import { VerificationPanel, VerificationPending } from "./panels/verification-panel.tsx";
import { WhatToDo } from "./panels/what-to-do.tsx";
import { ClipControls } from "./player/clip-controls.tsx";
import { ClipLane, LaneLegend } from "./player/clip-lane.tsx";
import { ClipStage } from "./player/clip-stage.tsx";
import playerStyles from "./player/player.module.css";
import { useClipPlayer } from "./player/use-clip-player.ts";
import { StageSeal } from "./stage-seal.tsx";
import type { Clip } from "./use-clip.ts";

export interface ClipParts {
  readonly event: cameras.CameraEvent;
  readonly camera: cameras.Camera | undefined;
  readonly clip: Clip;
  readonly title: string;
}

/** The clip beside what proves it. */
export function ClipView(props: ClipParts) {
  const { camera, clip, event, title } = props;
  const checked = clip.clip;
  const [proof, setProof] = useState<CheckId>();
  const [isExporting, setIsExporting] = useState(false);
  const isThere = checked !== undefined && checked.segments.length > 0;
  const isComing =
    checked === undefined &&
    clip.error === undefined &&
    event.recorded !== "none" &&
    event.endMs !== undefined;
  const openProof = () => setProof(checked?.checks.find(({ state }) => state !== "passed")?.id ?? CHECKS[0]);
  useShortcut("p", openProof, isThere);
  return (
    <>
      <Head
        {...props}
        onProof={isThere ? openProof : undefined}
        isExporting={isExporting}
        onExporting={setIsExporting}
      />
      <div className={styles.columns}>
        <div className={styles.main}>
          {isThere ? (
            <Played
              clip={checked}
              camera={camera}
              event={event}
              title={title}
              {...{ openProof }}
              toEvent={clip.toEvent}
            />
          ) : (
            <Absent {...props} />
          )}
          <div className={styles.pair}>
            <CustodyPanel event={event} cameraTitle={title} />
            <LinkedPanel event={event} />
          </div>
        </div>
        <div className={styles.side}>
          {isThere && (
            <VerificationPanel
              clip={checked}
              span={spanOfClip(event, checked, camera?.settings.recording)}
              onProof={({ id }) => setProof(id)}
            />
          )}
          {isComing && <VerificationPending />}
          {isThere && <WhatToDo clip={checked} onAgain={clip.again} />}
          <VerdictPanel event={event} />
        </div>
      </div>
      {checked !== undefined && proof !== undefined && (
        <CheckProof
          clip={checked}
          check={proof}
          onCheck={setProof}
          onExport={() => {
            setProof(undefined);
            setIsExporting(true);
          }}
          onClose={() => setProof(undefined)}
        />
      )}
    </>
  );
}

function Head(
  props: ClipParts & {
    onProof: (() => void) | undefined;
    isExporting: boolean;
    onExporting: (is: boolean) => void;
  },
) {
  const { clip, event, title } = props;
  const happened = useHappened();
  const sentence = useSealSentence()(event, clip);
  return (
    <StatusSentence
      end={
        <ClipActs
          event={event}
          title={title}
          isExporting={props.isExporting}
          onExporting={props.onExporting}
        />
      }
    >
      {happened(event, title)}{" "}
      {sentence !== undefined &&
        (props.onProof === undefined ? (
          <span className={styles[sentence.tone]}>{sentence.text}</span>
        ) : (
          <button
            type="button"
            className={`${styles.claim} ${styles[sentence.tone]}`}
            onClick={props.onProof}
          >
            {sentence.text}
          </button>
        ))}
    </StatusSentence>
  );
}

function Played(
  props: Omit<ClipParts, "clip"> & {
    clip: CheckedClip;
    openProof: () => void;
    toEvent: Clip["toEvent"];
  },
) {
  const t = useTranslations("evidence.page");
  const { camera, clip, event, title } = props;
  const stage = useRef<HTMLElement>(null);
  const player = useClipPlayer(clip, spanOfClip(event, clip, camera?.settings.recording), event.bestMs);
  return (
    <section className={styles.player} aria-label={t("player")}>
      <ClipStage
        player={player}
        stage={stage}
        title={camera === undefined ? title : `${title}, ${camera.siteName}`}
        seal={<StageSeal clip={clip} player={player} onProof={props.openProof} />}
      />
      <div className={playerStyles.transport}>
        <ClipControls player={player} stage={stage} onEvent={props.toEvent} />
        <ClipLane clip={clip} player={player} />
      </div>
      <LaneLegend clip={clip} player={player} />
      {event.handedOver !== undefined && <ToldBy handedOver={event.handedOver} />}
      {clip.isCut === true && <p className={styles.cut}>{t("cut")}</p>}
    </section>
  );
}
