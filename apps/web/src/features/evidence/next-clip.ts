import type { cameras, QueryOf, ReplyOf } from "@gatehouse/contract";

const HOUR_MS = 3_600_000;
/** A later event is looked for in longer and longer spans, so that a near one is found fast. */
const REACHES_MS = [HOUR_MS, 12 * HOUR_MS, 7 * 24 * HOUR_MS, 31 * 24 * HOUR_MS] as const;
const MOST = "200";

type Event = Pick<cameras.CameraEvent, "id" | "cameraId" | "startMs">;
type List = (input: {
  readonly query: QueryOf<typeof cameras.listCameraEvents>;
}) => Promise<ReplyOf<typeof cameras.listCameraEvents>>;

const isAfter = (a: Event, b: Event): boolean =>
  a.startMs > b.startMs || (a.startMs === b.startMs && a.id > b.id);

/** The event of the same camera that began next, within 31 days. */
export async function nextClip(event: Event, list: List): Promise<string | undefined> {
  for (const reachMs of REACHES_MS) {
    const { items } = await list({
      query: {
        camera: event.cameraId,
        fromMs: String(event.startMs),
        toMs: String(event.startMs + reachMs),
        limit: MOST,
      },
    });
    const next = items.findLast((other) => isAfter(other, event));
    if (next !== undefined) return next.id;
  }
  return undefined;
}

/** The one that began before it. */
export async function previousClip(event: Event, list: List): Promise<string | undefined> {
  const before = `${event.startMs}.${event.id}`;
  const { items } = await list({ query: { camera: event.cameraId, before, limit: "1" } });
  return items[0]?.id;
}
