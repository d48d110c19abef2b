import type { Clock } from "@gatehouse/base";
import { type CapturedPicture, PICTURE_KINDS } from "@gatehouse/capture";
import type { cameras } from "@gatehouse/contract";
import { inspectFrame } from "../intake/inspect.ts";
import type { OpenSource } from "./ports.ts";
import { type ChosenSource, specOf, type Trouble, troubleOf } from "./source-model.ts";

/** All together; and how long pictures are counted once they come. */
const LONGEST_MS = 10_000;
const COUNT_MS = 3_000;

/** Connects once, and says what is there. */
export async function probe(
  source: ChosenSource,
  open: OpenSource,
  clock: Clock,
): Promise<cameras.SourceTest> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timers = [clock.after(LONGEST_MS, end)];
  const found = new Found(clock);
  let trouble: Trouble | undefined;
  try {
    const pictures = open(specOf(source), {
      signal: ending.signal,
      as: "copy",
      allowPrivate: source.allowPrivate,
      onLoss: (reason) => {
        if (reason === "too_large") trouble = { problem: "cut" };
      },
      onCost: () => undefined,
    });
    for await (const picture of pictures) {
      if (found.isEmpty) timers.push(clock.after(COUNT_MS, end));
      const fault = found.take(picture);
      if (fault !== undefined) trouble ??= { problem: "refused", detail: fault };
    }
    if (found.isEmpty) trouble ??= { problem: "timeout" };
  } catch (error) {
    trouble = troubleOf(error);
  } finally {
    for (const timer of timers) timer.cancel();
    end();
  }
  return { ok: !found.isEmpty, ...found.view(), ...(trouble === undefined ? {} : { trouble }) };
}

class Found {
  readonly #clock: Clock;
  #init: Parameters<typeof inspectFrame>[1];
  #seen: Pick<cameras.SourceTest, "video" | "width" | "height"> | undefined;
  #firstMs: number | undefined;
  /** Of pictures, and how long they are shown: without the first JPEG, which took no time that is known. */
  #count = { pictures: 0, bytes: 0, overMs: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#firstMs === undefined;
  }

  /** Why it is none, by its code. */
  take({ kind, bytes, pictures = 1, durationMs }: CapturedPicture): string | undefined {
    const sound = inspectFrame({ kind: PICTURE_KINDS[kind], bytes }, this.#init);
    if (typeof sound === "string") return sound;
    this.#init = sound.init ?? this.#init;
    this.#seen = { video: kind === "jpeg" ? "jpeg" : "h264", width: sound.width, height: sound.height };
    if (kind === "h264-init") return undefined;
    const nowMs = this.#clock.monotonicMs();
    const before = this.#count;
    if (durationMs !== undefined)
      this.#count = {
        pictures: before.pictures + pictures,
        bytes: before.bytes + bytes.length,
        overMs: before.overMs + durationMs,
      };
    else if (this.#firstMs !== undefined)
      this.#count = {
        pictures: before.pictures + 1,
        bytes: before.bytes + bytes.length,
        overMs: nowMs - this.#firstMs,
      };
    this.#firstMs ??= nowMs;
    return undefined;
  }

  view(): Omit<cameras.SourceTest, "ok" | "trouble"> {
    const { pictures, bytes, overMs } = this.#count;
    const perSecond = (value: number): number => (value * 1_000) / overMs;
    const pace = {
      framesPerSecond: Math.round(perSecond(pictures) * 10) / 10,
      bytesPerSecond: Math.round(perSecond(bytes)),
    };
    return this.isEmpty ? {} : { ...this.#seen, ...(overMs > 0 ? pace : {}) };
  }
}
