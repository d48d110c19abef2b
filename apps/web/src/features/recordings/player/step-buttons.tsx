import { ActionIcon } from "@mantine/core";
import {
  IconChevronLeft,
  IconChevronRight,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";

/** Play or pause, a picture back or on, and the events before and after. */
export function StepButtons(props: {
  isPlaying: boolean;
  onToggle: () => void;
  onStep: (by: 1 | -1) => void;
  onEvent: (by: 1 | -1) => void;
}) {
  const t = useTranslations("recordings.player");
  const { isPlaying, onEvent, onStep, onToggle } = props;
  return (
    <>
      <ActionIcon aria-label={t("previousEvent")} onClick={() => onEvent(-1)}>
        <IconPlayerSkipBackFilled size={15} />
      </ActionIcon>
      <ActionIcon aria-label={t("frameBack")} onClick={() => onStep(-1)}>
        <IconChevronLeft size={17} />
      </ActionIcon>
      <ActionIcon
        variant="filled"
        color="petrol"
        aria-label={t(isPlaying ? "pause" : "play")}
        onClick={onToggle}
      >
        {isPlaying ? <IconPlayerPauseFilled size={15} /> : <IconPlayerPlayFilled size={15} />}
      </ActionIcon>
      <ActionIcon aria-label={t("frameForward")} onClick={() => onStep(1)}>
        <IconChevronRight size={17} />
      </ActionIcon>
      <ActionIcon aria-label={t("nextEvent")} onClick={() => onEvent(1)}>
        <IconPlayerSkipForwardFilled size={15} />
      </ActionIcon>
    </>
  );
}
