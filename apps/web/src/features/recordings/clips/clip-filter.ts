import { instantOf } from "../../../design/time-range.ts";
import { dayView } from "../timeline/view.ts";

export const CLIP_KEYS = ["camera", "kind", "from", "to"] as const;
export type ClipSearch = { readonly [Key in (typeof CLIP_KEYS)[number]]?: string };

/** The list's filter from what the address says; days are those of the zone, the last one included. */
export function clipFilter({ camera, kind, from, to }: ClipSearch, timeZone: string): Record<string, string> {
  const fromMs = instantOf(`${from ?? ""}T00:00`, timeZone);
  const toMs = dayView(to ?? "", timeZone)?.toMs;
  return {
    ...(camera === undefined ? {} : { camera }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(fromMs === undefined ? {} : { fromMs: String(Math.max(0, fromMs)) }),
    ...(toMs === undefined ? {} : { toMs: String(Math.max(0, toMs)) }),
  };
}
