import type { UnixMs } from "@gatehouse/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";

const Text = Type.String();

/** A log that contradicts what it said before, in its own signed words. */
const Contradiction = Type.Object({
  atMs: Type.Integer(),
  reason: Text,
  /** What was cosigned last. */
  keptLog: Text,
  keptSize: Type.Integer(),
  keptRoot: Text,
  keptCheckpoint: Text,
  /** What was refused: the request, with the checkpoint at its end. */
  offered: Text,
});
export type Contradiction = Static<typeof Contradiction>;

const Contradictions = Type.Array(Contradiction);

/** Of each half: the first ones tell how it began, and cannot be pushed out by later ones. */
const KEPT_OF_EACH = 16;

/** What was refused, durably: each offered checkpoint once. */
export class Evidence {
  readonly #state: Pick<StateFolder, "read" | "write">;
  #items: readonly Contradiction[];

  private constructor(state: Pick<StateFolder, "read" | "write">, items: readonly Contradiction[]) {
    this.#state = state;
    this.#items = items;
  }

  static async open(state: Pick<StateFolder, "read" | "write">): Promise<Evidence> {
    const bytes = await state.read("witness-evidence.json");
    const items: unknown = bytes === undefined ? [] : JSON.parse(Buffer.from(bytes).toString());
    return new Evidence(state, Check(Contradictions, items) ? items : []);
  }

  get count(): number {
    return this.#items.length;
  }

  get lastMs(): UnixMs | undefined {
    return this.#items.at(-1)?.atMs;
  }

  /** Resolves when it is on the disk. */
  async keep(item: Contradiction): Promise<void> {
    const isKnown = this.#items.some(
      ({ reason, offered, keptSize }) =>
        reason === item.reason &&
        keptSize === item.keptSize &&
        checkpointOf(offered) === checkpointOf(item.offered),
    );
    if (isKnown) return;
    const items = [...this.#items, item];
    const first = items.slice(0, KEPT_OF_EACH);
    this.#items = [...first, ...items.slice(KEPT_OF_EACH).slice(-KEPT_OF_EACH)];
    await this.#state.write("witness-evidence.json", Buffer.from(JSON.stringify(this.#items, undefined, 1)));
  }
}

/** Without the proof, which is another whenever the log asks from another size. */
const checkpointOf = (request: string): string => request.slice(request.indexOf("\n\n"));
