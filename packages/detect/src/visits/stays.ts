import type { Track } from "../tracking/tracker.ts";
import type { Seen } from "./visit.ts";
import type { VisitZone } from "./visit-zone.ts";

interface Stay {
  readonly sinceMs: number;
  /** Of the last look of it. */
  readonly lastMs: number;
}

/** Stays where it counts, whichever zone that is; names of zones are the other keys. */
const COUNTING = Symbol("counting");

/** How long those whom one tracker follows have stayed in zones, and since when they count. */
export class Stays {
  readonly #pauseMs: number;
  readonly #stays = new Map<Track["id"], Map<string | typeof COUNTING, Stay>>();

  /** @param pauseMs who is away for longer begins anew */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** A look found it in these zones; in none where all of the picture is watched. Looks come in order. */
  note(id: Track["id"], zones: readonly VisitZone[], atMs: number): Pick<Seen, "zones" | "fromMs"> {
    const stayed = zones.flatMap(({ name, loiterSeconds = 0 }) => {
      const sinceMs = this.#goesOn(id, name, atMs, atMs);
      return atMs - sinceMs >= loiterSeconds * 1_000 ? { name, sinceMs } : [];
    });
    if (zones.length > 0 && stayed.length === 0) return { zones: [], fromMs: Number.POSITIVE_INFINITY };
    const beganMs = Math.min(atMs, ...stayed.map(({ sinceMs }) => sinceMs));
    return { zones: stayed.map(({ name }) => name), fromMs: this.#goesOn(id, COUNTING, beganMs, atMs) };
  }

  /** The others have gone. */
  keep(tracks: readonly Pick<Track, "id">[]): void {
    const ids = new Set(tracks.map(({ id }) => id));
    for (const id of this.#stays.keys()) if (!ids.has(id)) this.#stays.delete(id);
  }

  /** Answers since when; `beganMs` where it begins with this look. */
  #goesOn(id: Track["id"], where: string | typeof COUNTING, beganMs: number, atMs: number): number {
    const stays = this.#stays.get(id) ?? new Map<string | typeof COUNTING, Stay>();
    this.#stays.set(id, stays);
    const known = stays.get(where);
    const goesOn = known !== undefined && atMs - known.lastMs <= this.#pauseMs;
    const sinceMs = goesOn ? known.sinceMs : beganMs;
    stays.set(where, { sinceMs, lastMs: atMs });
    return sinceMs;
  }
}
