import type { Clock, MonotonicMs, UnixMs, Uuid } from "@gatehouse/base";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { RecordingDatabase } from "../tables.ts";

/** A person who goes on watching is not written down anew. */
const SAME_VIEW_MS = 600_000;
const MAX_KNOWN = 10_000;

interface ViewDeps {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly audit: AuditTrail;
}

export interface Watcher {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
  readonly program?: { readonly tokenId: Uuid };
}

/**
 * `event`: the one picture that stands for an event; whoever plays afterwards has begun something else. `export`: what
 * was taken out is fetched. `clip`: all of one event, with what proves it.
 */
export type ViewedAs = "playback" | "event" | "export" | "clip";

/** Who looked at what a camera recorded: in the audit log before the first byte leaves. */
export class Views {
  readonly #deps: ViewDeps;
  readonly #seenMs = new Map<string, MonotonicMs>();

  constructor(deps: ViewDeps) {
    this.#deps = deps;
  }

  async record(
    who: Watcher,
    what: {
      readonly cameraId: Uuid;
      readonly firstMs: UnixMs;
      readonly via: ViewedAs;
      /** The one event that was looked at. */
      readonly eventId?: Uuid | undefined;
    },
  ): Promise<void> {
    const { audit, clock, db } = this.#deps;
    const nowMs = clock.monotonicMs();
    const key = `${who.program?.tokenId ?? who.personId}/${what.eventId ?? what.cameraId}/${what.via}`;
    const seenMs = this.#seenMs.get(key);
    if (seenMs !== undefined && nowMs - seenMs < SAME_VIEW_MS) return;
    await db.transaction().execute((tx) =>
      audit.record(tx, {
        kind: "recording.viewed",
        tenantId: who.tenantId,
        subject: { kind: "device", id: what.cameraId },
        data: { fromMs: what.firstMs, via: what.via, eventId: what.eventId },
      }),
    );
    // The oldest first, so that what is forgotten is what is over anyway.
    this.#seenMs.delete(key);
    const [oldest] = this.#seenMs.keys();
    if (this.#seenMs.size >= MAX_KNOWN && oldest !== undefined) this.#seenMs.delete(oldest);
    this.#seenMs.set(key, nowMs);
  }
}
