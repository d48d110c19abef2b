import { AppError, type Clock, type Logger } from "@gatehouse/base";
import { DEFAULT_MODEL, type Detector, openDetector, readDefaultModel } from "@gatehouse/detect";
import type { CameraModel, InsteadOfModel } from "@gatehouse/device-types/camera-words";
import { faultOf } from "../../sensors/files.ts";
import type { ModelShelf } from "../models/model-shelf.ts";
import { SharedDetector } from "./shared-detector.ts";

/** The one that comes along is tried again after this long, any other later: a file that does not open seldom does a minute later. */
const [RETRY_MS, MODEL_RETRY_MS] = [60_000, 600_000];
/** A model that nobody needs is let go of. */
const IDLE_MS = 120_000;
/** Models open at once beside the one that comes along: each has a thread and memory of its own. */
const MAX_OPEN = 3;

/** What looks for a camera now. */
export interface Chosen {
  readonly detector: Detector | undefined;
  readonly model: string;
  /** Why nothing looks, as a code. */
  readonly problem: string | undefined;
  /** Why the chosen one does not look; undefined while it does, or is opened. */
  readonly fault: Extract<InsteadOfModel["why"], "invalid" | "failed" | "no_room"> | undefined;
  /** The chosen model is the one that looks. */
  readonly isChosen: boolean;
}

export interface DetectorsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly shelf: ModelShelf;
  /** For tests: another than the one that comes along. */
  readonly openBuiltIn?: () => Promise<Detector>;
}

/** What the cameras of this machine look with: models that were chosen and are here, and the one that comes along in their place. */
export class Detectors {
  readonly #deps: DetectorsDeps;
  readonly #models = new Map<string, SharedDetector>();
  #builtIn: SharedDetector;

  constructor(deps: DetectorsDeps) {
    this.#deps = deps;
    this.#builtIn = this.#makeBuiltIn();
  }

  /** Opens what is to look when it is not open. */
  choose(model: CameraModel | undefined): Chosen {
    const own = model === undefined ? undefined : this.#own(model);
    const detector = own?.find();
    const chosen = { model: own?.model ?? "", problem: undefined, fault: undefined, isChosen: true };
    if (detector !== undefined) return { ...chosen, detector };
    const isFull = own === undefined && model !== undefined && this.#isHere(model);
    const { problem, model: name } = this.#builtIn;
    return {
      detector: this.#builtIn.find(),
      ...{ model: name, problem, isChosen: model === undefined },
      fault: isFull ? "no_room" : faultIn(own?.problem),
    };
  }

  /** A look failed: the model that comes along takes the place of one that was chosen for a while. */
  failed(model: CameraModel): void {
    const own = this.#models.get(keyOf(model));
    own
      ?.fail("detector.failed")
      .catch((error: unknown) => this.#deps.log.warn({ reason: faultOf(error) }, "detector.not_closed"));
  }

  /** Once a second: what nobody needs is closed. */
  pass(): void {
    for (const [key, own] of this.#models)
      if (own.idleMs > IDLE_MS) {
        this.#models.delete(key);
        this.#close(own);
      }
    if (this.#builtIn.idleMs <= IDLE_MS) return;
    this.#close(this.#builtIn);
    this.#builtIn = this.#makeBuiltIn();
  }

  async close(): Promise<void> {
    await Promise.all([this.#builtIn, ...this.#models.values()].map((one) => one.close()));
  }

  #isHere(model: CameraModel): boolean {
    return model.files.every((file) => this.#deps.shelf.isWhole(file));
  }

  /** Undefined while its files are not here, or too many others are open. */
  #own(model: CameraModel): SharedDetector | undefined {
    const { clock, log } = this.#deps;
    const key = keyOf(model);
    const known = this.#models.get(key);
    if (known !== undefined || !this.#isHere(model) || this.#models.size >= MAX_OPEN) return known;
    const open = (): Promise<Detector> => this.#open(model);
    const own = new SharedDetector({ clock, log, model: model.name, retryMs: MODEL_RETRY_MS, open });
    this.#models.set(key, own);
    return own;
  }

  /** In a process of its own, with a bound on its memory: what a file asks for is only known by running it. */
  async #open(model: CameraModel): Promise<Detector> {
    const { clock, shelf } = this.#deps;
    const file = await shelf.read(model);
    if (file === undefined) {
      this.#models.delete(keyOf(model));
      throw new AppError("detector.failed", { detail: "a file of the model is not the one that was added" });
    }
    const isForeign = true;
    return openDetector(
      file.format === "onnx" ? { kind: "onnx", file, isForeign } : { kind: "ncnn", file, isForeign },
      clock,
    );
  }

  #makeBuiltIn(): SharedDetector {
    const { clock, log, openBuiltIn = () => openDefault(clock) } = this.#deps;
    return new SharedDetector({
      clock,
      log,
      model: DEFAULT_MODEL.name,
      retryMs: RETRY_MS,
      open: openBuiltIn,
    });
  }

  #close(detector: SharedDetector): void {
    detector
      .close()
      .catch((error: unknown) => this.#deps.log.warn({ reason: faultOf(error) }, "detector.not_closed"));
  }
}

const keyOf = ({ files, name }: CameraModel): string =>
  [name, ...files.map(({ sha256 }) => sha256)].join(" ");

const faultIn = (problem: string | undefined): Chosen["fault"] =>
  problem === undefined ? undefined : problem === "detector.model_invalid" ? "invalid" : "failed";

const openDefault = async (clock: Clock): Promise<Detector> => {
  const file = await readDefaultModel();
  return openDetector({ kind: "onnx", file }, clock);
};
