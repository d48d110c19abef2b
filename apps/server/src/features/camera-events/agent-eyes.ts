import type { Clock, ErrorCode, Logger, MonotonicMs, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus, cameras as contract } from "@gatehouse/contract";
import { type CameraClip, type CameraLooks, CameraWord } from "@gatehouse/device-types/camera-words";
import { COLUMNS, type EventChange, EventMachine, ROWS, strengthDigit } from "@gatehouse/motion";
import { Check } from "typebox/value";
import type { AgentFetches } from "./agent-fetches.ts";
import type { AgentModels, OrderFacts } from "./agent-models.ts";
import type { AgentVisits } from "./agent-visits.ts";
import type { MotionDensity } from "./density.ts";
import type { Lookout } from "./detection/lookout.ts";
import type { EventKeeper } from "./keeper.ts";
import { LOOKS_OF_VIDEO } from "./model.ts";
import { type Abilities, abilitiesOf, isLookedForThere, ordersOf, sealingOf } from "./orders.ts";
import type { AgentClips, CameraLine, Cameras } from "./ports.ts";

/** Longer without a word, and nobody judges there any more: then the pictures that come are judged here. */
const JUDGES_FOR_MS = 15_000;
const TICK_MS = 1_000;

export interface AgentEyesDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly cameras: Cameras;
  readonly keeper: EventKeeper;
  readonly density: MotionDensity;
  readonly line: CameraLine;
  readonly visits: AgentVisits;
  readonly fetches: AgentFetches;
  readonly clips: AgentClips;
  readonly models: AgentModels;
  readonly log: Logger;
}

interface Device {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** Of one camera whose pictures are judged where they are taken. */
interface AgentEye {
  readonly tenantId: Uuid;
  readonly machine: EventMachine;
  isVideo: boolean;
  heardMs: MonotonicMs;
  /** Of the newest look. */
  atMs: UnixMs;
  view: contract.MotionView | undefined;
}

/**
 * Cameras whose own machine runs the motion gate: it tells what it saw, and from there on they are like those judged
 * here, by the same event machine. It is told what was chosen for the camera when it asks and whenever that changes.
 */
export class AgentEyes {
  readonly #deps: AgentEyesDeps;
  readonly #eyes = new Map<Uuid, AgentEye>();
  /** Cameras that asked for their settings in their session. */
  readonly #asked = new Set<Uuid>();
  /** What they can beside judging; of the newest session in which they said so. */
  readonly #abilities = new Map<Uuid, Abilities>();
  #ends: (() => void)[] = [];

