import type { CameraFetch, CameraWord } from "@gatehouse/device-types/camera-words";
import type { ClipRing } from "./clip-ring.ts";

/** Events that are fetched at once; more have to wait for one of them. */
const MAX_FETCHES = 20;

interface Fetch {
  readonly ids: readonly string[];
  said: number | undefined;
}

/** Recordings of events that stay here until somebody asks for them: what is asked for, and how far it is. */
export class ClipFetches {
  readonly #ring: ClipRing;
  readonly #say: (word: CameraWord) => Promise<unknown>;
  readonly #asked = new Map<string, Fetch>();

  constructor(ring: ClipRing, say: (word: CameraWord) => Promise<unknown>) {
    this.#ring = ring;
    this.#say = say;
  }

  async take({ says, event, fromMs, toMs }: CameraFetch): Promise<void> {
    const known = this.#asked.get(event);
    if (says === "cancel") {
      this.#asked.delete(event);
      const others = new Set([...this.#asked.values()].flatMap(({ ids }) => ids));
      await this.#ring.leave((known?.ids ?? []).filter((id) => !others.has(id)));
    } else if (known === undefined && this.#asked.size < MAX_FETCHES) {
      const clips = await this.#ring.ask(fromMs, toMs);
      this.#asked.set(event, { ids: clips.map(({ id }) => id), said: undefined });
    } else if (known !== undefined) known.said = undefined;
    await this.tick();
  }

  /** A new session: the server may not have heard the last word. */
  connected(): void {
    for (const fetch of this.#asked.values()) fetch.said = undefined;
  }

  /** Tells how far each is, when it is another than before. */
  async tick(): Promise<void> {
    const there = new Map(this.#ring.clips.map(({ id, mark }) => [id, mark]));
    for (const [event, fetch] of [...this.#asked]) {
      const left = fetch.ids.flatMap((id) => there.get(id) ?? []).filter(({ sent }) => sent === "wanted");
      if (left.length === fetch.said) continue;
      fetch.said = left.length;
      const bytesLeft = left.reduce((sum, { bytes }) => sum + bytes, 0);
      const progress = { segments: fetch.ids.length, left: left.length, bytesLeft };
      await this.#say({ kind: "camera", says: "fetching", event, ...progress });
      if (left.length === 0) this.#asked.delete(event);
    }
  }
}
