import { join } from "node:path";
import {
  type Clock,
  isWithinSpan,
  type Logger,
  localMinute,
  type Random,
  type UnixMs,
} from "@gatehouse/base";
import { ensurePrivateFolder } from "@gatehouse/base/private-file";
import type { DeviceChannel } from "@gatehouse/device-client";
import type {
  CameraClipAnswer,
  CameraFetch,
  CameraOrders,
  CameraVisit,
  CameraWord,
} from "@gatehouse/device-types/camera-words";
import { createSigner, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import type { CipherId, Found } from "@gatehouse/video";
import type { StateFolder } from "../../state/state-folder.ts";
import type { SoundPicture } from "../sound-pictures.ts";
import { ClipFetches } from "./clip-fetches.ts";
import { ClipFiles } from "./clip-files.ts";
import { ClipKeys } from "./clip-keys.ts";
import { ClipRecorder } from "./clip-recorder.ts";
import { type ClipPolicy, ClipRing, type RingLimits } from "./clip-ring.ts";
import { ClipSender } from "./clip-sender.ts";

const DAY_MS = 86_400_000;
const SWEEP_EVERY = 30;
/** Motion that pauses for longer is another. */
const MOTION_PAUSE_MS = 15_000;

export interface ClipKeeperDeps {
  readonly cameraId: string;
  readonly state: StateFolder;
  readonly channel: Pick<DeviceChannel, "identity" | "isConnected" | "send">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly cipher: CipherId;
  readonly limits: RingLimits;
  readonly bytesPerSecond: number;
  /** The server's time, as well as it is known here. */
  serverNowMs(): UnixMs;
  /** Answers why it was refused. */
  say(word: CameraWord): Promise<string | undefined>;
}

/** What one camera records at this machine: sealed, signed, kept within its limits, and brought to the server where that is wanted. */
export class ClipKeeper {
  readonly #deps: ClipKeeperDeps;
  readonly #ring: ClipRing;
  readonly #recorder: ClipRecorder;
  readonly #sender: ClipSender;
  readonly #fetches: ClipFetches;
  #isOn = false;
  #schedule: NonNullable<CameraOrders["sealing"]>["schedule"];
  #ticks = 0;
  /** When everything of the last visit is recorded. */
  #dueMs: UnixMs | undefined;
  #motion: { readonly id: string; readonly fromMs: UnixMs; toldMs: UnixMs } | undefined;

  private constructor(deps: ClipKeeperDeps, parts: { files: ClipFiles; keys: ClipKeys; ring: ClipRing }) {
    const { channel, cameraId } = deps;
    this.#deps = deps;
    this.#ring = parts.ring;
    this.#recorder = new ClipRecorder({ ...deps, ...parts, signer: () => signerOf(cameraId, channel) });
    this.#sender = new ClipSender({ ...deps, ...parts });
    this.#fetches = new ClipFetches(parts.ring, (word) => deps.say(word));
  }

  static async open(deps: ClipKeeperDeps): Promise<ClipKeeper> {
    const { state, cameraId, random, limits, log, channel } = deps;
    const folder = join(state.path, "clips");
    await ensurePrivateFolder(folder);
    const files = await ClipFiles.open(folder, random);
    const keys = await ClipKeys.open(state, cameraId, random);
    const own = signerOf(cameraId, channel).key;
    return new ClipKeeper(deps, { files, keys, ring: await ClipRing.open(files, keys, own, limits, log) });
  }

  get status(): object {
    return {
      ...this.#ring.counts,
      ...this.#sender.counts,
      notSealed: this.#recorder.lost,
      ...(this.#recorder.problem === undefined ? {} : { sealingProblem: this.#recorder.problem }),
    };
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Undefined: nothing is recorded here any more; what is there stays as long as it would have. */
  set(sealing: CameraOrders["sealing"]): void {
    this.#isOn = sealing !== undefined;
    this.#schedule = sealing?.schedule;
    if (sealing === undefined) void this.#recorder.end();
    else void this.#ring.setPolicy(policyOf(sealing));
  }

  take(picture: SoundPicture): void {
    const nowMs = this.#deps.serverNowMs();
    if (this.#records(nowMs) || picture.kind === "h264-init") this.#recorder.take(picture, nowMs);
  }

  note(found: Found): void {
    if (this.#records(found.takenMs)) this.#recorder.note(found);
  }

  /** A visit's time is needed. */
  visited({ id, startMs, seenMs, endMs }: CameraVisit): void {
    void this.#ring.need(id, startMs, seenMs);
    if (endMs !== undefined) this.#dueMs = endMs + this.#ring.policy.postRollMs;
  }

  /** Something moves, where nobody looks for people. */
  moved(nowMs: UnixMs): void {
    const known = this.#motion;
    const goesOn = known !== undefined && nowMs - known.toldMs < MOTION_PAUSE_MS;
    if (goesOn && nowMs - known.toldMs < 1_000) return;
    this.#motion = {
      id: goesOn ? known.id : `motion ${nowMs}`,
      fromMs: goesOn ? known.fromMs : nowMs,
      toldMs: nowMs,
    };
    void this.#ring.need(this.#motion.id, this.#motion.fromMs, nowMs);
  }

  answered(answer: CameraClipAnswer): void {
    this.#sender.take(answer);
  }

  /** What is being written of that time ends first. */
  async fetch(asked: CameraFetch): Promise<void> {
    if (asked.says === "fetch") await this.#recorder.end();
    await this.#fetches.take(asked).catch(() => undefined);
  }

  connected(): void {
    this.#fetches.connected();
    this.#sender.connected();
  }

  /** Once a second. */
  tick(): void {
    this.#recorder.tick();
    if (this.#isOn && !this.#records(this.#deps.serverNowMs())) this.#recorder.endWhenOpen();
    // Who was just there is looked at soon: the rest of the minute is not waited for.
    if (this.#dueMs !== undefined && this.#deps.serverNowMs() > this.#dueMs) {
      this.#dueMs = undefined;
      void this.#recorder.end();
    }
    this.#sender.tick();
    if (this.#deps.channel.isConnected) this.#fetches.tick().catch(() => undefined);
    if (this.#ticks++ % SWEEP_EVERY === 0) void this.#ring.sweep(this.#deps.serverNowMs());
  }

  async stop(): Promise<void> {
    await this.#recorder.end();
    await this.#ring.idle();
    await this.#sender.stop();
  }

  #records(atMs: UnixMs): boolean {
    return this.#isOn && (this.#schedule === undefined || isScheduled(this.#schedule, atMs));
  }
}

/** The camera's own signing key, under the camera's id. Ed25519: agents enrol with no other suite. */
function signerOf(cameraId: string, { identity }: Pick<DeviceChannel, "identity">): Signer {
  return createSigner(cameraId, KEY_TYPES.note, identity.keys.signingPair.privateKey.reveal());
}

/** In the site's time. Where this machine does not know the zone, more is kept rather than less. */
function isScheduled(
  { spans, timeZone }: NonNullable<NonNullable<CameraOrders["sealing"]>["schedule"]>,
  atMs: UnixMs,
): boolean {
  try {
    const at = localMinute(timeZone, atMs);
    return spans.some((span) => isWithinSpan(span, at));
  } catch {
    return true;
  }
}

const policyOf = (sealing: NonNullable<CameraOrders["sealing"]>): ClipPolicy => ({
  brings: sealing.goes === "bring",
  all: sealing.all,
  preRollMs: sealing.preRollSeconds * 1_000,
  postRollMs: sealing.postRollSeconds * 1_000,
  keepMs: sealing.keepDays * DAY_MS,
  keepNeededMs: sealing.keepEventDays * DAY_MS,
});
