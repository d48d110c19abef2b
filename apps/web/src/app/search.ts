/**
 * Reads the named text filters from the address; unknown ones are dropped, an address typed by hand
 * (`?q=42`) gives text too. For a route: `validateSearch: textSearch("q", "status")`.
 */
export function textSearch<K extends string>(...keys: readonly K[]) {
  return (search: Record<string, unknown>): { [Name in K]?: string } => {
    const kept = keys.flatMap((key) => {
      const value = search[key];
      return value === undefined || value === null || value === "" || typeof value === "object"
        ? []
        : [[key, String(value)] as const];
    });
    return Object.fromEntries(kept) as { [Name in K]?: string };
  };
}
