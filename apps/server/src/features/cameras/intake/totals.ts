import type { FrameRefusal } from "../ports.ts";

/** Of all cameras since start, for Prometheus. Codes are those of the catalogue, so the labels are bounded. */
export class Totals {
  readonly #refused = new Map<FrameRefusal, number>();
  #frames = 0;
  #bytes = 0;

  took(bytes: number): void {
    this.#frames++;
    this.#bytes += bytes;
  }

  refused(code: FrameRefusal): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get refusedByCode(): ReadonlyMap<FrameRefusal, number> {
    return this.#refused;
  }
}
