import type { cameras } from "@gatehouse/contract";
import { Button, Switch } from "@mantine/core";
import { IconArrowBackUp, IconTrash } from "@tabler/icons-react";
import { type CSSProperties, useState } from "react";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { FoundBoxes } from "../detectors/found-boxes.tsx";
import { AreaList } from "./area-list.tsx";
import { AreaOverlay } from "./area-overlay.tsx";
import type { Area } from "./areas.ts";
import styles from "./cameras.module.css";
import { DetectionState } from "./detection/detection-state.tsx";
import { useDetectionView } from "./detection/use-detection-view.ts";
import { DrawingOverlay } from "./drawing-overlay.tsx";
import { LiveStage, ratioOf } from "./live-stage.tsx";
import { MotionCells, MotionMeter } from "./motion-view.tsx";
import { lookOf } from "./picture-look.ts";
import type { Wrong } from "./settings-draft.ts";
import { type AreaEdit, useAreaEdit } from "./use-area-edit.ts";
import { pictureNowMs, useLivePicture, usePicturePause } from "./use-live-picture.ts";
import { useMotionView } from "./use-motion-view.ts";

const KINDS = ["watch", "ignore", "mask"] as const;
const PACE = 10;

/** Zones and masks, drawn over the live picture by pointer, or corner by corner with the keys. */
export function AreasEditor(props: {
  camera: cameras.Camera;
  areas: readonly Area[];
  /** As saved. */
  looksForMotion: boolean;
  looksForThings: boolean;
  wrong: ReadonlySet<Wrong>;
  onChange: (areas: readonly Area[]) => void;
}) {
  const t = useTranslations("cameras");
  const found = useTranslations("detection.view");
  const [showsMotion, setShowsMotion] = useState(false);
  const [showsFound, setShowsFound] = useState(false);
  const edit = useAreaEdit(props.areas, props.onChange);
  return (
    <Panel title={t("areas.title")} subtitle={t("areas.subtitle")}>
      <div className="stack">
        <Toolbar edit={edit} />
        {edit.drawing !== undefined && <DrawingHelp edit={edit} />}
        <Picture
          camera={props.camera}
          edit={edit}
          showsMotion={showsMotion && props.looksForMotion}
          showsFound={showsFound && props.looksForThings}
        />
        <Switch
          label={t("motionView.show")}
          description={props.looksForMotion ? t("motionView.saved") : t("motionView.off")}
          disabled={!props.looksForMotion}
          checked={showsMotion && props.looksForMotion}
          onChange={(event) => setShowsMotion(event.currentTarget.checked)}
        />
        <Switch
          label={found("show")}
          description={props.looksForThings ? found("saved") : found("off")}
          disabled={!props.looksForThings}
          checked={showsFound && props.looksForThings}
          onChange={(event) => setShowsFound(event.currentTarget.checked)}
        />
        <AreaList edit={edit} wrong={props.wrong} />
      </div>
    </Panel>
  );
}

function Toolbar(props: { edit: AreaEdit }) {
  const t = useTranslations("cameras.areas");
  const { edit } = props;
  return (
    <div className="row row-wrap">
      {KINDS.map((kind) => (
        <Button
          key={kind}
          variant="default"
          disabled={edit.isFull(kind)}
          // A key instead of a pointer: a rectangle to begin with, whose corners the arrows move.
          onClick={(event) => (event.detail === 0 ? edit.addRectangle(kind) : edit.beginDrawing(kind))}
        >
          <span className={styles.swatch} data-kind={kind} aria-hidden="true" />
          {t(kind)}
        </Button>
      ))}
      <Button
        variant="default"
        className="push-end"
        leftSection={<IconArrowBackUp size={15} />}
        disabled={!edit.canUndo}
        onClick={edit.undo}
      >
        {t("undo")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={15} />}
        disabled={edit.areas.length === 0}
        onClick={edit.clear}
      >
        {t("clear")}
      </Button>
    </div>
  );
}

function DrawingHelp(props: { edit: AreaEdit }) {
  const t = useTranslations("cameras.areas");
  const { edit } = props;
  return (
    <div className="row row-wrap" role="status">
      <span className="secondary small grow">{t("drawing")}</span>
      <Button variant="default" onClick={edit.cancelDrawing}>
        {t("cancel")}
      </Button>
      <Button disabled={!edit.canClose} onClick={edit.closeDrawing}>
        {t("close")}
      </Button>
    </div>
  );
}

function Picture(props: {
  camera: cameras.Camera;
  edit: AreaEdit;
  showsMotion: boolean;
  showsFound: boolean;
}) {
  const t = useTranslations("cameras.areas");
  const paused = usePicturePause();
  const { camera, edit } = props;
  const picture = useLivePicture(camera.id, PACE);
  const view = useMotionView(camera.id, props.showsMotion);
  const found = useDetectionView(camera.id, props.showsFound);
  const look = lookOf({
    camera,
    noted: picture.state,
    seen: picture.seen,
    paused,
    nowMs: pictureNowMs(),
  });
  const style = { "--tile-ratio": ratioOf(camera.health) } as CSSProperties;
  return (
    <>
      <div className={styles.large} style={style}>
        <div className={styles.tile} data-look={look.kind}>
          <LiveStage picture={picture} look={look} ratio={ratioOf(camera.health)} name={t("picture")}>
            {view.data !== undefined && props.showsMotion && <MotionCells view={view.data} />}
            {found.data !== undefined && props.showsFound && <FoundBoxes boxes={found.data.boxes} />}
            <AreaOverlay edit={edit} />
            {edit.drawing !== undefined && <DrawingOverlay edit={edit} />}
          </LiveStage>
        </div>
      </div>
      {props.showsMotion && <MotionMeter view={view} />}
      {props.showsFound && <DetectionState view={found} />}
    </>
  );
}
