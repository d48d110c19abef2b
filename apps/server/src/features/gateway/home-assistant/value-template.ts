/** Where in a message a value stands, and what is done to it. */
export interface ValueTemplate {
  /** Members of the JSON value from outside in; undefined: the payload's text itself. */
  readonly path: readonly string[] | undefined;
  readonly toNumber: boolean;
  readonly roundDigits: number | undefined;
}

const EXPRESSION =
  /^\{\{-?\s*(value_json(?:\.[A-Za-z_]\w*|\[\s*'[^'\]]{1,64}'\s*\]|\[\s*"[^"\]]{1,64}"\s*\])*|value)((?:\s*\|\s*\w+(?:\([^()]{0,32}\))?)*)\s*-?\}\}$/;
const MEMBER = /\.([A-Za-z_]\w*)|\[\s*['"]([^'"]+)['"]\s*\]/g;
const FILTER = /\|\s*(\w+)(?:\(([^()]*)\))?/g;

/**
 * The forms of Home Assistant's templates that carry a value unchanged: `{{ value }}`, `{{ value_json.a.b }}`,
 * `{{ value_json['a'] }}`, with `float`, `int`, `round(n)`, `is_defined` and `default(…)` behind. Undefined for
 * every other template: Jinja is a programming language, and a device does not get to run one here.
 */
export function parseValueTemplate(text: string): ValueTemplate | undefined {
  const match = EXPRESSION.exec(text.trim());
  if (match === null) return undefined;
  const [, source = "", filters = ""] = match;
  let toNumber = false;
  let roundDigits: number | undefined;
  for (const [, name, argument] of filters.matchAll(FILTER)) {
    if (name === "float" || name === "int") {
      toNumber = true;
      if (name === "int") roundDigits = 0;
    } else if (name === "round") {
      toNumber = true;
      roundDigits = Number(argument ?? 0);
      if (!Number.isInteger(roundDigits) || roundDigits < 0 || roundDigits > 10) return undefined;
    } else if (name !== "is_defined" && name !== "default") return undefined;
  }
  if (source === "value") return { path: undefined, toNumber, roundDigits };
  const path = [...source.matchAll(MEMBER)].map(([, dotted, quoted]) => dotted ?? quoted ?? "");
  return { path, toNumber, roundDigits };
}

/** Undefined when the message does not hold the value. */
export function applyTemplate(template: ValueTemplate, text: string, json: unknown): unknown {
  let value: unknown = template.path === undefined ? text : json;
  for (const member of template.path ?? []) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as Record<string, unknown>)[member];
  }
  if (!template.toNumber || value === null || value === "") return value ?? undefined;
  const number = Number(value);
  if (Number.isNaN(number) || template.roundDigits === undefined) return number;
  return Number(number.toFixed(template.roundDigits));
}
