import { UsageError } from "./usage-error.ts";

/**
 * Records of a CSV text (RFC 4180) by the names of its first line. Commas or semicolons, quoted fields with line
 * breaks and doubled quotes, CRLF or LF; a byte order mark is left out. Refuses a line with another number of fields.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const rows = rowsOf(text.replace(/^\ufeff/, ""));
  const [names = [], ...records] = rows;
  return records.map((fields, index) => {
    if (fields.length !== names.length)
      throw new UsageError({ line: index + 2, reason: `${fields.length} fields, ${names.length} expected` });
    return Object.fromEntries(names.map((name, column) => [name.trim(), fields[column] ?? ""]));
  });
}

/** What separates fields: whichever stands more often in the first line. */
function separatorOf(text: string): string {
  const first = text.slice(0, text.search(/\r?\n|$/));
  return first.split(";").length > first.split(",").length ? ";" : ",";
}

function rowsOf(text: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const endRow = (): void => {
    row.push(field);
    if (row.length > 1 || field !== "") rows.push(row);
    row = [];
    field = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') field += text[++at];
      else isQuoted = false;
    } else if (char === '"' && field === "") isQuoted = true;
    else if (char === separator) {
      row.push(field);
      field = "";
    } else if (char === "\n") endRow();
    else if (char !== "\r") field += char;
  }
  if (isQuoted) throw new UsageError({ reason: "a quoted field does not end" });
  endRow();
  return rows;
}
