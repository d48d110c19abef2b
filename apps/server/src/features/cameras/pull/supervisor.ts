import type { Timer, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { SourceBook } from "./book.ts";
import { Puller, type PullerDeps } from "./puller.ts";
import { type ChosenSource, inTurns, kindOf, type Trouble } from "./source-model.ts";

export interface SupervisorDeps extends PullerDeps {
  readonly book: SourceBook;
  /** Fetched at once, of all organisations in turns. */
  readonly maxSources: number;
  isSuspended(tenantId: Uuid): boolean;
}

const LOOK_EVERY_MS = 1_000;

/** One puller for each camera that has a source and may deliver; none for any other. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #pullers = new Map<Uuid, Puller>();
  readonly #stopping = new Set<Promise<void>>();
  #timer: Timer | undefined;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = this.#deps.clock.every(LOOK_EVERY_MS, () => this.look());
    this.look();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    for (const puller of this.#pullers.values()) this.#end(puller);
    await Promise.all(this.#stopping);
  }

  get running(): number {
    return this.#pullers.size;
  }

  /** Ends what may not be fetched any more, or not so; begins what may. */
  look(): void {
    const able = this.#deps.book.all().filter((source) => this.#mayDeliver(source));
    const chosen = inTurns(able).slice(0, this.#deps.maxSources);
    const wanted = new Map(chosen.map((source) => [source.cameraId, source]));
    for (const puller of this.#pullers.values()) {
      const { source, as } = puller;
      if (wanted.get(source.cameraId) !== source || this.#asOf(source.cameraId) !== as) this.#end(puller);
    }
    for (const source of wanted.values()) if (!this.#pullers.has(source.cameraId)) this.#begin(source);
  }

  /** Why the camera delivers nothing, or not everything. */
  troubleOf(cameraId: Uuid): Trouble | undefined {
    const { book } = this.#deps;
    if (book.isUnreadable(cameraId)) return { problem: "unreadable" };
    const puller = this.#pullers.get(cameraId);
    if (puller !== undefined) return puller.trouble;
    const source = book.all().find((one) => one.cameraId === cameraId);
    return source !== undefined && this.#mayDeliver(source) ? { problem: "limit" } : undefined;
  }

  healthOf(cameraId: Uuid): Pick<cameras.CameraHealth, "problem" | "convertRatio"> {
    const problem = this.troubleOf(cameraId)?.problem;
    const convertRatio = this.#pullers.get(cameraId)?.convertRatio;
    return {
      ...(problem === undefined ? {} : { problem }),
      ...(convertRatio === undefined ? {} : { convertRatio }),
    };
  }

  viewOf(source: ChosenSource): cameras.SourceView {
    const { cameraId, url, allowPrivate, user, password, changedMs } = source;
    const puller = this.#pullers.get(cameraId);
    const trouble = this.troubleOf(cameraId);
    const nextMs = puller?.nextMs;
    return {
      kind: kindOf(url),
      url,
      allowPrivate,
      hasLogin: user !== "" || password !== "",
      changedMs,
      state: puller?.state ?? (this.#mayDeliver(source) ? "waiting" : "off"),
      ...(trouble === undefined ? {} : { trouble }),
      ...(nextMs === undefined ? {} : { nextMs }),
    };
  }

  #mayDeliver({ tenantId, cameraId }: ChosenSource): boolean {
    const { cameras: known, isSuspended } = this.#deps;
    const camera = known.find(cameraId);
    if (camera?.tenantId !== tenantId || camera.revoked || isSuspended(tenantId)) return false;
    return known.settingsOf(cameraId)?.enabled === true;
  }

  /** Only single pictures can be blackened. */
  #asOf(cameraId: Uuid): "copy" | "jpeg" {
    return (this.#deps.cameras.settingsOf(cameraId)?.masks.length ?? 0) > 0 ? "jpeg" : "copy";
  }

  #begin(source: ChosenSource): void {
    const puller = new Puller(source, this.#asOf(source.cameraId), this.#deps);
    this.#pullers.set(source.cameraId, puller);
    puller.start();
  }

  #end(puller: Puller): void {
    this.#pullers.delete(puller.source.cameraId);
    const ended = puller.stop().finally(() => this.#stopping.delete(ended));
    this.#stopping.add(ended);
  }
}
