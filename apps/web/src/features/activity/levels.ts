/** How dark a cell is: 0 for nothing, 4 for the most; by the square root, so that few are seen beside many. */
export function levelOf(count: number, most: number): 0 | 1 | 2 | 3 | 4 {
  if (count <= 0 || most <= 0) return 0;
  return Math.max(1, Math.min(4, Math.ceil(4 * Math.sqrt(count / most)))) as 1 | 2 | 3 | 4;
}

/** `09`, as clocks have it. */
export const hourDigits = (hour: number): string => String(hour).padStart(2, "0");

const DAY_MS = 86_400_000;

/** The day before or after one, as `2026-11-21`. */
export const dayBeside = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);

/** All days from one to another, both included; at most a hundred. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last && days.length < 100; day = dayBeside(day, 1)) days.push(day);
  return days;
}
