import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useShortcut } from "../../../design/shortcuts.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import { EventShape } from "./event-shape.tsx";
import styles from "./timeline.module.css";
import type { ViewControl } from "./use-view.ts";
import { dayText, dayView } from "./view.ts";

const CLOSER = 0.5;

/** Which day, how much of it, and back to now. */
export function TimelineTools(props: { control: ViewControl }) {
  const t = useTranslations("recordings.timeline");
  const format = useFormat();
  const { control } = props;
  const middleMs = (control.view.fromMs + control.view.toMs) / 2;
  const zoomIn = () => control.zoom(CLOSER);
  const zoomOut = () => control.zoom(1 / CLOSER);
  useShortcut("+", zoomIn);
  useShortcut("=", zoomIn);
  useShortcut("-", zoomOut);
  return (
    <div className={styles.tools}>
      <TextInput
        type="date"
        size="xs"
        aria-label={t("day")}
        value={dayText(middleMs, format.timeZone)}
        onChange={(event) => {
          const day = dayView(event.currentTarget.value, format.timeZone);
          if (day !== undefined) control.show(day);
        }}
      />
      <ActionIcon aria-label={t("zoomOut")} onClick={zoomOut}>
        <IconZoomOut size={16} />
      </ActionIcon>
      <ActionIcon aria-label={t("zoomIn")} onClick={zoomIn}>
        <IconZoomIn size={16} />
      </ActionIcon>
      <Button variant="default" disabled={control.isFollowing} onClick={control.follow}>
        {t("toNow")}
      </Button>
    </div>
  );
}

/** What the shapes and colours of the lanes mean. */
export function Legend() {
  const t = useTranslations("recordings.timeline");
  return (
    <ul className={styles.legend} aria-label={t("legend")}>
      {(["person", "object", "motion", "device"] as const).map((kind) => (
        <li key={kind}>
          <svg width="14" height="14" aria-hidden="true">
            <EventShape kind={kind} x={7} y={7} />
          </svg>
          {t(`kind.${kind}`)}
        </li>
      ))}
      <li>
        <svg width="14" height="10" aria-hidden="true">
          <path className={styles.bars} d="M1 10h3.2v-4H1zM5.4 10h3.2V2H5.4zM9.8 10H13V5H9.8z" />
        </svg>
        {t("density")}
      </li>
      <li>
        <svg width="14" height="2" aria-hidden="true">
          <rect className={styles.recorded} width="14" height="2" />
        </svg>
        {t("recorded")}
      </li>
    </ul>
  );
}
