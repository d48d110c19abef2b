import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { BodyOf, cameras } from "@gatehouse/contract";
import { type S3Double, type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import type { FeatureMigrations } from "../../../platform/database/index.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { mount } from "../../../platform/http/mount.ts";
import { createHttpServer } from "../../../platform/http/server.ts";
import { ownerOf, testGates } from "../../../platform/http/testing/gates.ts";
import { createOffsite, type OffsiteDeps, type OffsiteFeature, offsiteMigrations } from "../index.ts";
import type { OffsiteTables } from "../tables.ts";
import { MASTER_KEY, TestSegments } from "./segments.ts";

const tenantTables: FeatureMigrations = {
  feature: "offsite-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

export type OffsiteHouse = Awaited<ReturnType<typeof offsiteHouse>>;

/** Copies on a database of their own. `again` makes a second one on the same, as after a restart. */
export async function offsiteHouse(clock: VirtualClock = virtualClock(Date.now())) {
  const database = await createTestDatabase<OffsiteTables>([tenantTables, offsiteMigrations]);
  const segments = new TestSegments();
  const trail = recordingTrail();
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-copies-"));
  const copyBlobs = createFolderBlobs(folder, systemRandom);
  const make = (changed: Partial<OffsiteDeps> = {}): OffsiteFeature =>
    createOffsite({
      ...{ db: database.db, clock, random: systemRandom, log: silentLogger, audit: trail },
      ...{ masterKey: MASTER_KEY, segments, copyBlobs },
      cameraIds: () => new Set([...segments.kept.values()].map(({ cameraId }) => cameraId)),
      ...changed,
    });
  return {
    ...{ clock, database, db: database.db, segments, trail, folder, copyBlobs },
    offsite: make(),
    again: make,
    async addTenant(): Promise<Uuid> {
      const tenantId = newUuid(clock, systemRandom);
      await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
      return tenantId;
    },
    /** The routes as somebody who may do everything in an organisation calls them. */
    async open(tenantId: Uuid, offsite: OffsiteFeature) {
      const app = await createHttpServer({
        ...{ trustedProxies: [], perMinute: 10_000, maxConnections: 10, log: silentLogger },
      });
      const gates = testGates({
        person: { authenticate: async () => ownerOf(tenantId, clock.nowMs()) },
        resources: offsite.resources ?? {},
        nowMs: () => clock.nowMs(),
      });
      await app.register(async (scope) => void mount(scope, offsite.routes ?? [], gates, silentLogger));
      await app.ready();
      return app;
    },
    rows: () => database.db.selectFrom("offsite_copies").selectAll().orderBy("first_ms").execute(),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A target in a store on this machine. */
export const s3Body = (
  store: S3Double,
  more: Partial<BodyOf<typeof cameras.createOffsiteTarget>> = {},
): BodyOf<typeof cameras.createOffsiteTarget> => ({
  name: "store",
  enabled: true,
  allowPrivate: true,
  rateBytes: 0,
  keepDays: 0,
  wholeCameras: [],
  fromStart: true,
  settings: {
    kind: "s3",
    endpoint: store.url,
    bucket: store.bucket,
    region: store.region,
    prefix: "house/",
    pathStyle: true,
    accessKeyId: store.accessKeyId,
    secretAccessKey: store.secretAccessKey,
  },
  ...more,
});
