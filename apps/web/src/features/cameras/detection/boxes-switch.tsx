import { Switch } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useErrorText } from "../../../design/error-text.ts";
import { noteOf } from "./live-found.ts";
import type { BoxesChoice } from "./use-live-boxes.ts";

/** Whether boxes are drawn over the live picture; where there are none to draw it says why. */
export function BoxesSwitch(props: { boxes: BoxesChoice }) {
  const t = useTranslations("detection");
  return (
    <Switch
      label={t("live.boxes")}
      description={useNote(props.boxes)}
      disabled={!props.boxes.isLookedFor}
      checked={props.boxes.isOn}
      onChange={(event) => props.boxes.set(event.currentTarget.checked)}
    />
  );
}

function useNote({ isLookedFor, isOn, view }: BoxesChoice): string | undefined {
  const t = useTranslations("detection");
  const errorText = useErrorText();
  if (isOn && view.error !== null) return errorText(view.error);
  const note = noteOf(isOn ? view.data : undefined, isLookedFor);
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