  constructor(deps: AgentEyesDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { bus, clock } = this.#deps;
    const tick: Timer = clock.every(TICK_MS, () => this.#pass());
    this.#ends = [
      () => tick.cancel(),
      // Whoever asks in a new session says so then; whoever does not is another program by now.
      bus.subscribe("device.session_began", ({ deviceId }) => void this.#asked.delete(deviceId)),
    ];
  }

  /** What goes on ends now. */
  stop(): void {
    for (const end of this.#ends) end();
    for (const cameraId of [...this.#eyes.keys()]) this.#close(cameraId);
  }

  /** A word of content type 10. Answers why it is not taken. */
  async said(device: Device, word: unknown): Promise<ErrorCode | undefined> {
    const { cameras, fetches, visits } = this.#deps;
    const { deviceId } = device;
    if (cameras.find(deviceId) === undefined) return "camera.none";
    if (!Check(CameraWord, word)) return "message.schema";
    if (word.says === "visit") return visits.visited(device, word);
    if (word.says === "clip") return this.#offered(device, word);
    if (word.says === "shown") return visits.shown(device, word);
    if (word.says === "model") return this.#deps.models.asked(device, word);
    if (word.says === "looks") this.#look(deviceId, word);
    else if (word.says === "found") visits.found(device, word);
    else if (word.says === "fetching") await fetches.heard(deviceId, word);
    else {
      this.#asked.add(deviceId);
      this.#abilities.set(deviceId, abilitiesOf(word));
      if (!word.judges) this.#close(deviceId);
      else this.#open(deviceId);
      this.#order(deviceId);
      await fetches.again(deviceId);
    }
    return undefined;
  }

  /** Whether the camera's own machine seals what it records. */
  sealsItself(cameraId: Uuid): boolean {
    const settings = this.#deps.cameras.settingsOf(cameraId);
    const abilities = this.#abilities.get(cameraId);
    return settings !== undefined && abilities !== undefined && sealingOf(settings, abilities) !== undefined;
  }

  /** Whether it looks for people itself. */
  detectsItself(cameraId: Uuid): boolean {
    const settings = this.#deps.cameras.settingsOf(cameraId);
    const abilities = this.#abilities.get(cameraId);
    if (settings === undefined || abilities === undefined) return false;
    return isLookedForThere(settings, abilities, this.#deps.models.known(cameraId));
  }

  /** What its newest look found, as far as it told. */
  found(cameraId: Uuid): Lookout["found"] {
    const said = this.#deps.visits.finding(cameraId);
    return said && { atMs: said.atMs, boxes: said.found.looks.at(-1)?.boxes ?? [] };
  }

  /** What it said last of what it finds. */
  detectionView(cameraId: Uuid): contract.DetectionView {
    const said = this.#deps.visits.finding(cameraId);
    const rates = { lookMs: said?.found.lookMs ?? 0, looksPerSecond: said?.found.looksPerSecond ?? 0 };
    const chosen = this.#deps.models.known(cameraId);
    const elsewhere =
      chosen?.kind === "elsewhere" ? { wanted: chosen.name, why: "elsewhere" as const, share: 0 } : undefined;
    const instead = said?.found.instead ?? elsewhere;
    const view = {
      ...{ boxes: [], model: said?.found.model ?? "", ...rates, by: "agent" as const },
      ...(instead === undefined ? {} : { instead }),
    };
    if (said === undefined) return { ...view, state: "no_picture" };
    const { looks, problem } = said.found;
    if (problem !== undefined) return { ...view, state: "failed", problem };
    const state = this.isGoingOn(cameraId) ? "looking" : "still";
    return { ...view, state, atMs: said.atMs, boxes: looks.at(-1)?.boxes ?? [] };
  }

  async #offered(device: Device, clip: CameraClip): Promise<ErrorCode | undefined> {
    const answer = await this.#deps.clips.offered(device, clip);
    const { segment } = clip;
    this.#deps.line.send(device.deviceId, { kind: "camera", says: "clip", segment, ...answer });
    return answer.result === "refused" ? "segment.damaged" : undefined;
  }

  /** Whether the camera's pictures are not to be judged here. */
  judges(cameraId: Uuid): boolean {
    return this.#eyes.has(cameraId);
  }

  isGoingOn(cameraId: Uuid): boolean | undefined {
    const eye = this.#eyes.get(cameraId);
    return eye && eye.machine.event !== undefined;
  }

  /** What it told last; undefined before that. */
  view(cameraId: Uuid): contract.MotionView | undefined {
    return this.#eyes.get(cameraId)?.view;
  }

  /** The camera's settings are others, or it is gone. */
  changed(cameraId: Uuid): void {
    this.#retune(cameraId);
    if (this.#deps.cameras.find(cameraId) === undefined) {
      this.#asked.delete(cameraId);
      this.#abilities.delete(cameraId);
      this.#deps.visits.forget(cameraId);
    }
    if (this.#asked.has(cameraId)) this.#order(cameraId);
  }

  #retune(cameraId: Uuid): void {
    const endAfterMs = this.#endAfterMs(cameraId);
    const eye = this.#eyes.get(cameraId);
    if (endAfterMs === undefined) this.#close(cameraId);
    else eye?.machine.retune({ endAfterMs, ...(eye.isVideo ? { looksToBegin: LOOKS_OF_VIDEO } : {}) });
  }

  #order(cameraId: Uuid): void {
    const { cameras, line, log, models } = this.#deps;
    const settings = cameras.settingsOf(cameraId);
    const send = (facts: OrderFacts): void => {
      // Other settings meanwhile have orders of their own.
      if (settings === undefined || cameras.settingsOf(cameraId) !== settings) return;
      line.send(cameraId, ordersOf(settings, this.#abilities.get(cameraId), facts));
    };
    const facts = models.factsFor(cameraId);
    if (facts instanceof Promise)
      facts.then(send, (err: unknown) => log.error({ err, cameraId }, "camera.orders_not_sent"));
    else send(facts);
  }

  #open(cameraId: Uuid): AgentEye | undefined {
    const { cameras, clock } = this.#deps;
    const camera = cameras.find(cameraId);
    const endAfterMs = this.#endAfterMs(cameraId);
    if (camera === undefined || endAfterMs === undefined) return undefined;
    const known = this.#eyes.get(cameraId);
    const eye = known ?? {
      tenantId: camera.tenantId,
      machine: new EventMachine({ endAfterMs }),
      isVideo: false,
      heardMs: 0,
      atMs: 0,
      view: undefined,
    };
    eye.heardMs = clock.monotonicMs();
    this.#eyes.set(cameraId, eye);
    return eye;
  }

  #look(cameraId: Uuid, { looks, threshold, dark, cells, video }: CameraLooks): void {
    const eye = this.#open(cameraId);
    if (eye === undefined) return;
    eye.isVideo = video;
    this.#retune(cameraId);
    const { cameras, clock, density } = this.#deps;
    const zones = new Set(cameras.settingsOf(cameraId)?.motion.zones.map(({ name }) => name));
    const nowMs = clock.nowMs();
    for (const { agoMs, share, moves, zones: touched } of looks) {
      // Its clock is not ours: what it says is how long ago, and never before what it said earlier.
      eye.atMs = Math.max(eye.atMs, nowMs - agoMs);
      const look = { atMs: eye.atMs, share, moves, zones: touched.filter((name) => zones.has(name)) };
      density.note(eye.tenantId, cameraId, eye.atMs, strengthOf({ ...look, threshold }));
      this.#apply(cameraId, eye, eye.machine.take(look));
    }
    const { share } = looks.at(-1) as CameraLooks["looks"][number];
    const grid = { columns: COLUMNS, rows: ROWS, cells };
    eye.view = { ...grid, share, threshold, dark, atMs: eye.atMs, by: "agent" };
  }

  #pass(): void {
    const { clock } = this.#deps;
    for (const [cameraId, eye] of [...this.#eyes]) {
      this.#apply(cameraId, eye, eye.machine.pass(clock.nowMs()));
      if (clock.monotonicMs() - eye.heardMs > JUDGES_FOR_MS) this.#close(cameraId);
    }
  }

  #close(cameraId: Uuid): void {
    const eye = this.#eyes.get(cameraId);
    this.#eyes.delete(cameraId);
    if (eye !== undefined) this.#apply(cameraId, eye, eye.machine.end());
  }

  #apply(cameraId: Uuid, { tenantId }: AgentEye, changes: readonly EventChange[]): void {
    for (const change of changes) this.#deps.keeper.apply(tenantId, cameraId, "motion", change);
  }

  /** Undefined where nobody wants to know what moves. */
  #endAfterMs(cameraId: Uuid): number | undefined {
    const settings = this.#deps.cameras.settingsOf(cameraId);
    return settings?.enabled && settings.motion.enabled ? settings.motion.endAfterSeconds * 1_000 : undefined;
  }
}

/** What does not reach the threshold it was told with is no more than just enough. */
const strengthOf = (look: { share: number; threshold: number; moves: boolean }): number =>
  look.threshold > 0 && look.share >= look.threshold ? strengthDigit(look) : Number(look.moves);
