/** The address of the player: cameras by commas, Unix ms, ms. */
export interface PlaybackSearch {
  readonly cameras?: string;
  readonly at?: string;
  readonly span?: string;
}

const HOUR_MS = 3_600_000;
const FIRST_SPAN_MS = 6 * HOUR_MS;
const SPAN_AROUND_MS = HOUR_MS;
const LONGEST_SPAN_MS = 31 * 24 * HOUR_MS;

/** Where a player begins: at `at`, a Unix time in ms, with `span` ms around it; else with the last six hours. */
export function startOf({ at, span }: PlaybackSearch): { readonly atMs?: number; readonly spanMs: number } {
  const atMs = numberOf(at);
  const spanMs = numberOf(span);
  const isSpan = spanMs !== undefined && spanMs <= LONGEST_SPAN_MS;
  return {
    ...(atMs === undefined ? {} : { atMs }),
    spanMs: isSpan ? spanMs : atMs === undefined ? FIRST_SPAN_MS : SPAN_AROUND_MS,
  };
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9][0-9]{3,12}$/.test(text) ? Number(text) : undefined;
