import type { Clock, Logger, Random, Timer, UnixMs } from "@gatehouse/base";
import { type CapturedPicture, DEFAULT_LIMITS, PICTURE_KINDS } from "@gatehouse/capture";
import { DeviceChannel, webSocketCarrier } from "@gatehouse/device-client";
import {
  CameraClipAnswer,
  CameraFetch,
  CameraModelPiece,
  CameraOrders,
  type CameraWord,
} from "@gatehouse/device-types/camera-words";
import { CONTENT_TYPES, fastestCipher } from "@gatehouse/secure-channel";
import { encodeFrameMessage } from "@gatehouse/video";
import { Check } from "typebox/value";
import { faultOf } from "../sensors/files.ts";
import { jsonIn, sayOver } from "./camera-line.ts";
import { describeSource } from "./camera-source.ts";
import { CameraDetection } from "./detection/camera-detection.ts";
import type { Detectors } from "./detection/detectors.ts";
import { CameraEye } from "./eye.ts";
import { Feed } from "./feed.ts";
import type { KeptCamera } from "./kept-cameras.ts";
import { MaskedPictures } from "./masked-pictures.ts";
import type { ModelShelf } from "./models/model-shelf.ts";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { ClipKeeper } from "./sealing/clip-keeper.ts";
import type { RingLimits } from "./sealing/clip-ring.ts";
import { SoundPictures } from "./sound-pictures.ts";

export interface AgentCameraDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Refuses `ffmpeg.missing`. */
  readonly ffmpeg: () => Promise<string>;
  readonly detectors: Detectors;
  readonly shelf: ModelShelf;
  /** What each camera may keep here, and how fast it brings it to the server (bytes a second, 0: as the line is). */
  readonly limits: RingLimits;
  readonly bytesPerSecond: number;
  /** The server's time, as well as it is known here. */
  serverNowMs(): UnixMs;
  heardServer(serverTimeMs: UnixMs): void;
}

const TICK_MS = 1_000;
/** How long a source is kept open for a server that is away: to open it anew takes seconds. */
const KEEP_OPEN_MS = 30_000;
/** Codes of refusals that are counted; the server has some twenty. */
const MAX_CODES = 32;

interface Parts {
  readonly channel: DeviceChannel;
  readonly clips: ClipKeeper;
  readonly detection: CameraDetection;
  readonly eye: CameraEye;
}

/**
 * One camera at this machine: its own session with the server, its source, the eye that judges its pictures, what looks
 * for people in them, and what seals them.
 */
export class AgentCamera {
  readonly #kept: KeptCamera;
  readonly #deps: AgentCameraDeps;
  readonly #channel: DeviceChannel;
  readonly #feed: Feed;
  readonly #outbox: Outbox;
  readonly #eye: CameraEye;
  readonly #clips: ClipKeeper;
  readonly #detection: CameraDetection;
  readonly #masked: MaskedPictures;
  readonly #pictures = new SoundPictures();
  readonly #pace = new Pace();
  readonly #refused = new Map<string, number>();
  #orders: CameraOrders | undefined;
  #judges = true;
  #away: Timer | undefined;
  #tick: Timer | undefined;
  #left = 0;

  static async start(kept: KeptCamera, deps: AgentCameraDeps): Promise<AgentCamera> {
    const log = deps.log.child({ camera: kept.identity.name });
    const { clock } = deps;
    const events: Parameters<typeof DeviceChannel.open>[0]["events"] = {};
    const channel = await DeviceChannel.open({
      identity: kept.identity,
      store: kept.state,
      carrier: ({ url, ca }) => webSocketCarrier({ url, trust: ca === undefined ? {} : { ca }, clock }),
      clock,
      random: deps.random,
      log,
      events,
    });
    const say = (word: CameraWord) => sayOver(channel, word, clock.nowMs());
    const common = { ...deps, log, state: kept.state, say, cameraId: kept.deviceId, channel };
    const eye = new CameraEye({ ...common, tell: async (looks) => void (await say(looks)) });
    const clips = await ClipKeeper.open({ ...common, cipher: fastestCipher(clock) });
    const detection = await CameraDetection.open({
      ...common,
      moves: () => eye.moves,
      keeps: () => camera.#orders?.sealing?.goes === "keep",
      isConnected: () => channel.isConnected,
      noted: (found) => clips.note(found),
      visited: (visit) => clips.visited(visit),
    });
    const camera: AgentCamera = new AgentCamera(kept, { ...deps, log }, { channel, clips, detection, eye });
    for (const visit of detection.visits) clips.visited(visit);
    events.connected = () => void camera.#connected();
    events.disconnected = () => camera.#disconnected();
    events.control = (payload) => camera.#take(payload);
    events.postRefused = (code) => camera.#countRefusal(code);
    events.serverTime = (serverTimeMs) => deps.heardServer(serverTimeMs);
    await camera.#recall();
    channel.start();
    return camera;
  }

