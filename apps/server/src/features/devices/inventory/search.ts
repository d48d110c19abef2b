/** Lower case and without accents, so that "Café" is found by "cafe". */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();

/** What makes two names of sites the same: case and space around do not count, accents do. */
export const nameKey = (name: string): string => name.trim().normalize("NFC").toLowerCase();

export function deviceSearchText(device: {
  readonly name: string;
  readonly label: string;
  readonly tags: readonly string[];
}): string {
  return foldText([device.name, device.label, ...device.tags].join("\n"));
}

const MAX_WORDS = 8;

/** LIKE patterns of the words of a query, each of which must be found somewhere. Empty: everything matches. */
export function searchPatterns(query: string): string[] {
  const words = foldText(query).split(/\s+/u).filter(Boolean);
  return [...new Set(words)].slice(0, MAX_WORDS).map(likePattern);
}

/** The text anywhere; `%`, `_` and `\` mean themselves. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
