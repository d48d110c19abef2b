import { AppError, type Uuid } from "@gatehouse/base";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";

/** Places for answers that stay open: multipart streams and calls of programs. */
export class Places {
  readonly #max: number;
  readonly #maxPerPerson: number;
  readonly #perPerson = new Map<Uuid, number>();
  #total = 0;

  constructor(max: number, maxPerPerson: number) {
    this.#max = max;
    this.#maxPerPerson = maxPerPerson;
  }

  /** Takes a place; returns how to give it back. Fails with server.busy. */
  enter({ personId }: PersonPrincipal): () => void {
    const own = this.#perPerson.get(personId) ?? 0;
    if (this.#total >= this.#max || own >= this.#maxPerPerson)
      throw new AppError("server.busy", { retryAfterSeconds: 5 });
    this.#total++;
    this.#perPerson.set(personId, own + 1);
    return () => {
      this.#total--;
      const left = (this.#perPerson.get(personId) ?? 1) - 1;
      if (left === 0) this.#perPerson.delete(personId);
      else this.#perPerson.set(personId, left);
    };
  }
}
