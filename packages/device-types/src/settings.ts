import { type TSchema, Type } from "typebox";
import { Check, Errors } from "typebox/value";

/** What is wrong with one value; `limit` is the bound it passed, or the values there are to choose from. */
export interface SettingsProblem {
  /** Path with dots; empty: the document itself. */
  readonly at: string;
  readonly rule: "unknown" | "type" | "minimum" | "maximum" | "choice" | "text" | "length";
  readonly limit?: string;
}

const MAX_PROBLEMS = 20;

/** By TypeBox's word for them; any other is a matter of type. */
const RULES: Readonly<Record<string, SettingsProblem["rule"]>> = {
  additionalProperties: "unknown",
  minimum: "minimum",
  maximum: "maximum",
  anyOf: "choice",
  enum: "choice",
  pattern: "text",
  maxLength: "length",
};

/** Each choice that it is not, each name that is not known: both come with an error for the whole. */
const SAID_BY_OTHERS = ["const", "boolean"];

/**
 * Why `document` is not settings under `schema`, each wrong value once; empty when it is. A document says only what
 * it wants to set: nothing is required.
 */
export function findSettingsProblems(schema: TSchema, document: unknown): SettingsProblem[] {
  const found = new Map<string, SettingsProblem>();
  for (const { keyword, instancePath, params } of Errors(sparse(schema), document)) {
    if (SAID_BY_OTHERS.includes(keyword)) continue;
    const rule = RULES[keyword] ?? "type";
    const path = instancePath.split("/").slice(1);
    const { additionalProperties, limit } = params as {
      readonly additionalProperties?: readonly string[];
      readonly limit?: number;
    };
    for (const name of additionalProperties ?? [undefined]) {
      const at = [...path, ...(name === undefined ? [] : [name])].join(".").slice(0, 200);
      const shown = rule === "choice" ? choicesAt(schema, path) : limit;
      if (!found.has(at))
        found.set(at, { at, rule, ...(shown === undefined ? {} : { limit: String(shown) }) });
    }
  }
  // It says eight things at most, and those may all be choices of one value.
  if (found.size === 0 && !Check(sparse(schema), document)) return [{ at: "", rule: "type" }];
  return [...found.values()].slice(0, MAX_PROBLEMS);
}

interface Parts {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly enum?: readonly unknown[];
}

/** The same schema with nothing required. */
function sparse(schema: TSchema): TSchema {
  const { properties } = schema as Parts;
  if (properties === undefined) return schema;
  const optional = Object.entries(properties).map(
    ([name, inner]) => [name, Type.Optional(sparse(inner))] as const,
  );
  return Type.Object(Object.fromEntries(optional), { additionalProperties: false });
}

function choicesAt(schema: TSchema, path: readonly string[]): string | undefined {
  let at: Parts | undefined = schema;
  for (const name of path) at = at?.properties?.[name];
  return (at?.enum ?? at?.anyOf?.map((choice) => choice.const))?.map(String).join(", ");
}
