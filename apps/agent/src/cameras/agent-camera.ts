import type { Clock, Logger, Random, Timer } from "@gatehouse/base";
import { type CapturedPicture, DEFAULT_LIMITS, PICTURE_KINDS } from "@gatehouse/capture";
import { DeviceChannel, webSocketCarrier } from "@gatehouse/device-client";
import { CameraOrders, type CameraWord } from "@gatehouse/device-types/camera-words";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { encodeFrameMessage } from "@gatehouse/video";
import { Check } from "typebox/value";
import { faultOf } from "../sensors/files.ts";
import { describeSource } from "./camera-source.ts";
import { CameraEye } from "./eye.ts";
import { Feed } from "./feed.ts";
import type { KeptCamera } from "./kept-cameras.ts";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";

export interface AgentCameraDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Refuses `ffmpeg.missing`. */
  readonly ffmpeg: () => Promise<string>;
}

/** How long a source is kept open for a server that is away: to open it anew takes seconds. */
const KEEP_OPEN_MS = 30_000;
/** Codes of refusals that are counted; the server has some twenty. */
const MAX_CODES = 32;

/** One camera at this machine: its own session with the server, its source, and the eye that judges its pictures. */
export class AgentCamera {
  readonly #kept: KeptCamera;
  readonly #deps: AgentCameraDeps;
  readonly #channel: DeviceChannel;
  readonly #feed: Feed;
  readonly #outbox: Outbox;
  readonly #eye: CameraEye;
  readonly #pace = new Pace();
  readonly #refused = new Map<string, number>();
  #orders: CameraOrders | undefined;
  #judges = true;
  #away: Timer | undefined;
  #left = 0;

  static async start(kept: KeptCamera, deps: AgentCameraDeps): Promise<AgentCamera> {
    const log = deps.log.child({ camera: kept.identity.name });
    const events: Parameters<typeof DeviceChannel.open>[0]["events"] = {};
    const channel = await DeviceChannel.open({
      identity: kept.identity,
      store: kept.state,
      carrier: ({ url, ca }) =>
        webSocketCarrier({ url, trust: ca === undefined ? {} : { ca }, clock: deps.clock }),
      clock: deps.clock,
      random: deps.random,
      log,
      events,
    });
    const camera = new AgentCamera(kept, { ...deps, log }, channel);
    events.connected = () => void camera.#connected();
    events.disconnected = () => camera.#disconnected();
    events.control = (payload) => camera.#take(payload);
    events.postRefused = (code) => camera.#countRefusal(code);
    channel.start();
    return camera;
  }

  private constructor(kept: KeptCamera, deps: AgentCameraDeps, channel: DeviceChannel) {
    const { source } = kept;
    this.#kept = kept;
    this.#deps = deps;
    this.#channel = channel;
    this.#feed = new Feed({ ...deps, source, onPicture: (picture) => this.#give(picture) });
    this.#outbox = new Outbox({
      post: (picture) => this.#post(picture),
      isConnected: () => channel.isConnected,
    });
    this.#eye = new CameraEye({ ...deps, tell: (looks) => this.#say(looks) });
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
      ...{ captured, ...this.#outbox.counts, left: this.#left, refused: Object.fromEntries(this.#refused) },
      ...{ judges: this.#judges && this.#orders?.motion !== undefined, ...this.#eye.counts },
    };
  }

  /** The new key id, once the server confirmed it; undefined while it does not hear. */
  async rotateKeys(): Promise<string | undefined> {
    return this.#channel.isConnected ? await this.#channel.rotateKeys() : undefined;
  }

  async stop(): Promise<void> {
    this.#away?.cancel();
    this.#eye.stop();
    await this.#feed.stop();
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
      await this.#say({ kind: "camera", says: "ready", judges: this.#judges });
    } catch (error) {
      this.#deps.log.debug({ reason: faultOf(error) }, "camera.not_ready");
    }
  }

  #disconnected(): void {
    this.#outbox.renew();
    this.#away?.cancel();
    this.#away = this.#deps.clock.after(KEEP_OPEN_MS, () => this.#feed.want(undefined));
  }

  #take(payload: Uint8Array): void {
    const orders = ordersIn(payload);
    if (orders === undefined) return;
    this.#orders = orders;
    this.#feed.want(orders.enabled ? orders.as : undefined);
    this.#eye.setMotion(orders.enabled && this.#judges ? orders.motion : undefined);
  }

  #give(picture: CapturedPicture): void {
    const { clock } = this.#deps;
    const perSecond = this.#orders?.maxFramesPerSecond ?? 1;
    this.#eye.see(picture);
    // Pieces of a video belong together; only single pictures can be left out.
    const isOneTooMany = picture.kind === "jpeg" && !this.#pace.takes(clock.monotonicMs(), perSecond);
    // The server would end the connection.
    if (isOneTooMany || picture.bytes.length > DEFAULT_LIMITS.pictureBytes) this.#left++;
    else this.#outbox.offer(picture);
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
    const { result, code } = await this.#channel.send({
      contentType: CONTENT_TYPES.control,
      payload: Buffer.from(JSON.stringify(word)),
      sentMs: this.#deps.clock.nowMs(),
    });
    if (result === "refused") this.#deps.log.warn({ code }, "camera.word_refused");
  }

  #countRefusal(code: string): void {
    if (this.#refused.has(code) || this.#refused.size < MAX_CODES)
      this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }
}

/** Undefined for what else comes as control: nothing of it is for a camera. */
function ordersIn(payload: Uint8Array): CameraOrders | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString());
    return Check(CameraOrders, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
