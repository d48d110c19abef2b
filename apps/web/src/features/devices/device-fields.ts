/** The contract's rule for device names: also a topic segment. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const isDeviceName = (name: string): boolean => NAME.test(name);

const MAX_TAGS = 20;

/** `heating, flat 3,` → ["heating", "flat 3"]: trimmed, each once, at most 20. */
export function tagsOf(typed: string): string[] {
  const tags = typed
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "" && tag.length <= 40);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/** The first free name of the form `thermometer-01` that no device of the list has. */
export function suggestName(typeId: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = `${typeId}-${String(n).padStart(2, "0")}`;
    if (!used.has(name)) return name;
  }
}
