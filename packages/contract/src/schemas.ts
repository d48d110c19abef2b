import { type Static, type TSchema, Type } from "typebox";

/** Shapes that several endpoints share. Objects refuse unknown properties; every string and list is bounded. */
export const object = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Uuid = Type.String({
  pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
  description: "UUID, lower case",
});

/** Milliseconds since 1970 UTC; up to the year 2200. */
export const UnixMs = Type.Integer({
  minimum: 0,
  maximum: 7_258_118_400_000,
  description: "Unix time in milliseconds",
});

/** Up to a week. */
export const DurationMs = Type.Integer({ minimum: 0, maximum: 604_800_000 });

/** One character outside the given range that is whole: half a surrogate pair is not text and cannot be stored. */
const character = (excluded: string): string =>
  `(?:[^${excluded}\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])`;

/** Free text a person types. Control characters but tab and line feed are refused, everything else is kept exactly. */
export const text = (maxLength: number, minLength = 0) =>
  Type.String({
    minLength,
    maxLength,
    pattern: `^${character("\\u0000-\\u0008\\u000b-\\u001f\\u007f")}*$`,
  });

/** One line of free text with something visible in it. */
export const line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: `^(?=.*\\S)${character("\\u0000-\\u001f\\u007f")}*$` });

/** The same, maybe empty: what goes into a line of another protocol, kept exactly. */
export const lineOrEmpty = (maxLength: number) =>
  Type.String({ maxLength, pattern: `^${character("\\u0000-\\u001f\\u007f")}*$` });

/** A device's name is also a topic segment: letters, digits, dot, underscore, hyphen. */
export const DeviceName = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
  description: "Unique name, also used in topics",
});

export const MetricKey = Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,63}$" });

export const Tag = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: `^${character("\\u0000-\\u001f\\u007f,")}+$`,
});

/** A key of a catalogue: device type, kind of log line. */
export const Word = Type.String({ pattern: "^[A-Za-z0-9_.-]{1,40}$" });

const emailCharacter = character('\\s@<>"\\u0000-\\u001f\\u007f-\\u009f');
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: `^${emailCharacter}{1,64}@${emailCharacter}{1,189}$`,
});

export const Language = Type.Union([Type.Literal("en"), Type.Literal("fr")]);
export type Language = Static<typeof Language>;

/** Query strings are text: integers arrive as decimal digits. */
export const QueryInt = Type.String({ pattern: "^[0-9]{1,15}$" });

export const IdParams = object({ id: Uuid });

export const Done = object({});

export const page = <T extends TSchema>(item: T) =>
  object({ items: Type.Array(item), total: Type.Integer({ minimum: 0 }) });

/** Newest-first listing: `next` is handed back as `before` to read on; absent at the end. */
export const stream = <T extends TSchema>(item: T) =>
  object({ items: Type.Array(item), next: Type.Optional(Type.String({ maxLength: 100 })) });

/** RFC 9457 problem details. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    instance: Type.String({ description: "Trace id, also in the server's log" }),
  },
  { description: "RFC 9457 problem details; further members depend on the code" },
);
export type Problem = Static<typeof Problem> & Record<string, unknown>;
