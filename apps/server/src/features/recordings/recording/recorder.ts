import { isWithinSpan, localMinute, type MonotonicMs, type Timer, type Uuid } from "@gatehouse/base";
import { encodeFound, type Found } from "@gatehouse/video";
import type { RecordingContext } from "../context.ts";
import type { Frames, Motion, RecordedFrame } from "../ports.ts";
import { SegmentStore } from "../segment-store.ts";
import type { Recovery } from "../upkeep/recovery.ts";
import { CameraRecorder, type RecorderHost } from "./camera-recorder.ts";
import { Pauses } from "./pauses.ts";

const TICK_MS = 500;
/** Time zones of sites hardly ever change. */
const ZONE_KNOWN_MS = 60_000;

type Wanted = "nothing" | "all" | "transient";

/** Records what cameras send, as their settings say. */
export class Recorder {
  readonly #context: RecordingContext;
  readonly #frames: Frames;
  readonly #recovery: Recovery;
  readonly #motion: Motion;
  readonly pauses: Pauses;
  readonly #recorders = new Map<Uuid, { readonly tenantId: Uuid; readonly recorder: CameraRecorder }>();
  readonly #zones = new Map<Uuid, { readonly timeZone: string | undefined; readonly askedMs: MonotonicMs }>();
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(context: RecordingContext, parts: { frames: Frames; recovery: Recovery; motion: Motion }) {
    this.#context = context;
    this.#frames = parts.frames;
    this.#recovery = parts.recovery;
    this.#motion = parts.motion;
    this.pauses = new Pauses(context);
  }

  start(): void {
    const { clock } = this.#context;
    this.#unsubscribe = this.#frames.subscribe((frame) => this.#take(frame));
    this.#timer = clock.every(TICK_MS, () => this.#tick());
  }

  /** Takes no more, and seals what is open. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#timer?.cancel();
    await Promise.all([...this.#recorders.values()].map(({ recorder }) => recorder.endSegment()));
    await this.pauses.idle();
  }

  /** What was found in a picture that was just taken goes into the segment with it. */
  note(cameraId: Uuid, found: Found): void {
    this.#recorders.get(cameraId)?.recorder.takeFound(encodeFound(found));
  }

  isRecording(cameraId: Uuid): boolean {
    const known = this.#recorders.get(cameraId);
    if (known === undefined || this.pauses.of(known.tenantId) !== undefined) return false;
    return known.recorder.isRecording();
  }

  /** What is open of the camera is sealed when it resolves. */
  async endSegment(cameraId: Uuid): Promise<void> {
    await this.#recorders.get(cameraId)?.recorder.endSegment();
  }

  /** Resolves when whole chunks that came so far are written. */
  async idle(): Promise<void> {
    await Promise.all([...this.#recorders.values()].map(({ recorder }) => recorder.idle()));
    await this.pauses.idle();
  }

  /** Cameras of which something is being written. */
  writing(): number {
    return [...this.#recorders.values()].filter(({ recorder }) => recorder.isWriting).length;
  }

  /** Since the start. */
  lostFrames(): number {
    return [...this.#recorders.values()].reduce((sum, { recorder }) => sum + recorder.lost, 0);
  }

  #take(frame: RecordedFrame): void {
    const wanted = this.#wanted(frame);
    const known = this.#recorders.get(frame.cameraId);
    if (wanted === "nothing") {
      known?.recorder.endWhenOpen();
      return;
    }
    const { recorder } = known ?? this.#add(frame);
    recorder.take(frame, wanted === "transient");
  }

  #add({ tenantId, cameraId }: RecordedFrame) {
    const recorder = new CameraRecorder(this.#context, this.#host, { tenantId, cameraId });
    const added = { tenantId, recorder };
    this.#recorders.set(cameraId, added);
    return added;
  }

  #tick(): void {
    for (const [cameraId, { recorder }] of this.#recorders) {
      recorder.tick();
      if (this.#context.cameras.find(cameraId) === undefined && !recorder.isWriting)
        this.#recorders.delete(cameraId);
    }
  }

  #wanted({ cameraId, takenMs }: RecordedFrame): Wanted {
    const settings = this.#context.cameras.settingsOf(cameraId);
    if (settings === undefined || !settings.enabled) return "nothing";
    const { mode, schedule } = settings.recording;
    if (mode === "off" || this.#context.cameras.sealsItself?.(cameraId) === true) return "nothing";
    if (mode === "continuous") return "all";
    if (mode === "events") return "transient";
    const timeZone = this.#zoneOf(cameraId);
    if (timeZone === undefined) return "nothing";
    const at = localMinute(timeZone, takenMs);
    return schedule.some((span) => isWithinSpan(span, at)) ? "all" : "nothing";
  }

  /** Undefined until it is known, a moment after the first time. */
  #zoneOf(cameraId: Uuid): string | undefined {
    const { cameras, clock, log } = this.#context;
    const camera = cameras.find(cameraId);
    if (camera === undefined) return undefined;
    const known = this.#zones.get(camera.siteId);
    const nowMs = clock.monotonicMs();
    if (known === undefined || nowMs - known.askedMs > ZONE_KNOWN_MS) {
      this.#zones.set(camera.siteId, { timeZone: known?.timeZone, askedMs: nowMs });
      cameras.timeZoneOf(camera.tenantId, camera.siteId).then(
        (timeZone) => this.#zones.set(camera.siteId, { timeZone, askedMs: nowMs }),
        (err: unknown) => log.error({ err, siteId: camera.siteId }, "recordings.no_time_zone"),
      );
    }
    return known?.timeZone;
  }

  readonly #host: RecorderHost = {
    isPaused: (tenantId) => this.pauses.isPaused(tenantId),
    pause: (tenantId, reason) => this.pauses.pause(tenantId, reason),
    wrote: (tenantId) => this.pauses.wrote(tenantId),
    openSegments: (tenantId) =>
      [...this.#recorders.values()].filter((one) => one.tenantId === tenantId && one.recorder.isWriting)
        .length,
    recover: async (tenantId, segmentId) => {
      const { db } = this.#context;
      const row = await new SegmentStore(db, tenantId).find(segmentId);
      if (row !== undefined && row.state === "open") await this.#recovery.close(row);
    },
    movedIn: async ({ name, startMs }, lastMs) => {
      const { tenantId, cameraId } = name;
      const strength = await this.#motion.strengthIn(tenantId, [cameraId], startMs, lastMs + 1, 1);
      return (strength.get(cameraId)?.[0] ?? 0) > 0;
    },
  };
}
