import {
  type CameraLive,
  type CameraLiveHandlers,
  type LiveCameraState,
  type LiveFound,
  type LiveFrame,
  openCameraLive,
  type WatchedCamera,
} from "../../data/camera-live.ts";

/** One place on screen that shows a camera. */
export interface PictureSink {
  /** Calls `done` once, when the frame was drawn or passed over for a newer one. */
  show(frame: LiveFrame, done: () => void): void;
  /** What the server says of the camera beside its pictures. */
  onState(state: LiveCameraState): void;
  /** What the newest look found; where there is none, it is not asked for. */
  onFound?(found: LiveFound): void;
}

interface Place {
  readonly sink: PictureSink;
  readonly maxFps: number | undefined;
}

/** A camera in several places gets the pace of the one that needs most. */
function paceFor(places: readonly Place[]): number | undefined {
  let most = 0;
  for (const { maxFps } of places) {
    if (maxFps === undefined) return undefined;
    most = Math.max(most, maxFps);
  }
  return most;
}

/**
 * The pictures of all places on screen over one connection, which is there as long as there is a place. Paused, the
 * server sends nothing; a camera in two places is sent once.
 */
export class LivePictures {
  readonly #open: (handlers: CameraLiveHandlers) => CameraLive;
  readonly #places = new Map<string, Set<Place>>();
  readonly #problemListeners = new Set<() => void>();
  #live: CameraLive | undefined;
  #paused = false;
  #willSettle = false;
  #problem: string | undefined;

  constructor(open: (handlers: CameraLiveHandlers) => CameraLive) {
    this.#open = open;
  }

  /** Why no pictures come although some are wanted: a code; undefined while they do. */
  get problem(): string | undefined {
    return this.#problem;
  }

  onProblem(listener: () => void): () => void {
    this.#problemListeners.add(listener);
    return () => void this.#problemListeners.delete(listener);
  }

  /** Now by the server's clock, as far as known. */
  nowMs(otherwiseMs: number): number {
    return this.#live?.serverNowMs() ?? otherwiseMs;
  }

  /** Shows a camera at one place. Returns how to leave it. */
  join(cameraId: string, maxFps: number | undefined, sink: PictureSink): () => void {
    const place = { sink, maxFps };
    const places = this.#places.get(cameraId) ?? new Set();
    this.#places.set(cameraId, places.add(place));
    this.#settleSoon();
    return () => {
      places.delete(place);
      if (places.size === 0 && this.#places.get(cameraId) === places) this.#places.delete(cameraId);
      this.#settleSoon();
    };
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#live?.setPaused(paused);
  }

  /** A page that is exchanged leaves and joins in one go: one change of the choice, not a connection each. */
  #settleSoon(): void {
    if (this.#willSettle) return;
    this.#willSettle = true;
    queueMicrotask(() => {
      this.#willSettle = false;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#places.size === 0) {
      this.#live?.close();
      this.#live = undefined;
      this.#tell(undefined);
      return;
    }
    if (this.#live === undefined) {
      this.#live = this.#open(this.#handlers());
      this.#live.setPaused(this.#paused);
    }
    this.#live.watch([...this.#places].map(([id, places]) => watched(id, [...places])));
  }

  #handlers(): CameraLiveHandlers {
    return {
      onOpen: () => this.#tell(undefined),
      onClosed: ({ code }) => this.#tell(code),
      onState: (cameraId, state) => {
        for (const { sink } of this.#places.get(cameraId) ?? []) sink.onState(state);
      },
      onFound: (cameraId, found) => {
        for (const { sink } of this.#places.get(cameraId) ?? []) sink.onFound?.(found);
      },
      onFrame: (cameraId, frame) => this.#deliver(cameraId, frame),
    };
  }

  #deliver(cameraId: string, frame: LiveFrame): void {
    const places = [...(this.#places.get(cameraId) ?? [])];
    let waiting = places.length;
    const done = () => {
      waiting -= 1;
      if (waiting <= 0) this.#live?.drawn(cameraId, frame.number);
    };
    if (waiting === 0) done();
    for (const { sink } of places) sink.show(frame, done);
  }

  #tell(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    for (const listener of this.#problemListeners) listener();
  }
}

function watched(id: string, places: readonly Place[]): WatchedCamera {
  const maxFps = paceFor(places);
  const wantsFound = places.some(({ sink }) => sink.onFound !== undefined);
  return { id, ...(maxFps !== undefined && { maxFps }), ...(wantsFound && { found: true }) };
}

/** The console's one connection for live pictures. */
export const livePictures = new LivePictures((handlers) => openCameraLive(handlers));
