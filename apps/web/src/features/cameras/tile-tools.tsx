import type { cameras } from "@gatehouse/contract";
import { ActionIcon, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconCameraDown,
  IconMaximize,
  IconMinimize,
  IconZoomIn,
  IconZoomOut,
  IconZoomReset,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { saveFile } from "../../data/download.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { titleOf } from "./camera-title.ts";
import styles from "./cameras.module.css";
import type { Look } from "./picture-look.ts";
import type { useFullscreen } from "./use-fullscreen.ts";
import type { LivePicture } from "./use-live-picture.ts";
import type { ZoomControl } from "./use-zoom.ts";
import { LARGEST_SCALE } from "./zoom.ts";

const STEP = 1.5;

/** Full screen, snapshot and zoom of one tile. */
export function TileTools(props: {
  camera: cameras.Camera;
  picture: LivePicture;
  look: Look;
  full: ReturnType<typeof useFullscreen>;
  control: ZoomControl | undefined;
}) {
  const t = useTranslations("cameras.tile");
  const format = useFormat();
  const { look, full, control } = props;
  const save = async () => {
    const blob = await props.picture.snapshot();
    if (blob === undefined || !("seen" in look)) notifications.show({ message: t("noSnapshot") });
    else saveFile({ name: `${titleOf(props.camera)}-${fileTime(look.seen.takenMs)}.jpg`, blob });
  };
  return (
    <div className={styles.tools}>
      {control !== undefined && (
        <>
          {control.zoom.scale > 1 && (
            <span className={styles.factor}>
              {t("zoomed", { factor: format.number(control.zoom.scale, 1) })}
            </span>
          )}
          <Tool
            icon={IconZoomOut}
            label={t("zoomOut")}
            disabled={control.zoom.scale <= 1}
            onClick={() => control.by(1 / STEP)}
          />
          <Tool
            icon={IconZoomReset}
            label={t("whole")}
            disabled={control.zoom.scale <= 1}
            onClick={control.reset}
          />
          <Tool
            icon={IconZoomIn}
            label={t("zoomIn")}
            disabled={control.zoom.scale >= LARGEST_SCALE}
            onClick={() => control.by(STEP)}
          />
        </>
      )}
      <Tool
        icon={IconCameraDown}
        label={t("snapshot")}
        disabled={look.kind !== "live"}
        onClick={() => void save()}
      />
      {full.toggle !== undefined && (
        <Tool
          icon={full.isFull ? IconMinimize : IconMaximize}
          label={full.isFull ? t("endFull") : t("full")}
          onClick={full.toggle}
        />
      )}
    </div>
  );
}

/** `2026-11-19T14-02-37Z`: in UTC, and a file's name everywhere. */
const fileTime = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;

function Tool(props: { icon: TablerIcon; label: string; disabled?: boolean; onClick: () => void }) {
  const Icon = props.icon;
  return (
    <Tooltip label={props.label} withinPortal={false}>
      <ActionIcon
        className={styles.tool ?? ""}
        aria-label={props.label}
        disabled={props.disabled === true}
        onClick={props.onClick}
      >
        <Icon size={16} stroke={1.8} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
