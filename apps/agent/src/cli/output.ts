import { isAppError } from "@gatehouse/base";

/** Says a result: sentences for people, one JSON value with --json. */
export interface Output {
  result(value: unknown, forPeople: () => string): void;
  failed(error: unknown): void;
}

export function createOutput(json: boolean): Output {
  return {
    result(value, forPeople) {
      process.stdout.write(`${json ? JSON.stringify(value) : forPeople()}\n`);
    },
    failed(error) {
      const { code, title, fields } = describe(error);
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, title, ...fields } })}\n`);
      else {
        process.stderr.write(`${title} (${code})\n`);
        for (const [name, value] of Object.entries(fields))
          process.stderr.write(`  ${name}: ${Array.isArray(value) ? value.join("\n    ") : String(value)}\n`);
      }
    },
  };
}

function describe(error: unknown): {
  code: string;
  title: string;
  fields: Readonly<Record<string, unknown>>;
} {
  if (isAppError(error)) return { code: error.code, title: error.row.title, fields: error.fields };
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: code ?? "failed", title: message, fields: {} };
}
