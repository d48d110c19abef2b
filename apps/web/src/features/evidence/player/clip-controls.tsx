import { ActionIcon, NativeSelect } from "@mantine/core";
import { IconArrowsMaximize, IconArrowsMinimize } from "@tabler/icons-react";
import type { RefObject } from "react";
import { useTranslations } from "use-intl";
import { useFullscreen } from "../../cameras/use-fullscreen.ts";
import { SPEEDS, type Speed } from "../../recordings/player/playhead.ts";
import { StepButtons } from "../../recordings/player/step-buttons.tsx";
import { usePlayhead } from "../../recordings/player/use-playhead.ts";
import { elapsed } from "../judgement.ts";
import type { ClipPlayer } from "./clip-player.ts";
import styles from "./player.module.css";

/** Play, step, speed, and on to the next event of the camera. */
export function ClipControls(props: {
  player: ClipPlayer;
  stage: RefObject<HTMLElement | null>;
  onEvent: (by: 1 | -1) => void;
}) {
  const t = useTranslations("recordings.player");
  const own = useTranslations("evidence.stage");
  const { player } = props;
  const { playhead, reel } = player;
  const isPlaying = usePlayhead(playhead, (state) => state.isPlaying);
  const speed = usePlayhead(playhead, (state) => state.speed);
  const atS = usePlayhead(playhead, ({ atMs }) => Math.floor((atMs - reel.span.fromMs) / 1_000));
  const { isFull, toggle } = useFullscreen(props.stage);
  return (
    <>
      <StepButtons
        isPlaying={isPlaying}
        onToggle={player.toggle}
        onStep={player.step}
        onEvent={props.onEvent}
      />
      <span className={`${styles.elapsed} num`}>
        {elapsed(atS * 1_000)} / {elapsed(reel.span.toMs - reel.span.fromMs)}
      </span>
      <NativeSelect
        className={styles.speed}
        size="xs"
        aria-label={t("speed")}
        value={String(speed)}
        data={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
        onChange={(event) => playhead.setSpeed(Number(event.currentTarget.value) as Speed)}
      />
      {toggle !== undefined && (
        <ActionIcon aria-label={own(isFull ? "leaveFull" : "full")} onClick={toggle}>
          {isFull ? <IconArrowsMinimize size={16} /> : <IconArrowsMaximize size={16} />}
        </ActionIcon>
      )}
    </>
  );
}
