import type { Clock, MonotonicMs, Uuid } from "@gatehouse/base";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";

/** Whoever looks again within this time has not begun anew. */
const ONE_VIEWING_MS = 10 * 60_000;
/** Beyond it the oldest are forgotten, which costs an entry too many and none too few. */
const MAX_REMEMBERED = 50_000;

export type ViewedBy = "live" | "multipart" | "snapshot" | "grpc";

export interface ViewingsDeps {
  readonly db: AnyDatabase;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

/** Who begins to watch which camera: in the ledger before they see a frame of it. */
export class Viewings {
  readonly #deps: ViewingsDeps;
  /** By who and camera, the oldest first. */
  readonly #known = new Map<string, { readonly sinceMs: MonotonicMs; readonly kept: Promise<void> }>();

  constructor(deps: ViewingsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the ledger has it; whoever is given a frame has waited for this. */
  async note(who: PersonPrincipal, cameraIds: readonly Uuid[], via: ViewedBy): Promise<void> {
    const key = (cameraId: Uuid): string => `${who.program?.tokenId ?? who.personId} ${cameraId}`;
    this.#forgetOld();
    const begun = cameraIds.filter((cameraId) => !this.#known.has(key(cameraId)));
    if (begun.length > 0) {
      const kept = this.#keep(who.tenantId, begun, via);
      const sinceMs = this.#deps.clock.monotonicMs();
      for (const cameraId of begun) this.#known.set(key(cameraId), { sinceMs, kept });
      kept.catch(() => {
        for (const cameraId of begun) this.#known.delete(key(cameraId));
      });
    }
    await Promise.all(new Set(cameraIds.map((cameraId) => this.#known.get(key(cameraId))?.kept)));
  }

  async #keep(tenantId: Uuid, cameraIds: readonly Uuid[], via: ViewedBy): Promise<void> {
    const { db, audit } = this.#deps;
    await db.transaction().execute(async (tx) => {
      for (const id of cameraIds)
        await audit.record(tx, {
          kind: "camera.viewed",
          tenantId,
          subject: { kind: "device", id },
          data: { via },
        });
    });
  }

  #forgetOld(): void {
    const sinceMs = this.#deps.clock.monotonicMs() - ONE_VIEWING_MS;
    for (const [key, known] of this.#known) {
      if (known.sinceMs > sinceMs && this.#known.size <= MAX_REMEMBERED) return;
      this.#known.delete(key);
    }
  }
}
