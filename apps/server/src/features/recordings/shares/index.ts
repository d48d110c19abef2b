import type { Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { Feature, FeatureMigrations } from "../../../platform/feature.ts";
import type { MadeOfThem } from "../erasure.ts";
import type { ShareContext } from "./context.ts";
import { FilmMaker } from "./film-maker.ts";
import { upkeepJob } from "./jobs.ts";
import { createShares as createTables } from "./migrations/001-shares.ts";
import { createLends } from "./migrations/002-lends.ts";
import { Openings } from "./openings.ts";
import { shareRoutes } from "./routes.ts";
import { type Lending, ShareService } from "./share-service.ts";
import { findShare, listNumbers, revokeAll } from "./share-store.ts";
import { Streams } from "./streams.ts";
import { ShareUpkeep } from "./upkeep.ts";

export type { Films, SharedCameras, Sharers } from "./ports.ts";
export type { ShareTables } from "./tables.ts";

export const sharesMigrations: FeatureMigrations = {
  feature: "recording-shares",
  migrations: [createTables, createLends],
};

export interface SharesDeps extends ShareContext {
  readonly bus: Bus;
}

export interface SharesFeature extends Feature {
  /** What is erased with recordings: links, and the films that they show. */
  readonly madeOfThem: MadeOfThem;
  /** An older database was put back: whether a link was revoked since then nobody knows. */
  endAll(): Promise<void>;
  readonly lending: Lending;
  /** Resolves when every film is made that was asked for. */
  idle(): Promise<void>;
}

/** Links to single clips for people without an account. */
export function createShares(deps: SharesDeps): SharesFeature {
  const { bus, cameras, db } = deps;
  const streams = new Streams();
  const maker = new FilmMaker(deps);
  const upkeep = new ShareUpkeep(deps, maker, streams);
  let unsubscribe: () => void = () => undefined;
  deps.films.addOwner(async ({ fileId }) => (await findShare(db, fileId))?.filmState === "ready");
  const service = new ShareService(deps, maker, streams);
  return {
    name: "recording-shares",
    lending: service,
    routes: shareRoutes(service, new Openings(deps, maker, streams)),
    jobs: [upkeepJob(upkeep)],
    resources: {
      async share(id) {
        const share = await findShare(db, id);
        if (share === undefined) return undefined;
        const { tenantId, cameraId: deviceId } = share;
        return {
          tenantId,
          places() {
            const camera = cameras.find(deviceId);
            return camera === undefined ? undefined : [{ siteId: camera.siteId, deviceId }];
          },
        };
      },
    },
    // Whoever opened a link is in the log as the link.
    names: [{ kind: "link", permission: "ledger.read", list: ({ tenantId }, ids) => names(tenantId, ids) }],
    async start() {
      unsubscribe = bus.subscribe("tenant.suspended", ({ tenantId }) => streams.cutTenant(tenantId));
      await upkeep.followErasures();
      await maker.start();
    },
    async stop() {
      unsubscribe();
      streams.cutAll();
      await maker.stop();
    },
    madeOfThem: { markErased: (tx, camera) => upkeep.markErased(tx, camera) },
    endAll: () => revokeAll(db, deps.clock.nowMs()),
    idle: () => maker.idle(),
  };

  async function names(tenantId: Uuid, ids: ReadonlySet<Uuid> | undefined) {
    const found = await listNumbers(db, tenantId, ids);
    return found.map(({ id, number }) => ({ id, name: String(number) }));
  }
}
