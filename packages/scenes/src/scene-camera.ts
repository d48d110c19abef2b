import { writeCaption } from "./caption.ts";
import type { Figure, TrueBox } from "./figure.ts";
import { FigurePainter } from "./figure-painter.ts";
import { addGrain } from "./grain.ts";
import { PLACES, type SceneName } from "./places/index.ts";
import type { Place } from "./places/place.ts";
import { castShadows } from "./shadow.ts";
import { Story } from "./story.ts";
import { Lens } from "./trace/lens.ts";
import { drawPlate, type Plate } from "./trace/plate.ts";
import { length, sub } from "./trace/vector.ts";
import { World } from "./trace/world.ts";

export interface SceneFrame {
  /** Three bytes a pixel. */
  readonly rgb: Uint8ClampedArray;
  /** Who is in the picture, and where: what a detector should find. */
  readonly boxes: readonly TrueBox[];
}

export interface SceneOptions {
  readonly width?: number;
  readonly height?: number;
  /** Another one has other visits and another grain. */
  readonly seed?: number;
}

/** Standard deviations of a pixel: lamps that nobody sees make more noise. */
const GRAIN = { light: 2.2, infrared: 4.2 } as const;
const HIDDEN_RATIO = 0.02;

/** Makes a camera a row of its place at a time. */
export function* prepareScene(
  name: SceneName,
  { width = 640, height = 360, seed = 1 }: SceneOptions = {},
): Generator<undefined, SceneCamera> {
  const place = PLACES[name];
  const world = new World(place.stage.shapes);
  const lens = new Lens(place.view, width, height);
  return new SceneCamera(name, place, world, lens, yield* drawPlate(place.stage, world, lens), seed);
}

/** Makes a camera at once, which takes seconds. */
export function drawScene(name: SceneName, options?: SceneOptions): SceneCamera {
  const rows = prepareScene(name, options);
  for (;;) {
    const { done, value } = rows.next();
    if (done === true) return value;
  }
}

/** A camera at a place that does not exist; a frame takes milliseconds. */
export class SceneCamera {
  readonly name: SceneName;
  readonly width: number;
  readonly height: number;
  readonly story: Story;
  readonly #place: Place;
  readonly #lens: Lens;
  readonly #plate: Plate;
  readonly #painter: FigurePainter;
  readonly #seed: number;

  constructor(name: SceneName, place: Place, world: World, lens: Lens, plate: Plate, seed: number) {
    this.name = name;
    this.width = lens.width;
    this.height = lens.height;
    this.#seed = seed;
    this.#place = place;
    this.#lens = lens;
    this.#plate = plate;
    this.#painter = new FigurePainter(place.stage, plate, lens, world);
    this.story = new Story(place, seed);
  }

  /** The picture at a moment: the same one whenever it is asked for. */
  frame(atMs: number, caption?: string): SceneFrame {
    return this.draw(this.story.figuresAt(atMs), Math.floor(atMs), caption);
  }

  /** The picture with these in it; `grain` chooses the noise. */
  draw(figures: readonly Figure[], grain: number, caption?: string): SceneFrame {
    const { stage } = this.#place;
    const rgb = new Uint8ClampedArray(this.#plate.rgb);
    const away = (figure: Figure): number => length(sub(figure.centre, this.#lens.at));
    const farFirst = figures.toSorted((a, b) => away(b) - away(a));
    for (const figure of farFirst) castShadows(rgb, this.#plate, this.#lens, stage.lights, figure);
    const boxes = farFirst.flatMap((figure) => this.#painter.paint(rgb, figure) ?? []);
    const deviation = stage.film.infrared ? GRAIN.infrared : GRAIN.light;
    addGrain(rgb, this.width, grain + this.#seed, deviation);
    if (caption !== undefined) writeCaption(rgb, this.width, caption);
    return { rgb, boxes: boxes.filter(({ visibleRatio }) => visibleRatio > HIDDEN_RATIO) };
  }
}
