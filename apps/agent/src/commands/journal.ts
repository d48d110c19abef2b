import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";

const Entry = Type.Object({
  id: Type.String(),
  /** Missing while it runs, and after a crash in the middle. */
  answer: Type.Optional(Type.Object({ ok: Type.Boolean(), reason: Type.String() })),
  answered: Type.Boolean(),
});
export type JournalEntry = Static<typeof Entry>;

const Journal = Type.Array(Entry);
/** A server repeats only commands that it does not know as taken; this many back it can. */
const KEPT = 128;

/** Which commands were begun, and how they ended: durable before one begins, so that none runs twice. */
export class CommandJournal {
  readonly #state: StateFolder;
  #entries: readonly JournalEntry[];

  private constructor(state: StateFolder, entries: readonly JournalEntry[]) {
    this.#state = state;
    this.#entries = entries;
  }

  static async open(state: StateFolder): Promise<CommandJournal> {
    const bytes = await state.read("commands.json");
    const entries: unknown = bytes === undefined ? [] : JSON.parse(Buffer.from(bytes).toString());
    const known = Check(Journal, entries) ? entries : [];
    // What was running when the agent ended is known to have begun and no more.
    return new CommandJournal(
      state,
      known.map((entry) =>
        entry.answer ? entry : { ...entry, answer: { ok: false, reason: "interrupted" } },
      ),
    );
  }

  find(id: string): JournalEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** Answers that the server did not acknowledge yet. */
  get unanswered(): readonly JournalEntry[] {
    return this.#entries.filter(({ answer, answered }) => answer !== undefined && !answered);
  }

  put(entry: JournalEntry): Promise<void> {
    this.#entries = [...this.#entries.filter(({ id }) => id !== entry.id), entry].slice(-KEPT);
    return this.#state.write("commands.json", Buffer.from(JSON.stringify(this.#entries)));
  }
}
