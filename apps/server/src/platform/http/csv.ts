/**
 * RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection);
 * numbers are left alone.
 */
export function csvField(value: number | boolean | string): string {
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (fields: readonly (number | boolean | string)[]): string =>
  `${fields.map(csvField).join(",")}\r\n`;
