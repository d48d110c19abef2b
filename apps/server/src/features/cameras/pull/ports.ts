import type { Uuid } from "@gatehouse/base";
import type { CaptureDeps, CapturedPicture, SourceSpec } from "@gatehouse/capture";
import type { cameras } from "@gatehouse/contract";
import type { IncomingFrame } from "../intake/inspect.ts";
import type { FrameSource } from "../intake/source.ts";
import type { FrameRefusal, KnownCamera } from "../ports.ts";

/** Where fetched frames go. */
export interface PulledCameras {
  find(cameraId: Uuid): KnownCamera | undefined;
  settingsOf(cameraId: Uuid): cameras.CameraSettings | undefined;
  take(source: FrameSource, frame: IncomingFrame): FrameRefusal | undefined;
  end(source: FrameSource): void;
}

/** `packages/capture` does. */
export type OpenSource = (
  spec: SourceSpec,
  deps: Pick<CaptureDeps, "signal" | "as"> & {
    readonly allowPrivate: boolean;
    onLoss(reason: "gap" | "too_large"): void;
    onCost(coreRatio: number): void;
  },
) => AsyncIterable<CapturedPicture>;
