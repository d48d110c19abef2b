import { AppError, newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { BodyOf, cameras as contract } from "@gatehouse/contract";
import type { VirtualClock } from "@gatehouse/testkit";
import { recordingTrail } from "../../../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../../../platform/bus/bus.ts";
import type { AnyDatabase, FeatureMigrations } from "../../../../platform/database/index.ts";
import { createTestDatabase } from "../../../../platform/database/testing/index.ts";
import { mount } from "../../../../platform/http/mount.ts";
import { createHttpServer } from "../../../../platform/http/server.ts";
import { ownerOf, testGates } from "../../../../platform/http/testing/gates.ts";
import type { FilmOrder } from "../../exports/render.ts";
import { recordingsMigrations } from "../../index.ts";
import type { RecordingTables } from "../../tables.ts";
import { createShares, type Films, type ShareTables, sharesMigrations } from "../index.ts";

const tenantTables: FeatureMigrations = {
  feature: "shares-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

export const FILM = new Uint8Array(3_000_000).map((_, at) => (at * 7) % 251);
const PART_BYTES = 65_536;
/** With each request, so that two at once are of two people. */
const ASKER = "x-asker";

/** Makes the same film of everything, as soon as it may. */
export class TestFilms implements Films {
  readonly orders: FilmOrder[] = [];
  readonly kept = new Map<Uuid, Uint8Array>();
  /** Orders wait for it. */
  gate: Promise<void> = Promise.resolve();
  failsWith: AppError | undefined;
  isPossible = true;
  /** Files are open when it resolves. */
  opening: Promise<void> = Promise.resolve();
  opened = 0;
  /** Before each part that is read. */
  slowness: () => Promise<void> = async () => undefined;

  /** As at the beginning. */
  reset(): void {
    this.gate = Promise.resolve();
    this.failsWith = undefined;
    this.opening = Promise.resolve();
    this.opened = 0;
    this.slowness = async () => undefined;
  }

  /** What is read from now on stands still after its first part, until the answer is called. */
  halt(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    let parts = 0;
    this.slowness = async () => {
      if (parts++ > 0) await promise;
    };
    return resolve;
  }

  async assertPossible() {
    if (!this.isPossible) throw new AppError("ffmpeg.missing");
  }

  readonly render: Films["render"] = async (order) => {
    this.orders.push(order);
    order.onProgress?.(0.25);
    await Promise.race([this.gate, aborted(order.signal)]);
    if (this.failsWith !== undefined) throw this.failsWith;
    this.kept.set(order.fileId, FILM);
    const { tenantId, cameraId, fileId, fromMs: firstMs, toMs: lastMs } = order;
    const name = { tenantId, cameraId, fileId };
    return { name, bytes: FILM.length, frames: 1, firstMs, lastMs, durationMs: 1, damaged: 0 };
  };

  async open({ fileId }: { readonly fileId: Uuid }) {
    this.opened++;
    await this.opening;
    const film = this.kept.get(fileId);
    if (film === undefined) return undefined;
    const { slowness } = this;
    return {
      bytes: film.length,
      async *read(first: number, last: number) {
        for (let at = first; at <= last; at += PART_BYTES) {
          await slowness();
          yield film.subarray(at, Math.min(last + 1, at + PART_BYTES));
        }
      },
    };
  }

  addOwner(): void {
    // Nothing is swept here.
  }

  async remove({ fileId }: { readonly fileId: Uuid }) {
    this.kept.delete(fileId);
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

export type ShareHouse = Awaited<ReturnType<typeof shareHouse>>;

/** Links on a database of their own, behind a real port. */
export async function shareHouse(clock: VirtualClock) {
  const database = await createTestDatabase<ShareTables & RecordingTables>([
    tenantTables,
    recordingsMigrations,
    sharesMigrations,
  ]);
  const films = new TestFilms();
  const trail = recordingTrail();
  const bus = createBus(silentLogger);
  const known = new Map<Uuid, { tenantId: Uuid; siteId: Uuid; name: string; label: string }>();
  const suspended = new Set<Uuid>();
  const make = () =>
    createShares({
      ...{ db: database.db, clock, bus, films, random: systemRandom, log: silentLogger, audit: trail },
      cameras: {
        find: (cameraId) => known.get(cameraId),
        within: () => "all",
        timeZoneOf: async () => "Europe/Paris",
      },
      sharers: {
        organisationOf: () => "Harbour <West>",
        nameOf: async () => "Nadia Owner",
        isSuspended: (tenantId) => suspended.has(tenantId),
      },
      publicUrl: () => "https://gatehouse.example",
    });
  const shares = make();
  let asked = 0;
  const app = await createHttpServer({
    trustedProxies: ["127.0.0.1"],
    perMinute: 100_000,
    maxConnections: 100,
    log: silentLogger,
  });
  const gates = testGates({
    person: {
      authenticate: async ({ headers: { [ASKER]: of } }) =>
        typeof of === "string" ? ownerOf(of, clock.nowMs()) : undefined,
    },
    resources: {
      ...shares.resources,
      async device(id) {
        const camera = known.get(id);
        return (
          camera && { tenantId: camera.tenantId, places: () => [{ siteId: camera.siteId, deviceId: id }] }
        );
      },
    },
    nowMs: () => clock.nowMs(),
  });
  await app.register(async (scope) => void mount(scope, shares.routes ?? [], gates, silentLogger));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    ...{ database, films, trail, bus, shares, suspended, url, make, app },
    async addTenant(): Promise<Uuid> {
      const tenantId = newUuid(clock, systemRandom);
      await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
      return tenantId;
    },
    addCamera(tenantId: Uuid): Uuid {
      const cameraId = newUuid(clock, systemRandom);
      known.set(cameraId, { tenantId, siteId: tenantId, name: "gate-west", label: "" });
      return cameraId;
    },
    /** A minute of a camera is recorded. */
    async record(tenantId: Uuid, cameraId: Uuid, fromMs: number): Promise<Uuid> {
      const id = newUuid(clock, systemRandom);
      await database.pool.query(
        `insert into recording_segments (id, tenant_id, camera_id, state, codec, start_ms, first_ms, last_ms, frames,
           bytes, chunks, pinned, transient, moved)
         values ($1, $2, $3, 'sealed', 'jpeg', $4, $4, $5, 60, 1, '', false, false, false)`,
        [id, tenantId, cameraId, fromMs, fromMs + 59_000],
      );
      return id;
    },
    async eraseSegment(id: Uuid): Promise<void> {
      await database.pool.query("update recording_segments set state = 'erased' where id = $1", [id]);
    },
    /** As the erasure of recordings does, in its transaction and after it. */
    async followErasure(tenantId: Uuid, cameraId: Uuid): Promise<void> {
      const db: AnyDatabase = database.db;
      const camera = { tenantId, cameraId };
      const span = { fromMs: 0, toMs: clock.nowMs() };
      const finish = await db
        .transaction()
        .execute((tx) => shares.madeOfThem.markErased(tx as never, camera, span));
      await finish();
    },
    /** As somebody of the organisation; undefined: without a session, from one address after the other. */
    async ask(of: Uuid | undefined, method: string, path: string, body?: object, from?: string) {
      asked++;
      const answer = await fetch(url + path, {
        method,
        headers: {
          "x-forwarded-for": from ?? `198.51.${asked >> 8}.${asked & 255}`,
          ...(of === undefined ? {} : { [ASKER]: of }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: what is answered is what is tested
      const answered = (await answer.json()) as any;
      return { status: answer.status, headers: answer.headers, body: answered };
    },
    async [Symbol.asyncDispose]() {
      await shares.stop?.();
      await app.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export const WISH: Omit<BodyOf<typeof contract.createShare>, "fromMs" | "toMs"> = {
  lifeMs: 7 * 86_400_000,
  showsCamera: true,
  allowsDownload: true,
};