  private constructor(kept: KeptCamera, deps: AgentCameraDeps, parts: Parts) {
    const { source } = kept;
    this.#kept = kept;
    this.#deps = deps;
    this.#channel = parts.channel;
    this.#clips = parts.clips;
    this.#detection = parts.detection;
    this.#eye = parts.eye;
    this.#masked = new MaskedPictures({ ...deps, give: (picture) => this.#give(picture) });
    this.#feed = new Feed({ ...deps, source, onPicture: (picture) => this.#masked.take(picture) });
    this.#outbox = new Outbox({
      post: (picture) => this.#post(picture),
      isConnected: () => this.#channel.isConnected,
    });
    this.#tick = deps.clock.every(TICK_MS, () => this.#pass());
  }

  get name(): string {
    return this.#kept.identity.name;
  }

  /** Whether it is the same camera with the same source. */
  isStill({ identity, source }: KeptCamera): boolean {
    return (
      identity.enrolledMs === this.#kept.identity.enrolledMs &&
      JSON.stringify(source) === JSON.stringify(this.#kept.source)
    );
  }

  /** For people and for monitoring. */
  get status(): { readonly id: string; readonly state: string; readonly reason?: string } {
    const { deviceId, identity, source } = this.#kept;
    const { problem, captured } = this.#feed;
    const reason = problem && [problem.code, problem.reason].filter(Boolean).join(" ");
    return {
      id: identity.name,
      state: this.#state,
      ...(reason === undefined ? {} : { reason }),
      ...{
        deviceId,
        source: `${source.kind} ${describeSource(source)}`,
        keyId: this.#channel.identity.keys.keyId,
      },
      ...{
        captured,
        ...this.#outbox.counts,
        left: this.#left,
        notMasked: this.#masked.failed,
        refused: Object.fromEntries(this.#refused),
      },
      ...{ judges: this.#judges && this.#orders?.motion !== undefined, ...this.#eye.counts },
      ...{ ...this.#detection.status, seals: this.#clips.isOn, ...this.#clips.status },
    };
  }

  /** The new key id, once the server confirmed it; undefined while it does not hear. */
  async rotateKeys(): Promise<string | undefined> {
    return this.#channel.isConnected ? await this.#channel.rotateKeys() : undefined;
  }

  async stop(): Promise<void> {
    this.#away?.cancel();
    this.#tick?.cancel();
    this.#eye.stop();
    await this.#feed.stop();
    await this.#detection.stop();
    await this.#clips.stop();
    await this.#channel.stop();
  }

  get #state(): string {
    if (!this.#channel.isConnected) return "not connected";
    if (this.#orders === undefined) return "waiting";
    if (!this.#orders.enabled) return "off";
    if (this.#feed.problem !== undefined) return "failed";
    return this.#feed.captured === 0 ? "opening" : "live";
  }

  async #connected(): Promise<void> {
    this.#away?.cancel();
    this.#outbox.renew();
    try {
      this.#judges = await this.#deps.ffmpeg().then(
        () => true,
        () => false,
      );
      const can = {
        judges: this.#judges,
        detects: this.#judges,
        seals: true,
        models: true,
        schedules: true,
        masks: true,
        narrows: true,
      };
      await this.#say({ kind: "camera", says: "ready", ...can });
      this.#clips.connected();
      this.#detection.connected();
    } catch (error) {
      this.#deps.log.debug({ reason: faultOf(error) }, "camera.not_ready");
    }
  }

  /** Whether there is something to do without the server. */
  get #worksAlone(): boolean {
    const { enabled = false, detection, sealing } = this.#orders ?? {};
    return enabled && (detection !== undefined || sealing !== undefined);
  }

  #disconnected(): void {
    this.#outbox.renew();
    this.#away?.cancel();
    if (!this.#worksAlone)
      this.#away = this.#deps.clock.after(KEEP_OPEN_MS, () => this.#feed.want(undefined));
  }

  #take(payload: Uint8Array): void {
    const value = jsonIn(payload);
    if (Check(CameraClipAnswer, value)) this.#clips.answered(value);
    else if (Check(CameraFetch, value)) void this.#clips.fetch(value);
    else if (Check(CameraModelPiece, value)) this.#detection.take(value);
    else if (Check(CameraOrders, value)) {
      this.#obey(value);
      const kept = Buffer.from(JSON.stringify(value));
      this.#kept.state
        .write("orders.json", kept)
        .catch((error: unknown) => this.#deps.log.warn({ reason: faultOf(error) }, "camera.orders_not_kept"));
    }
  }

  /** What was wanted last holds until the server says otherwise: it may be away for long. */
  async #recall(): Promise<void> {
    const bytes = await this.#kept.state.read("orders.json");
    const orders = bytes && jsonIn(bytes);
    if (!Check(CameraOrders, orders)) return;
    this.#orders = orders;
    if (this.#worksAlone) this.#obey(orders);
    else this.#orders = undefined;
  }

  #obey(orders: CameraOrders): void {
    this.#orders = orders;
    const { as, detection, enabled, masks, motion, sealing } = orders;
    this.#masked.set(masks);
    this.#feed.want(enabled ? as : undefined);
    this.#eye.setMotion(enabled && this.#judges ? motion : undefined);
    this.#detection.set(enabled && this.#judges ? detection : undefined);
    this.#clips.set(enabled ? sealing : undefined);
  }

  #pass(): void {
    if (this.#eye.moves === true && this.#orders?.detection === undefined)
      this.#clips.moved(this.#deps.serverNowMs());
    this.#detection.tick();
    this.#clips.tick();
  }

  #give(picture: CapturedPicture): void {
    const { clock } = this.#deps;
    const perSecond = this.#orders?.maxFramesPerSecond ?? 1;
    const sound = this.#pictures.check(picture);
    if (sound !== undefined) {
      this.#eye.see(sound);
      this.#detection.see(sound);
    }
    // Pieces of a video belong together; only single pictures can be left out.
    const isOneTooMany = picture.kind === "jpeg" && !this.#pace.takes(clock.monotonicMs(), perSecond);
    // The server would end the connection.
    if (isOneTooMany || picture.bytes.length > DEFAULT_LIMITS.pictureBytes) this.#left++;
    else {
      if (sound !== undefined) this.#clips.take(sound);
      // What stays here is seen by nobody else.
      if (this.#orders?.stays !== true && this.#orders?.sealing?.goes !== "keep") this.#outbox.offer(picture);
    }
  }

  #post({ kind, bytes, takenMs }: CapturedPicture): Promise<void> {
    const frame = { cameraId: undefined, kind: PICTURE_KINDS[kind], takenMs, bytes };
    return this.#channel.post({
      contentType: CONTENT_TYPES.jpegFrame,
      payload: encodeFrameMessage(frame),
      sentMs: 0,
    });
  }

  async #say(word: CameraWord): Promise<void> {
    const code = await sayOver(this.#channel, word, this.#deps.clock.nowMs());
    if (code !== undefined) this.#deps.log.warn({ code }, "camera.word_refused");
  }

  #countRefusal(code: string): void {
    if (this.#refused.has(code) || this.#refused.size < MAX_CODES)
      this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }
}
