import type { cameras } from "@gatehouse/contract";
import { Checkbox } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useSites } from "../../../data/site.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { Panel } from "../../../design/panel.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import type { Player } from "../player/use-player.ts";
import { HoverPreview } from "./hover-preview.tsx";
import { LaneRow } from "./lane-row.tsx";
import { NowLine, PlayheadLine } from "./lines.tsx";
import { Ruler } from "./ruler.tsx";
import styles from "./timeline.module.css";
import { Legend, TimelineTools } from "./tools.tsx";
import { useLanes } from "./use-lanes.ts";
import { usePointer } from "./use-pointer.ts";
import type { ViewControl } from "./use-view.ts";
import { useWidth } from "./use-width.ts";

/** Lanes follow the clock in steps, not each second. */
const CLOCK_STEP_MS = 5_000;

/** All cameras in time, linear; the line is what the player shows. */
export function Timeline(props: {
  cameras: readonly cameras.Camera[];
  selected: readonly string[];
  onSelect: (cameraId: string, isOn: boolean) => void;
  canSelectMore: boolean;
  control: ViewControl;
  player: Player;
  nowMs: number;
  footer: ReactNode;
}) {
  const t = useTranslations("recordings.timeline");
  const format = useFormat();
  const errorText = useErrorText();
  const sites = useSites();
  const [track, setTrack] = useState<HTMLElement | null>(null);
  const [measure, width] = useWidth();
  const { control, player, nowMs } = props;
  const { view } = control;
  const ids = props.cameras.map(({ id }) => id);
  const lanes = useLanes(ids, view, width, nowMs);
  const { hover, handlers } = usePointer(track, width, control, player.playhead);
  const untilMs = Math.floor(nowMs / CLOCK_STEP_MS) * CLOCK_STEP_MS;
  const zoneOf = (siteId: string) => sites?.find(({ id }) => id === siteId)?.timeZone ?? format.timeZone;
  return (
    <Panel
      title={t("title")}
      subtitle={format.longDate((view.fromMs + Math.min(view.toMs, nowMs)) / 2)}
      flush
      end={
        <>
          <Legend />
          <TimelineTools control={control} />
        </>
      }
    >
      {lanes.isError && (
        <p className={styles.problem} role="status">
          {errorText(lanes.error)}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.names}>
          <div className={styles.corner}>{t("cameras")}</div>
          {props.cameras.map((camera) => {
            const isOn = props.selected.includes(camera.id);
            return (
              <Checkbox
                key={camera.id}
                className={styles.name}
                classNames={{ label: styles.nameLabel ?? "", body: styles.nameBody ?? "" }}
                label={titleOf(camera)}
                title={camera.siteName}
                checked={isOn}
                disabled={!isOn && !props.canSelectMore}
                onChange={(event) => props.onSelect(camera.id, event.currentTarget.checked)}
              />
            );
          })}
        </div>
        <div
          ref={(element) => {
            setTrack(element);
            measure(element);
          }}
          className={styles.track}
          {...handlers}
        >
          <div className={styles.ruler} data-scrub="">
            <Ruler view={view} width={width} />
          </div>
          {props.cameras.map((camera, at) => (
            <div key={camera.id} data-lane={at}>
              <LaneRow
                camera={camera}
                timeZone={zoneOf(camera.siteId)}
                lane={lanes.data?.byCamera.get(camera.id)}
                buckets={lanes.data?.buckets}
                view={view}
                width={width}
                untilMs={untilMs}
              />
            </div>
          ))}
          <NowLine view={view} width={width} nowMs={nowMs} />
          <PlayheadLine playhead={player.playhead} view={view} width={width} />
          {hover !== undefined && hover.atMs < nowMs && (
            <HoverPreview
              hover={hover}
              camera={props.cameras[hover.row]}
              library={player.library}
              width={width}
            />
          )}
        </div>
      </div>
      {props.footer}
    </Panel>
  );
}
