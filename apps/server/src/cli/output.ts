import { isAppError } from "@gatehouse/base";

/** Says a result: a table or sentence for people, one JSON value with --json. */
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
      const code = isAppError(error) ? error.code : "failed";
      const title = isAppError(error) ? error.row.title : (error as Error).message;
      const fields = isAppError(error) ? error.fields : {};
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, title, ...fields } })}\n`);
      else {
        process.stderr.write(`${title} (${code})\n`);
        for (const [name, value] of Object.entries(fields))
          process.stderr.write(
            `  ${name}: ${Array.isArray(value) ? `\n    ${value.map(show).join("\n    ")}` : show(value)}\n`,
          );
      }
    },
  };
}

const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Left-aligned columns, the first row as head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
