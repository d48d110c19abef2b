import type { devices } from "@gatehouse/contract";

type CommandState = devices.CommandState;

/**
 * deliver: the device has it (PUBACK, or handed to its poll) · acknowledge / fail: the device's answer, or we gave
 * up for it · expire: its time is over.
 */
export type CommandEvent = "deliver" | "acknowledge" | "fail" | "expire";

/** A device may answer before its PUBACK was seen, so the answers are open from `queued` too. */
export const COMMAND_TRANSITIONS: Readonly<
  Record<CommandState, Readonly<Partial<Record<CommandEvent, CommandState>>>>
> = {
  queued: { deliver: "delivered", acknowledge: "acknowledged", fail: "failed", expire: "expired" },
  delivered: { acknowledge: "acknowledged", fail: "failed", expire: "expired" },
  acknowledged: {},
  failed: {},
  expired: {},
};

export const COMMAND_STATES = Object.keys(COMMAND_TRANSITIONS) as CommandState[];

/** States in which the event means something. */
export const statesBefore = (event: CommandEvent): CommandState[] =>
  COMMAND_STATES.filter((state) => COMMAND_TRANSITIONS[state][event] !== undefined);

const AFTER: Readonly<Record<CommandEvent, CommandState>> = {
  deliver: "delivered",
  acknowledge: "acknowledged",
  fail: "failed",
  expire: "expired",
};

/** The state an event leads to, the same from everywhere. */
export const stateAfter = (event: CommandEvent): CommandState => AFTER[event];

export const isEnded = (state: CommandState): boolean => Object.keys(COMMAND_TRANSITIONS[state]).length === 0;

/** The table as the diagram in README.md. */
export function commandDiagram(): string {
  const arrows = COMMAND_STATES.flatMap((state) =>
    Object.entries(COMMAND_TRANSITIONS[state]).map(([event, next]) => `    ${state} --> ${next}: ${event}`),
  );
  return ["stateDiagram-v2", "    [*] --> queued", ...arrows].join("\n");
}
