import { AppError, type Clock, type MonotonicMs, type UnixMs, type Uuid } from "@gatehouse/base";
import type { cameras as contract } from "@gatehouse/contract";
import type { CameraFetching } from "@gatehouse/device-types/camera-words";
import { findEvent, setBrought } from "./event-store.ts";
import { aroundOf, type KeptEvent } from "./model.ts";
import type { CameraLine, Cameras } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** Longer without a word of it, and nobody brings it: it can be asked for anew. */
const SILENT_MS = 120_000;
/** What is remembered of those that are over. */
const MAX_FETCHES = 1_000;

export interface AgentFetchDeps {
  readonly db: CameraEventDatabase;
  readonly clock: Clock;
  readonly cameras: Cameras;
  readonly line: CameraLine;
}

interface Fetch {
  readonly cameraId: Uuid;
  progress: contract.EventFetch;
  heardMs: MonotonicMs;
}

/** Recordings of events that stay with the camera's own machine: somebody wants one here. */
export class AgentFetches {
  readonly #deps: AgentFetchDeps;
  readonly #fetches = new Map<Uuid, Fetch>();

  constructor(deps: AgentFetchDeps) {
    this.#deps = deps;
  }

  /** Refuses `camera_event.not_kept` for one whose recording is not at its camera. */
  assertPossible({ keptAtCamera }: KeptEvent): void {
    if (keptAtCamera !== true) throw new AppError("camera_event.not_kept");
  }

  /** Refuses `camera.away` while its camera is. */
  begin(event: KeptEvent): contract.EventFetch {
    const { clock } = this.#deps;
    const known = this.find(event.id);
    if (known?.state === "asked" || known?.state === "coming") return known;
    if (!this.#say("fetch", event)) throw new AppError("camera.away");
    const progress = { state: "asked", segments: 0, left: 0, bytesLeft: 0 } as const;
    this.#fetches.delete(event.id);
    this.#fetches.set(event.id, { cameraId: event.cameraId, progress, heardMs: clock.monotonicMs() });
    if (this.#fetches.size > MAX_FETCHES) this.#fetches.delete(this.#fetches.keys().next().value as Uuid);
    return progress;
  }

  /** Undefined where nobody asked. */
  find(eventId: Uuid): contract.EventFetch | undefined {
    const fetch = this.#fetches.get(eventId);
    if (fetch === undefined) return undefined;
    const isOn = fetch.progress.state === "asked" || fetch.progress.state === "coming";
    const silent = this.#deps.clock.monotonicMs() - fetch.heardMs > SILENT_MS;
    return isOn && silent ? { ...fetch.progress, state: "silent" } : fetch.progress;
  }

  cancel(event: KeptEvent): contract.EventFetch {
    const fetch = this.#fetches.get(event.id);
    this.#say("cancel", event);
    const progress = { segments: 0, left: 0, bytesLeft: 0, ...fetch?.progress, state: "cancelled" } as const;
    if (fetch !== undefined) fetch.progress = progress;
    return progress;
  }

  /** How far the machine is with it. */
  async heard(cameraId: Uuid, { event, segments, left, bytesLeft }: CameraFetching): Promise<void> {
    const fetch = this.#fetches.get(event);
    if (fetch?.cameraId !== cameraId || isCancelled(fetch)) return;
    fetch.heardMs = this.#deps.clock.monotonicMs();
    const state = left > 0 ? "coming" : segments > 0 ? "done" : "gone";
    // Whoever hears that it is over finds the event as it is from then on.
    if (left === 0) await setBrought(this.#deps.db, event, cameraId);
    if (!isCancelled(fetch)) fetch.progress = { state, segments, left, bytesLeft };
  }

  /** The machine asked for its settings in a new session: what it was asked for before it may not know. */
  async again(cameraId: Uuid): Promise<void> {
    for (const [eventId, fetch] of this.#fetches) {
      const { state } = fetch.progress;
      if (fetch.cameraId !== cameraId || (state !== "asked" && state !== "coming")) continue;
      const event = await findEvent(this.#deps.db, eventId);
      if (event !== undefined) this.#say("fetch", event);
    }
  }

  #say(says: "fetch" | "cancel", event: KeptEvent): boolean {
    const { cameras, clock, line } = this.#deps;
    const { beforeMs, afterMs } = aroundOf(cameras.settingsOf(event.cameraId));
    const fromMs: UnixMs = event.startMs - beforeMs;
    const toMs: UnixMs = (event.endMs ?? clock.nowMs()) + afterMs;
    return line.send(event.cameraId, { kind: "camera", says, event: event.id, fromMs, toMs });
  }
}

const isCancelled = ({ progress }: Fetch): boolean => progress.state === "cancelled";
