import { cameras } from "@gatehouse/contract";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";
import type { ChosenModel, OrderFacts } from "./agent-models.ts";

/** What a camera's own machine can beside judging what moves. */
export interface Abilities {
  readonly detects: boolean;
  readonly seals: boolean;
  /** Fetches a model that was chosen; keeps to a schedule; draws masks. */
  readonly models: boolean;
  readonly schedules: boolean;
  readonly masks: boolean;
  /** Knows a greatest height, and what zones ask for of what is found. */
  readonly narrows: boolean;
}

export const abilitiesOf = (ready: Partial<Abilities>): Abilities => ({
  detects: ready.detects === true,
  seals: ready.seals === true,
  models: ready.models === true,
  schedules: ready.schedules === true,
  masks: ready.masks === true,
  narrows: ready.narrows === true,
});

const NONE = abilitiesOf({});

/** What a camera that judges its pictures itself is told of its settings. */
export function ordersOf(settings: cameras.CameraSettings, can = NONE, facts: OrderFacts = {}): CameraOrders {
  const { enabled, maxFramesPerSecond, masks, motion, recording } = settings;
  // It sees what the masks hide; nothing that moves there may make an event.
  const hidden = masks.map((area) => ({ name: "", kind: "ignore" as const, area }));
  const zones = [...motion.zones, ...hidden];
  const sealing = sealingOf(settings, can, facts.timeZone);
  const isLookedFor = isLookedForThere(settings, can, facts.chosen);
  return {
    kind: "camera",
    enabled,
    maxFramesPerSecond,
    as: masks.length > 0 ? "jpeg" : "copy",
    ...(motion.enabled ? { motion: { sensitivity: motion.sensitivity, zones: zones.map(plain) } } : {}),
    ...(isLookedFor
      ? { detection: detectionOf(settings, can, zones, can.models ? facts.chosen : undefined) }
      : {}),
    ...(sealing === undefined ? {} : { sealing }),
    ...(can.masks && masks.length > 0 ? { masks } : {}),
    ...(can.models && recording.place === "agent_only" ? { stays: true } : {}),
  };
}

/** What the gate of every machine knows of a zone. */
const plain = ({ name, kind, area }: cameras.Zone): cameras.Zone => ({ name, kind, area });

/**
 * Whether the camera's own machine looks for people: with the model that comes along, or one that was uploaded. Where its
 * pictures do not come here, the one that comes along takes the place of a detector elsewhere: only this server asks those.
 */
export function isLookedForThere(
  { detection, recording }: cameras.CameraSettings,
  can: Abilities,
  chosen: ChosenModel | undefined,
): boolean {
  if (!detection.enabled || !can.detects) return false;
  if (detection.detector === cameras.BUILT_IN_DETECTOR || recording.place === "agent_only") return true;
  return can.models && chosen?.kind === "files";
}

function detectionOf(
  { detection, recording }: cameras.CameraSettings,
  can: Abilities,
  zones: NonNullable<CameraOrders["detection"]>["zones"],
  chosen: ChosenModel | undefined,
): NonNullable<CameraOrders["detection"]> {
  const { classes, minScore, minHeight, maxHeight, minSeconds, endAfterSeconds } = detection;
  const model = chosen?.kind === "files" ? { model: chosen.model } : {};
  const shows = can.models && recording.place === "agent_only" && detection.pictureInAlerts;
  return {
    ...{ classes, minScore, minHeight, minSeconds, endAfterSeconds },
    ...(can.narrows && maxHeight !== undefined ? { maxHeight } : {}),
    zones: can.narrows ? zones : zones.map(plain),
    ...model,
    ...(shows ? { shows: true as const } : {}),
  };
}

/**
 * Undefined where nothing is to be recorded at the machine. What has masks is recorded there only by a machine that draws
 * them: what nobody may see is in no recording.
 */
export function sealingOf(
  { recording, masks }: cameras.CameraSettings,
  can: Abilities,
  timeZone = "UTC",
): CameraOrders["sealing"] {
  const { mode, place, preRollSeconds, postRollSeconds, continuousDays, eventDays, schedule } = recording;
  if (!can.seals || mode === "off" || place === "server") return undefined;
  if (masks.length > 0 && !can.masks) return undefined;
  return {
    goes: place === "agent" ? "bring" : "keep",
    all: mode !== "events",
    ...{ preRollSeconds, postRollSeconds },
    keepDays: continuousDays,
    keepEventDays: Math.max(continuousDays, eventDays),
    ...(mode === "schedule" && can.schedules ? { schedule: { timeZone, spans: schedule } } : {}),
  };
}
