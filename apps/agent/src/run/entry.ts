import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { Moment } from "./time-keeper.ts";

const moment = {
  /** Own wall clock, Unix ms; what it says may be wrong. */
  wallMs: Type.Number(),
  /** Since the machine was switched on. */
  uptimeMs: Type.Number(),
  /** Which switching on that was. */
  bootId: Type.String(),
};

const Entry = Type.Union([
  Type.Object({
    kind: Type.Literal("reading"),
    ...moment,
    values: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean()])),
  }),
  Type.Object({
    kind: Type.Literal("log"),
    ...moment,
    level: Type.Union([
      Type.Literal("debug"),
      Type.Literal("info"),
      Type.Literal("warn"),
      Type.Literal("error"),
    ]),
    message: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
  Type.Object({
    kind: Type.Literal("event"),
    ...moment,
    type: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
]);
/** What the store holds: what happened, and everything known about when. */
export type Entry = Static<typeof Entry> & Moment;

export const encodeEntry = (entry: Entry): Uint8Array => Buffer.from(JSON.stringify(entry));

/** Undefined for a record of another version of the agent. */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return Check(Entry, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
