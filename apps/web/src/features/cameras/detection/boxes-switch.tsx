import type { cameras } from "@gatehouse/contract";
import { ActionIcon, Switch, Tooltip } from "@mantine/core";
import { IconObjectScan } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useErrorText } from "../../../design/error-text.ts";
import { noteOf } from "./live-found.ts";
import { useDetectionView } from "./use-detection-view.ts";
import { isLookedFor, useBoxesWish, useLiveBoxes } from "./use-live-boxes.ts";

/** Whether boxes are drawn over a camera's live picture; where there are none to draw it says why. */
export function BoxesSwitch(props: { camera: cameras.Camera; paused: boolean }) {
  const t = useTranslations("detection");
  const { camera } = props;
  const boxes = useLiveBoxes(camera);
  return (
    <Switch
      label={t("live.boxes")}
      description={useNote(camera, boxes.isOn && !props.paused)}
      disabled={!isLookedFor(camera)}
      checked={boxes.isOn}
      onChange={(event) => boxes.set(event.currentTarget.checked)}
    />
  );
}

/** For a page of cameras; not there where nothing is looked for in any of them. */
export function BoxesButton(props: { items: readonly cameras.Camera[] }) {
  const t = useTranslations("detection");
  const boxes = useBoxesWish();
  if (!props.items.some(isLookedFor)) return null;
  return (
    <Tooltip label={t("live.boxes")}>
      <ActionIcon
        variant={boxes.isOn ? "light" : "default"}
        aria-label={t("live.boxes")}
        aria-pressed={boxes.isOn}
        onClick={() => boxes.set(!boxes.isOn)}
      >
        <IconObjectScan size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function useNote(camera: cameras.Camera, isAsked: boolean): string | undefined {
  const t = useTranslations("detection");
  const errorText = useErrorText();
  const view = useDetectionView(camera.id, isAsked, "state");
  if (isAsked && view.error !== null) return errorText(view.error);
  const note = noteOf(isAsked ? view.data : undefined, isLookedFor(camera));
  switch (note) {
    case undefined:
      return undefined;
    case "off":
      return t("view.off");
    case "agent":
    case "agentSilent":
      return t(`live.${note}`);
    default:
      return t(`view.state.${note}`);
  }
}
