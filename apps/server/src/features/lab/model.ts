import type { lab } from "@gatehouse/contract";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

// What the lab's program says of a run, a line of JSON an event; it is another program, so it is checked.

const At = { atMs: Type.Integer() };
const Text = Type.String({ maxLength: 2_000 });
const LabEvent = Type.Union([
  Type.Object({ kind: Type.Literal("started"), attack: Text, control: Type.Boolean(), ...At }),
  Type.Object({ kind: Type.Literal("step"), index: Type.Integer({ minimum: 0 }), ...At }),
  Type.Object({
    kind: Type.Literal("line"),
    side: Type.Union([Type.Literal("attacker"), Type.Literal("site"), Type.Literal("lab")]),
    text: Text,
    ...At,
  }),
  Type.Object({ kind: Type.Literal("progress"), doneRatio: Type.Number({ minimum: 0, maximum: 1 }), ...At }),
  Type.Object({
    kind: Type.Literal("ended"),
    attack: Text,
    control: Type.Boolean(),
    succeeded: Type.Boolean(),
    tookMs: Type.Integer({ minimum: 0 }),
    evidence: Type.Record(Text, Type.Union([Text, Type.Number(), Type.Boolean()])),
    ...At,
  }),
]);
type LabEvent = Static<typeof LabEvent>;

/** What is kept of a run's conversation. */
const MAX_LINES = 2_000;

/** Undefined for a line that is no event. */
export function parseEvent(text: string): LabEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(LabEvent, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A run as its events tell it. */
export class RunRecord {
  run: lab.LabRun;
  readonly lines: lab.LabLine[] = [];
  position: lab.LabPosition | undefined;

  constructor(run: lab.LabRun) {
    this.run = run;
  }

  take(event: LabEvent): void {
    const { position } = this;
    if (event.kind === "started") {
      this.position = { attack: event.attack, control: event.control, step: 0 };
    } else if (event.kind === "ended") this.#ended(event);
    else if (position === undefined) return;
    else if (event.kind === "step")
      this.position = { attack: position.attack, control: position.control, step: event.index };
    else if (event.kind === "progress") this.position = { ...position, doneRatio: event.doneRatio };
    else this.say(event.side, event.text, event.atMs);
  }

  say(side: lab.LabLine["side"], text: string, atMs: number): void {
    if (this.lines.length >= MAX_LINES) return;
    const { attack = "", control = true } = this.position ?? {};
    this.lines.push({ seq: this.lines.length + 1, atMs, attack, control, side, text });
  }

  /** Passed when every attack was stopped by its control and works without it. */
  end(state: "done" | "cancelled" | "broken", atMs: number): void {
    const isPassed = this.run.entries.every(
      ({ withControl, withoutControl }) =>
        withControl?.succeeded === false && withoutControl?.succeeded === true,
    );
    const isWhole = this.run.entries.every(
      ({ withControl, withoutControl }) => withControl !== undefined && withoutControl !== undefined,
    );
    const verdict = isPassed ? "passed" : isWhole ? "failed" : "broken";
    this.position = undefined;
    this.run = { ...this.run, endedMs: atMs, state: state === "done" ? verdict : state };
  }

  #ended({ attack, control, succeeded, tookMs, evidence }: LabEvent & { kind: "ended" }): void {
    const verdict = { succeeded, tookMs, evidence };
    const entries = this.run.entries.map((entry) =>
      entry.attack === attack
        ? { ...entry, ...(control ? { withControl: verdict } : { withoutControl: verdict }) }
        : entry,
    );
    this.run = { ...this.run, entries };
    this.position = undefined;
  }
}
