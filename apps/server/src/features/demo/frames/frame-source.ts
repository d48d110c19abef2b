/** Frames one after the other, as JPEG, until it is stopped. */
export interface FrameSource {
  stop(): Promise<void>;
}

/** Begins to make frames; `onFailed` when no more will come. */
export type OpenFrameSource = (
  onFrame: (jpeg: Uint8Array) => void,
  onFailed: (reason: string) => void,
) => FrameSource;
