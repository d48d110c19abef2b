export interface BenchResult {
  readonly figures: Readonly<Record<string, number>>;
  readonly ratio?: Readonly<Record<string, number>>;
  /** figure → ">= n", "<= n" or "= n". */
  readonly targets: Readonly<Record<string, string>>;
  readonly peer?: string;
}

/** The table for people, then one JSON line for programs. */
export function printResult(bench: string, result: BenchResult): boolean {
  const all = { ...result.figures, ...result.ratio };
  const rows = Object.entries(all).map(([name, value]) => {
    const target = result.targets[name];
    return {
      figure: name,
      value: Number(value.toFixed(3)),
      target: target ?? "",
      met: target === undefined ? "" : meets(value, target) ? "yes" : "NO",
    };
  });
  console.log();
  console.table(rows);
  const met = Object.entries(result.targets).every(([name, target]) =>
    meets(all[name] ?? Number.NaN, target),
  );
  console.log(
    JSON.stringify({
      bench,
      figures: result.figures,
      ratio: result.ratio ?? {},
      targets: result.targets,
      met,
      peer: result.peer ?? "",
    }),
  );
  return met;
}

function meets(value: number, target: string): boolean {
  const [operator, limit] = target.split(" ");
  if (operator === "=") return value === Number(limit);
  return operator === ">=" ? value >= Number(limit) : value <= Number(limit);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Value below which `ratio` of the values lie (nearest rank). */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? Number.NaN;
}
