/** One field of a command's form, read from the JSON schema of its parameters. */
export interface ParamField {
  readonly name: string;
  readonly kind: "boolean" | "number" | "string" | "choice";
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

export type ParamValue = string | number | boolean;

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly enum?: readonly unknown[];
}

/** The fields of an object schema; undefined when it takes any names (a record). */
export function fieldsOf(schema: object): readonly ParamField[] | undefined {
  const { properties, required = [] } = schema as Schema;
  if (properties === undefined) return undefined;
  return Object.entries(properties).map(([name, property]) => {
    const choices = choicesOf(property);
    return {
      name,
      required: required.includes(name),
      kind: choices === undefined ? kindOf(property.type) : "choice",
      ...(choices === undefined ? {} : { choices }),
      ...(property.minimum === undefined ? {} : { min: property.minimum }),
      ...(property.maximum === undefined ? {} : { max: property.maximum }),
    };
  });
}

function kindOf(type: string | undefined): "boolean" | "number" | "string" {
  if (type === "boolean") return "boolean";
  return type === "number" || type === "integer" ? "number" : "string";
}

function choicesOf(schema: Schema): string[] | undefined {
  const values = schema.enum ?? schema.anyOf?.map((option) => option.const);
  return values?.every((value) => typeof value === "string") ? (values as string[]) : undefined;
}

/** What was typed for a field as the value to send; undefined when it was left empty. */
export function paramValue(
  field: Pick<ParamField, "kind">,
  typed: string | undefined,
): ParamValue | undefined {
  if (typed === undefined || typed === "") return undefined;
  if (field.kind === "boolean") return typed === "true";
  return field.kind === "number" ? Number(typed) : typed;
}

/** A value typed for a free name: true and false are booleans, numbers numbers, the rest text. */
export function guessValue(typed: string): ParamValue {
  if (typed === "true" || typed === "false") return typed === "true";
  const number = Number(typed);
  return typed.trim() !== "" && Number.isFinite(number) ? number : typed;
}
