import type { UnixMs, Uuid } from "@gatehouse/base";
import { isSameGroup, type RecoveryKit } from "../../platform/secrets/index.ts";

const DRAFT_MS = 30 * 60_000;
const MAX_TRIES = 5;
/** People who may change the installation are few. */
const MAX_DRAFTS = 100;

/** A kit whose code was shown; of the code only what has to be typed back is kept. */
export interface Draft {
  readonly kit: RecoveryKit;
  readonly expected: readonly string[];
  readonly untilMs: UnixMs;
  readonly triesLeft: number;
}

/** Kits that wait until their code is typed back: one a person, the newest. */
export class Drafts {
  readonly #byPerson = new Map<Uuid, Draft>();

  put(personId: Uuid, kit: RecoveryKit, expected: readonly string[], nowMs: UnixMs): void {
    this.#byPerson.delete(personId);
    this.#byPerson.set(personId, { kit, expected, untilMs: nowMs + DRAFT_MS, triesLeft: MAX_TRIES });
    for (const oldest of this.#byPerson.keys()) {
      if (this.#byPerson.size <= MAX_DRAFTS) break;
      this.#byPerson.delete(oldest);
    }
  }

  /** The kit when the groups are right; "wrong" costs a try; undefined when none of this id waits any more. */
  match(
    personId: Uuid,
    kitId: string,
    typed: readonly string[],
    nowMs: UnixMs,
  ): RecoveryKit | "wrong" | undefined {
    const draft = this.#byPerson.get(personId);
    if (draft?.kit.id !== kitId || draft.untilMs <= nowMs || draft.triesLeft === 0) return undefined;
    const { expected, kit, triesLeft } = draft;
    if (expected.every((group, at) => isSameGroup(typed[at] ?? "", group))) return kit;
    this.#byPerson.set(personId, { ...draft, triesLeft: triesLeft - 1 });
    return "wrong";
  }

  end(personId: Uuid): void {
    this.#byPerson.delete(personId);
  }
}
