import type { Clock, Logger, Random, UnixMs } from "@gatehouse/base";
import type { VisitChange } from "@gatehouse/detect";
import {
  type CameraFound,
  type CameraModelPiece,
  type CameraOrders,
  type CameraVisit,
  type CameraWord,
  type InsteadOfModel,
  MAX_BOXES,
  MAX_LOOK_AGE_MS,
  MAX_LOOKS,
} from "@gatehouse/device-types/camera-words";
import type { Found } from "@gatehouse/video";
import type { StateFolder } from "../../state/state-folder.ts";
import { ModelFetch } from "../models/model-fetch.ts";
import type { ModelShelf } from "../models/model-shelf.ts";
import type { SoundPicture } from "../sound-pictures.ts";
import type { Chosen, Detectors } from "./detectors.ts";
import { type Finding, Lookout } from "./lookout.ts";
import { ShownPicture } from "./shown-picture.ts";
import { VisitBook } from "./visit-book.ts";

export interface CameraDetectionDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly state: Pick<StateFolder, "read" | "write">;
  readonly ffmpeg: () => Promise<string>;
  readonly cameraId: string;
  readonly detectors: Detectors;
  readonly shelf: ModelShelf;
  serverNowMs(): UnixMs;
  /** Whether something moves; undefined where no gate judges. */
  moves(): boolean | undefined;
  /** Whether recordings stay at this machine. */
  keeps(): boolean;
  isConnected(): boolean;
  /** Answers why it was refused. */
  say(word: CameraWord): Promise<string | undefined>;
  /** Something counts that was found in a picture. */
  noted(found: Found): void;
  /** A visit began, goes on or is over. */
  visited(visit: CameraVisit): void;
}

type Told = CameraFound["looks"][number] & { readonly atMs: UnixMs };

/** What is found in one camera's pictures at this machine, and what the server hears of it. */
export class CameraDetection {
  readonly #deps: CameraDetectionDeps;
  readonly #lookout: Lookout;
  readonly #book: VisitBook;
  readonly #fetch: ModelFetch;
  readonly #shown: ShownPicture;
  /** Visits that are told behind a picture. */
  #turn: Promise<void> = Promise.resolve();
  #orders: CameraOrders["detection"];
  #looks: Told[] = [];
  #isTelling = false;

  private constructor(deps: CameraDetectionDeps, book: VisitBook) {
    this.#deps = deps;
    this.#book = book;
    this.#lookout = new Lookout({
      ...deps,
      choose: () => this.#choose(),
      failed: ({ isChosen }) => {
        const model = this.#orders?.model;
        if (isChosen && model !== undefined) deps.detectors.failed(model);
      },
      found: (finding) => this.#found(finding),
    });
    this.#fetch = new ModelFetch(deps);
    this.#shown = new ShownPicture(deps);
  }

  static async open(deps: CameraDetectionDeps): Promise<CameraDetection> {
    return new CameraDetection(deps, await VisitBook.open(deps));
  }

  /** Visits that the server has not heard of to their end. */
  get visits(): readonly CameraVisit[] {
    return this.#book.visits;
  }

  get status(): object {
    const chosen = this.#orders === undefined ? undefined : this.#choose();
    const instead = chosen && this.#instead(chosen);
    return {
      ...this.#lookout.counts,
      ...(chosen === undefined ? {} : { detector: chosen.model }),
      ...(chosen?.problem === undefined ? {} : { detectorProblem: chosen.problem }),
      ...(instead === undefined ? {} : { detectorInstead: instead }),
      modelsDamaged: this.#fetch.damaged,
      ...this.#book.counts,
    };
  }

  set(orders: CameraOrders["detection"]): void {
    this.#orders = orders;
    this.#fetch.want(orders?.model);
    this.#lookout.set(orders);
  }

  see(picture: SoundPicture): void {
    this.#lookout.see(picture, this.#deps.serverNowMs());
  }

  /** A piece of the model came. */
  take(piece: CameraModelPiece): void {
    this.#fetch.take(piece);
  }

  connected(): void {
    this.#book.connected();
    this.#fetch.connected();
  }

  /** Once a second. */
  tick(): void {
    this.#lookout.tick(this.#deps.serverNowMs());
    this.#book.tell();
    this.#fetch.tick();
    this.#deps.detectors.pass();
    void this.#tell();
  }

  async stop(): Promise<void> {
    this.#lookout.stop();
    this.#fetch.want(undefined);
    await this.#fetch.idle();
    await this.#turn;
    await this.#book.idle();
  }

  #choose(): Chosen {
    return this.#deps.detectors.choose(this.#orders?.model);
  }

  /** Why another model looks than the one that was chosen; undefined where none does. */
  #instead({ fault, isChosen }: Chosen): InsteadOfModel | undefined {
    const wanted = this.#orders?.model;
    if (isChosen || wanted === undefined) return undefined;
    const { share, why } = this.#fetch;
    return { wanted: wanted.name, why: fault ?? why, share };
  }

  #found({ atMs, model, things, changes, picture }: Finding): void {
    const boxes = things.slice(0, MAX_BOXES).map((thing) => ({ ...thing }));
    this.#looks = [...this.#looks, { atMs, agoMs: 0, boxes }].slice(-MAX_LOOKS);
    if (boxes.length > 0) this.#deps.noted({ v: 1, takenMs: atMs, model, boxes });
    if (this.#orders?.shows !== true) {
      this.#shown.forget();
      this.#note(changes, model);
      return;
    }
    if (picture !== undefined) this.#shown.see({ atMs, things, picture });
    if (changes.length === 0) return;
    const isSure = changes.some(({ kind }) => kind === "began");
    this.#turn = this.#turn.then(async () => {
      if (isSure) await this.#shown.show();
      this.#shown.forget();
      this.#note(changes, model);
    });
  }

  #note(changes: readonly VisitChange[], model: string): void {
    for (const change of changes) this.#deps.visited(this.#book.note(change, model, this.#deps.keeps()));
  }

  /** What cannot be told now is of no use later: visits say what there was. */
  async #tell(): Promise<void> {
    if (this.#orders === undefined || this.#isTelling || !this.#deps.isConnected()) return;
    const { say, serverNowMs } = this.#deps;
    const chosen = this.#choose();
    const instead = this.#instead(chosen);
    const { lookMs, looksPerSecond } = this.#lookout.counts;
    const nowMs = serverNowMs();
    const looks = this.#looks
      .filter(({ atMs }) => nowMs - atMs <= MAX_LOOK_AGE_MS)
      .map(({ atMs, boxes }) => ({ agoMs: Math.max(0, Math.round(nowMs - atMs)), boxes }));
    this.#looks = [];
    this.#isTelling = true;
    const why = {
      ...(chosen.problem === undefined ? {} : { problem: chosen.problem }),
      ...(instead === undefined ? {} : { instead }),
    };
    try {
      const rates = { lookMs: Math.min(60_000, lookMs), looksPerSecond };
      await say({ kind: "camera", says: "found", model: chosen.model, ...rates, ...why, looks });
    } catch {
      // The line broke: it is told anew with the next look.
    } finally {
      this.#isTelling = false;
    }
  }
}
