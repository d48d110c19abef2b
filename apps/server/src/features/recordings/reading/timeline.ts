import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { access, type cameras } from "@gatehouse/contract";
import type { RecordingContext } from "../context.ts";
import type { Motion } from "../ports.ts";
import { HeavyReads } from "./heavy-reads.ts";
import { type RecordedSpan, recordedSpans } from "./timeline-store.ts";

const GAP_MS = 2_000;
/** Longer than any zoom. */
const LONGEST_MS = 400 * 86_400_000;
const EVENTS_PER_LANE = 500;

export interface Asked {
  readonly cameraIds: readonly Uuid[];
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly buckets: number;
}

/** What is recorded of cameras, for as many buckets as somebody has pixels; cameras beyond the scope have no lane. */
export class Timeline {
  readonly #context: RecordingContext;
  readonly #motion: Motion;
  readonly #reads = new HeavyReads();

  constructor(context: RecordingContext, motion: Motion) {
    this.#context = context;
    this.#motion = motion;
  }

  /** Refuses `server.busy` when too many ask. */
  async lanes(scope: access.Scope, asked: Asked): Promise<cameras.Lane[]> {
    const { fromMs, toMs, buckets } = asked;
    assertSpan(asked);
    const { tenantId } = scope;
    const cameraIds = asked.cameraIds.filter((id) => this.#isWithin(scope, id));
    if (cameraIds.length === 0) return [];
    const bucketMs = (toMs - fromMs) / buckets;
    const span = { fromMs, toMs, gapMs: Math.max(GAP_MS, bucketMs) };
    const [spans, strengths, events] = await this.#reads.run(tenantId, () =>
      Promise.all([
        recordedSpans(this.#context.db, tenantId, cameraIds, span),
        this.#motion.strengthIn(tenantId, cameraIds, fromMs, toMs, buckets),
        this.#motion.eventsIn(tenantId, cameraIds, fromMs, toMs, EVENTS_PER_LANE),
      ]),
    );
    const ofCamera = Map.groupBy(spans, ({ cameraId }) => cameraId);
    const eventsOf = Map.groupBy(events, ({ cameraId }) => cameraId);
    return cameraIds.map((cameraId) => {
      const recorded = ofCamera.get(cameraId) ?? [];
      const listed = eventsOf.get(cameraId) ?? [];
      return {
        cameraId,
        recorded: recorded.map((one): [number, number] => [one.fromMs, one.toMs]),
        density: densityOf(recorded, strengths.get(cameraId) ?? [], asked),
        events: listed.map(({ id, kind, startMs, endMs }) => ({
          ...{ id, kind, startMs },
          ...(endMs === undefined ? {} : { endMs }),
        })),
        more: listed.length >= EVENTS_PER_LANE,
      };
    });
  }

  #isWithin({ tenantId, reach }: access.Scope, cameraId: Uuid): boolean {
    const camera = this.#context.cameras.find(cameraId);
    if (camera?.tenantId !== tenantId) return false;
    return access.reaches(reach, { siteId: camera.siteId, deviceId: cameraId });
  }
}

export function assertSpan({ fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs }): void {
  if (!(fromMs < toMs) || toMs - fromMs > LONGEST_MS) throw new AppError("segment.range_invalid");
}

/** A digit for each bucket in which something is recorded, however little of it; `-` for the others. */
export function densityOf(
  recorded: readonly Pick<RecordedSpan, "fromMs" | "toMs">[],
  strengths: ArrayLike<number>,
  { fromMs, toMs, buckets }: Omit<Asked, "cameraIds">,
): string {
  const bucketMs = (toMs - fromMs) / buckets;
  const digits = new Array<string>(buckets).fill("-");
  for (const span of recorded) {
    const first = Math.max(0, Math.floor((span.fromMs - fromMs) / bucketMs));
    const last = Math.min(buckets - 1, Math.floor((span.toMs - fromMs) / bucketMs));
    for (let at = first; at <= last; at++) digits[at] = String(Math.max(0, Math.min(9, strengths[at] ?? 0)));
  }
  return digits.join("");
}
