import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import { type BodyOf, cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { DAY_MS } from "../model.ts";
import type { CameraEventDatabase } from "../tables.ts";
import { type Arming, findArming, isArmedAt, saveArming } from "./arming-store.ts";

export interface ArmingDeps {
  readonly db: CameraEventDatabase;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

/** The switch of a site, for cameras that follow it. */
export class ArmingService {
  readonly #deps: ArmingDeps;

  constructor(deps: ArmingDeps) {
    this.#deps = deps;
  }

  async get(tenantId: Uuid, siteId: Uuid): Promise<cameras.SiteArming> {
    const found = await findArming(this.#deps.db, tenantId, siteId);
    return found === undefined ? { siteId, armed: false } : this.#shown(found);
  }

  /** By a person, or by a program in a person's name. */
  async set(
    who: Pick<PersonPrincipal, "tenantId" | "name" | "program">,
    siteId: Uuid,
    { armed, untilMs }: BodyOf<typeof cameras.setSiteArming>,
  ): Promise<cameras.SiteArming> {
    const { audit, clock, db } = this.#deps;
    const sinceMs = clock.nowMs();
    if (untilMs !== undefined && (untilMs <= sinceMs || untilMs > sinceMs + cameras.MAX_ARMING_DAYS * DAY_MS))
      throw new AppError("request.invalid", { detail: "untilMs" });
    const arming: Arming = { siteId, armed, untilMs, sinceMs, byName: who.program?.name ?? who.name };
    await db.transaction().execute(async (tx) => {
      await saveArming(tx, who.tenantId, arming);
      await audit.record(tx, {
        kind: armed ? "site.armed" : "site.disarmed",
        tenantId: who.tenantId,
        subject: { kind: "site", id: siteId },
        data: untilMs === undefined ? {} : { untilMs },
      });
    });
    return this.#shown(arming);
  }

  #shown(arming: Arming): cameras.SiteArming {
    const nowMs = this.#deps.clock.nowMs();
    const { siteId, untilMs, sinceMs, byName } = arming;
    const isOver = untilMs !== undefined && nowMs >= untilMs;
    const armed = isArmedAt(arming, nowMs);
    return {
      ...{ siteId, armed, byName },
      // What changed back by itself did so then, and stays.
      sinceMs: isOver ? untilMs : sinceMs,
      ...(isOver || untilMs === undefined ? {} : { untilMs }),
    };
  }
}
