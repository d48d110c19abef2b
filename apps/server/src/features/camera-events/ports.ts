import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import type { Detector } from "@gatehouse/detect";
import type {
  CameraClip,
  CameraClipAnswer,
  CameraFetch,
  CameraModel,
  CameraModelPiece,
  CameraOrders,
} from "@gatehouse/device-types/camera-words";
import type { AnyDatabase } from "../../platform/database/index.ts";

/** A frame as cameras give it, validated and masked. */
export interface Frame {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: cameras.FrameKind;
  readonly bytes: Uint8Array;
  /** The server's clock; never before the one of the frame before it. */
  readonly takenMs: UnixMs;
}

export interface Frames {
  /** Frames of every camera. Returns the end of it. */
  subscribe(listener: (frame: Frame) => void): () => void;
  /** What the newest fragments of video belong to. */
  initOf(cameraId: Uuid): { readonly bytes: Uint8Array } | undefined;
}

export interface KnownCamera {
  readonly tenantId: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  readonly label: string;
}

/** From memory. */
export interface Cameras {
  find(cameraId: Uuid): KnownCamera | undefined;
  settingsOf(cameraId: Uuid): cameras.CameraSettings | undefined;
  timeZoneOf(tenantId: Uuid, siteId: Uuid): Promise<string>;
  /** Cameras that an asker may see, of one site or anywhere; `all` for the whole organisation. */
  within(scope: access.Scope, siteId: Uuid | undefined): "all" | readonly Uuid[];
}

export interface OpenedDetector {
  readonly detector: Detector;
  /** Of the model, as people know it. */
  readonly name: string;
}

export interface Detectors {
  /** Ready to look; whoever opens it closes it. Refuses `detector.not_found`, `detector.model_invalid`, `detector.failed`. */
  open(tenantId: Uuid, id: cameras.DetectionSettings["detector"]): Promise<OpenedDetector>;
  /** What a camera's own machine needs to look with it; `files` empty for one elsewhere; undefined where there is none. */
  chosen(
    tenantId: Uuid,
    id: cameras.DetectionSettings["detector"],
  ): Promise<{ readonly name: string; readonly files: readonly CameraModel["files"][number][] } | undefined>;
  /** At most `bytes` of a file from there on, within a part of it; undefined where there is none. */
  readPiece(
    tenantId: Uuid,
    id: Uuid,
    file: cameras.ModelFileName,
    from: number,
    bytes: number,
  ): Promise<Uint8Array | undefined>;
  /** Told of each that is another one now, or gone. Returns the end of it. */
  onChanged(listener: (tenantId: Uuid, id: Uuid) => void): () => void;
}

/** To cameras with a live session of their own. */
export interface CameraLine {
  /** False for one that is away: nothing is kept for it, it asks when it is back. */
  send(cameraId: Uuid, word: CameraOrders | CameraClipAnswer | CameraFetch | CameraModelPiece): boolean;
}

/** Takes in what cameras' own machines sealed. */
export interface AgentClips {
  offered(
    device: { readonly tenantId: Uuid; readonly deviceId: Uuid },
    clip: CameraClip,
  ): Promise<Pick<CameraClipAnswer, "result" | "from">>;
}

/** What is recorded between the two times is kept for this event. */
export interface Pin {
  readonly eventId: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  /** With the camera's pre-roll. */
  readonly fromMs: UnixMs;
  /** With its post-roll; undefined while the event goes on. */
  readonly toMs: UnixMs | undefined;
}

export interface Pins {
  /** In the transaction of the event; again with the same event to change it. */
  set(tx: AnyDatabase, pin: Pin): Promise<void>;
}

export interface Span {
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

export interface Recorded {
  /** Of each span, in its order. */
  coverage(tenantId: Uuid, spans: readonly Span[]): Promise<readonly cameras.CameraEvent["recorded"][]>;
  /** The recorded JPEG of an instant, or as near to it as there is in the span; the look is in the audit log. Refuses `camera.no_picture`. */
  still(
    who: {
      readonly tenantId: Uuid;
      readonly personId: Uuid;
      readonly program?: { readonly tokenId: Uuid };
    },
    cameraId: Uuid,
    asked: { readonly atMs: UnixMs; readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<Uint8Array>;
  /** What proves the span's recordings, with a look at them in the audit log; `isOver`: nothing of it is to come. */
  clipEvidence(
    who: Parameters<Recorded["still"]>[0],
    cameraId: Uuid,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs; readonly eventId: Uuid },
    isOver: boolean,
  ): Promise<Omit<cameras.ClipEvidence, "eventId">>;
}
