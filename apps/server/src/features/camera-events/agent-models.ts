import type { ErrorCode, Logger, Uuid } from "@gatehouse/base";
import { cameras as contract } from "@gatehouse/contract";
import {
  type CameraModel,
  type CameraModelAsked,
  MODEL_PIECE_BYTES,
} from "@gatehouse/device-types/camera-words";
import type { CameraLine, Cameras, Detectors } from "./ports.ts";

export interface AgentModelDeps {
  readonly cameras: Cameras;
  readonly detectors: Detectors;
  readonly line: CameraLine;
  readonly log: Logger;
}

/** `files`: a camera's own machine can look with it. `elsewhere`: only this server asks it. */
export type ChosenModel =
  | { readonly kind: "files"; readonly model: CameraModel }
  | { readonly kind: "elsewhere"; readonly name: string };

/** What orders need that is not in the settings. */
export interface OrderFacts {
  /** Absent where the model that comes along was chosen. */
  readonly chosen?: ChosenModel;
  /** Of the camera's site, where it records by schedule. */
  readonly timeZone?: string;
}

interface Device {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** Models that somebody uploaded, for cameras whose own machines look with them. */
export class AgentModels {
  readonly #deps: AgentModelDeps;
  readonly #known = new Map<string, ChosenModel>();
  #end: (() => void) | undefined;

  constructor(deps: AgentModelDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#end = this.#deps.detectors.onChanged(
      (tenantId, id) => void this.#known.delete(keyOf(tenantId, id)),
    );
  }

  stop(): void {
    this.#end?.();
  }

  /** What was chosen for the camera, from memory; undefined for what comes along, and before `factsFor`. */
  known(cameraId: Uuid): ChosenModel | undefined {
    const camera = this.#deps.cameras.find(cameraId);
    const id = this.#deps.cameras.settingsOf(cameraId)?.detection.detector;
    if (camera === undefined || id === undefined) return undefined;
    return this.#known.get(keyOf(camera.tenantId, id));
  }

  /** At once where nothing has to be asked. */
  factsFor(cameraId: Uuid): OrderFacts | Promise<OrderFacts> {
    const { cameras } = this.#deps;
    const camera = cameras.find(cameraId);
    const settings = cameras.settingsOf(cameraId);
    if (camera === undefined || settings === undefined) return {};
    const { detection, recording } = settings;
    const isOwn = detection.enabled && detection.detector !== contract.BUILT_IN_DETECTOR;
    const isTimed = recording.mode === "schedule" && recording.place !== "server";
    if (!isOwn && !isTimed) return {};
    return this.#ask(camera, isOwn ? detection.detector : undefined, isTimed);
  }

  /** A machine wants the next piece of the model that was chosen for its camera. Answers why it gets none. */
  async asked(device: Device, { model, file, from }: CameraModelAsked): Promise<ErrorCode | undefined> {
    const { cameras, detectors, line } = this.#deps;
    const detection = cameras.settingsOf(device.deviceId)?.detection;
    if (detection?.enabled !== true || detection.detector !== model) return "detector.not_found";
    const piece = await detectors.readPiece(device.tenantId, model, file, from, MODEL_PIECE_BYTES);
    if (piece === undefined) return "detector.not_found";
    const bytes = Buffer.from(piece).toString("base64");
    line.send(device.deviceId, { kind: "camera", says: "model", model, file, from, bytes });
    return undefined;
  }

  async #ask(
    { tenantId, siteId }: { readonly tenantId: Uuid; readonly siteId: Uuid },
    detector: Uuid | undefined,
    isTimed: boolean,
  ): Promise<OrderFacts> {
    const { cameras, detectors } = this.#deps;
    const found = detector && (await detectors.chosen(tenantId, detector));
    const chosen = found && detector ? chosenOf(detector, found) : undefined;
    if (chosen !== undefined && detector !== undefined) this.#known.set(keyOf(tenantId, detector), chosen);
    return {
      ...(chosen === undefined ? {} : { chosen }),
      ...(isTimed ? { timeZone: await cameras.timeZoneOf(tenantId, siteId) } : {}),
    };
  }
}

const keyOf = (tenantId: Uuid, id: string): string => `${tenantId} ${id}`;

function chosenOf(
  id: Uuid,
  { name, files }: { readonly name: string; readonly files: readonly CameraModel["files"][number][] },
): ChosenModel {
  return files.length === 0
    ? { kind: "elsewhere", name }
    : { kind: "files", model: { id, name, files: [...files] } };
}
