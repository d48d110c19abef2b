/** The address of the player: cameras by commas, an instant (ISO 8601), and seconds as `300s`. */
export interface PlaybackSearch {
  readonly cameras?: string;
  readonly at?: string;
  readonly span?: string;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const FIRST_SPAN_MS = 6 * HOUR_MS;
const SPAN_AROUND_MS = HOUR_MS;
const SHORTEST_SPAN_MS = 300 * SECOND_MS;
const LONGEST_SPAN_MS = 31 * 24 * HOUR_MS;

export const playbackSearch = (
  cameraIds: readonly string[],
  atMs: number,
  spanMs: number,
): Required<PlaybackSearch> => ({
  cameras: cameraIds.join(),
  at: new Date(Math.round(atMs)).toISOString(),
  span: `${Math.round(spanMs / SECOND_MS)}s`,
});

/** Where a player begins: at an instant with a span around it; else with the last six hours. */
export function startOf({ at, span }: PlaybackSearch): { readonly atMs?: number; readonly spanMs: number } {
  const parsed = at === undefined ? Number.NaN : Date.parse(at);
  const atMs = Number.isFinite(parsed) && parsed > 0 ? parsed : undefined;
  const spanMs = /^[1-9][0-9]{0,6}s$/.test(span ?? "") ? Number(span?.slice(0, -1)) * SECOND_MS : Number.NaN;
  const isSpan = spanMs >= SHORTEST_SPAN_MS && spanMs <= LONGEST_SPAN_MS;
  const fallbackMs = atMs === undefined ? FIRST_SPAN_MS : SPAN_AROUND_MS;
  return { ...(atMs === undefined ? {} : { atMs }), spanMs: isSpan ? spanMs : fallbackMs };
}
