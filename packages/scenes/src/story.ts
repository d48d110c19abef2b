import { type Figure, figureOf } from "./figure.ts";
import type { Act } from "./people/act.ts";
import { car } from "./people/car.ts";
import { person } from "./people/person.ts";
import { Route } from "./people/route.ts";
import type { Place } from "./places/place.ts";
import { chance } from "./trace/noise.ts";

interface Part {
  readonly route: Route;
  figureAt(seconds: number): Figure;
}

/** What goes on at a place: a pure function of the clock, so that a camera that starts again goes on in the middle. */
export class Story {
  readonly #place: Place;
  readonly #seed: number;
  readonly #acts: readonly (readonly Part[])[];

  constructor(place: Place, seed: number) {
    this.#place = place;
    this.#seed = seed;
    this.#acts = place.acts.map(partsOf);
  }

  /** Those who are about, also just outside of the picture. */
  figuresAt(atMs: number): Figure[] {
    const { spanSeconds, liveliness } = this.#place;
    const span = Math.floor(atMs / 1_000 / spanSeconds);
    if (chance(span, this.#seed, 1) >= liveliness) return [];
    const act = this.#acts[Math.floor(chance(span, this.#seed, 2) * this.#acts.length)] ?? [];
    const beginsS = chance(span, this.#seed, 3) * (spanSeconds - lengthOf(act));
    const seconds = atMs / 1_000 - span * spanSeconds - beginsS;
    return seconds < 0 ? [] : figuresOf(act, seconds);
  }

  /** One act by its number, from its beginning. */
  figuresOfAct(act: number, seconds: number): Figure[] {
    return figuresOf(this.#acts[act] ?? [], seconds);
  }

  /** Of each act. */
  get seconds(): number[] {
    return this.#acts.map(lengthOf);
  }
}

const lengthOf = (act: readonly Part[]): number => Math.max(0, ...act.map(({ route }) => route.seconds));

const figuresOf = (act: readonly Part[], seconds: number): Figure[] =>
  act.filter(({ route }) => seconds <= route.seconds).map((part) => part.figureAt(seconds));

function partsOf({ persons, cars = [] }: Act): Part[] {
  return [
    ...persons.map(({ look, walk, metresPerSecond }): Part => {
      const route = new Route(walk, metresPerSecond);
      return { route, figureAt: (seconds) => figureOf("person", person(look, route.at(seconds))) };
    }),
    ...cars.map(({ paint, drive, metresPerSecond }): Part => {
      const route = new Route(drive, metresPerSecond);
      return {
        route,
        figureAt(seconds) {
          const { x, z, yaw } = route.at(seconds);
          return figureOf("car", car({ at: [x, 0, z], yaw }, paint, true));
        },
      };
    }),
  ];
}
