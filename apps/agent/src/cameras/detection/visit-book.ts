import { type Clock, type Logger, newUuid, type Random, type UnixMs } from "@gatehouse/base";
import { PERSON, type VisitChange } from "@gatehouse/detect";
import { CameraVisit, type CameraWord } from "@gatehouse/device-types/camera-words";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { faultOf } from "../../sensors/files.ts";
import type { StateFolder } from "../../state/state-folder.ts";

export interface VisitBookDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly state: Pick<StateFolder, "read" | "write">;
  isConnected(): boolean;
  /** Answers why it was refused. */
  say(word: CameraWord): Promise<string | undefined>;
}

const FILE = "visits.json";
/** Kept while the server is away; beyond, the oldest goes. */
const MAX_VISITS = 1_000;
/** How far what is on disk may lag behind while one goes on, and how often it is said. */
const WRITE_EVERY_MS = 10_000;
const SAY_EVERY_MS = 5_000;
const Visits = Type.Array(CameraVisit, { maxItems: MAX_VISITS });

interface Entry {
  visit: CameraVisit;
  /** As the server has it. */
  said: CameraVisit | undefined;
  writtenMs: UnixMs;
}

/**
 * Visits that the server has not heard to their end, on disk from their beginning on: told at once where the server is
 * there, else when it is back, the oldest first.
 */
export class VisitBook {
  readonly #deps: VisitBookDeps;
  readonly #entries = new Map<string, Entry>();
  #current: string | undefined;
  #writing: Promise<void> = Promise.resolve();
  #telling: Promise<void> | undefined;
  #dropped = 0;
  #refused = 0;

  private constructor(deps: VisitBookDeps) {
    this.#deps = deps;
  }

  /** What went on when the machine stopped ended with the last sign of it. */
  static async open(deps: VisitBookDeps): Promise<VisitBook> {
    const book = new VisitBook(deps);
    for (const visit of await readVisits(deps)) {
      const closed = { ...visit, endMs: visit.endMs ?? visit.seenMs };
      book.#entries.set(visit.id, { visit: closed, said: undefined, writtenMs: closed.seenMs });
    }
    return book;
  }

  /** Those that the server has not heard of to their end. */
  get visits(): readonly CameraVisit[] {
    return [...this.#entries.values()].map(({ visit }) => visit);
  }

  get counts(): {
    readonly visitsWaiting: number;
    readonly visitsDropped: number;
    readonly visitsRefused: number;
  } {
    const open = this.#current === undefined ? 0 : 1;
    const visitsWaiting = Math.max(0, this.#entries.size - open);
    return { visitsWaiting, visitsDropped: this.#dropped, visitsRefused: this.#refused };
  }

  /** Answers the visit as it is now. */
  note({ kind, visit: seen }: VisitChange, model: string, kept: boolean): CameraVisit {
    this.#current ??= newUuid(this.#deps.clock, this.#deps.random);
    const id = this.#current;
    const visit: CameraVisit = {
      ...{ kind: "camera", says: "visit", id, kept, model },
      what: seen.labels.includes(PERSON) ? "person" : "object",
      startMs: Math.round(seen.startMs),
      seenMs: Math.round(seen.lastMs),
      ...(kind === "ended" ? { endMs: Math.round(seen.lastMs) } : {}),
      bestMs: Math.round(seen.bestMs),
      strength: Math.min(1, seen.areaRatio),
      zones: seen.zones.slice(0, 16),
      labels: seen.labels.slice(0, 80),
      mostAtOnce: seen.mostAtOnce,
      counted: seen.counted,
      score: seen.best.score,
      path: seen.path.map(([x, y]) => [x, y]),
      bestBox: { ...seen.best },
      alarmMs: Math.round(seen.sureMs),
    };
    const known = this.#entries.get(id);
    const isDue = kind !== "went_on" || visit.seenMs - (known?.writtenMs ?? 0) >= WRITE_EVERY_MS;
    const writtenMs = isDue ? visit.seenMs : (known?.writtenMs ?? 0);
    this.#entries.set(id, { visit, said: known?.said, writtenMs });
    if (kind === "ended") this.#current = undefined;
    if (isDue) this.#write();
    this.tell();
    return visit;
  }

  /** A session began: the server may not have heard what was said last. */
  connected(): void {
    for (const entry of this.#entries.values()) entry.said = undefined;
    this.tell();
  }

  /** Says what the server has not heard. */
  tell(): void {
    if (!this.#deps.isConnected() || this.#telling !== undefined || this.#news() === undefined) return;
    this.#telling = this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  async idle(): Promise<void> {
    await this.#telling;
    await this.#writing;
  }

  async #tellAll(): Promise<void> {
    try {
      for (;;) {
        const entry = this.#news();
        if (entry === undefined) return;
        const { visit } = entry;
        const code = await this.#deps.say(visit);
        if (code !== undefined && !code.startsWith("message.")) return;
        if (code !== undefined) {
          this.#refused++;
          this.#deps.log.error({ visit: visit.id, code }, "visit.refused");
        }
        const now = this.#entries.get(visit.id);
        if (now !== undefined) now.said = visit;
        if (visit.endMs !== undefined) {
          this.#entries.delete(visit.id);
          this.#write();
        }
      }
    } catch (error) {
      this.#deps.log.debug({ reason: faultOf(error) }, "visit.waits");
    }
  }

  /** The oldest of which the server does not know all. */
  #news(): Entry | undefined {
    return [...this.#entries.values()].find(isNews);
  }

  #write(): void {
    while (this.#entries.size > MAX_VISITS) {
      this.#entries.delete(this.#entries.keys().next().value as string);
      if (this.#dropped++ === 0) this.#deps.log.error({}, "visits.dropped");
    }
    const bytes = Buffer.from(JSON.stringify(this.visits));
    this.#writing = this.#writing
      .then(() => this.#deps.state.write(FILE, bytes))
      .catch((error: unknown) => this.#deps.log.error({ reason: faultOf(error) }, "visits.not_written"));
  }
}

const isNews = ({ visit, said }: Entry): boolean =>
  said === undefined ||
  said.endMs !== visit.endMs ||
  said.mostAtOnce !== visit.mostAtOnce ||
  visit.seenMs - said.seenMs >= SAY_EVERY_MS;

async function readVisits({ state, log }: VisitBookDeps): Promise<CameraVisit[]> {
  const bytes = await state.read(FILE);
  try {
    const value: unknown = bytes === undefined ? [] : JSON.parse(Buffer.from(bytes).toString());
    if (Check(Visits, value)) return value;
  } catch {
    // Said below.
  }
  log.error({}, "visits.damaged");
  return [];
}
