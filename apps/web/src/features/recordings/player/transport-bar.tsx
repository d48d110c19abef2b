import { Button, Switch } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { Segmented } from "../../../design/segmented.tsx";
import { singleKeys } from "../../../design/shortcuts.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import { SealMark } from "../proof/seal-mark.tsx";
import styles from "./player.module.css";
import { type Playhead, SPEEDS, type Speed } from "./playhead.ts";
import { StepButtons } from "./step-buttons.tsx";
import { usePlayhead } from "./use-playhead.ts";
import type { Transport } from "./use-transport.ts";

const SPEED_TEXT: Record<Speed, string> = {
  0.25: "¼×",
  0.5: "½×",
  1: "1×",
  2: "2×",
  4: "4×",
  8: "8×",
  16: "16×",
};
const OPTIONS = SPEEDS.map((speed) => ({ value: String(speed), label: SPEED_TEXT[speed] }));

/** Play, step, speed: of all cameras that are shown together. */
export function TransportBar(props: {
  playhead: Playhead;
  transport: Transport;
  skipsGaps: boolean;
  onSkipsGaps: (skips: boolean) => void;
  onProof: () => void;
  /** What else can be done with what is shown. */
  acts?: ReactNode;
}) {
  const t = useTranslations("recordings.player");
  const { playhead, transport } = props;
  const isPlaying = usePlayhead(playhead, (state) => state.isPlaying);
  const isBackwards = usePlayhead(playhead, (state) => state.isBackwards);
  const speed = usePlayhead(playhead, (state) => state.speed);
  return (
    <div className={styles.transport}>
      <StepButtons
        isPlaying={isPlaying}
        onToggle={transport.toggle}
        onStep={transport.step}
        onEvent={transport.event}
      />
      <At playhead={playhead} />
      <Segmented
        label={t("speed")}
        value={String(speed)}
        options={OPTIONS}
        onChange={(value) => playhead.setSpeed(Number(value) as Speed)}
      />
      {isBackwards && <span className="secondary small">{t("backwards")}</span>}
      <Switch
        label={t("skipGaps")}
        checked={props.skipsGaps}
        onChange={(event) => props.onSkipsGaps(event.currentTarget.checked)}
      />
      <Keys />
      <Button
        variant="default"
        className={`push-end ${styles.wideOnly}`}
        leftSection={<SealMark state="sealed" size={15} />}
        onClick={props.onProof}
      >
        {t("proof")}
      </Button>
      <div className={styles.acts}>{props.acts}</div>
    </div>
  );
}

/** What is shown, in the site's time; written without rendering, as often as the pictures change. */
function At(props: { playhead: Playhead }) {
  const format = useFormat();
  const text = useRef<HTMLSpanElement>(null);
  const { playhead } = props;
  useEffect(() => {
    const write = () => {
      if (text.current !== null) text.current.textContent = format.dateTime(playhead.state.atMs);
    };
    write();
    return playhead.subscribe(write);
  }, [playhead, format]);
  return <span ref={text} className={`${styles.at} num`} />;
}

function Keys() {
  const t = useTranslations("recordings.player");
  if (singleKeys.use() === "off") return null;
  return (
    <span className={styles.hints}>
      <span>
        <kbd>J</kbd> <kbd>K</kbd> <kbd>L</kbd> {t("keysPlay")}
      </span>
      <span>
        <kbd>N</kbd> {t("keysEvent")}
      </span>
      <span>
        <kbd>P</kbd> {t("keysProof")}
      </span>
    </span>
  );
}
