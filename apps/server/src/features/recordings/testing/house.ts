import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Clock,
  newUuid,
  Secret,
  silentLogger,
  systemRandom,
  type UnixMs,
  type Uuid,
} from "@gatehouse/base";
import { cameras as contract } from "@gatehouse/contract";
import { createVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import type { VirtualClock } from "@gatehouse/testkit";
import { FRAME_KINDS } from "@gatehouse/video";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import type { FeatureMigrations } from "../../../platform/database/index.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import { deriveKey, ed25519Signer } from "../../../platform/secrets/index.ts";
import {
  createRecordings,
  type RecordingsDeps,
  type RecordingsFeature,
  recordingsMigrations,
} from "../index.ts";
import type { Cameras, RecordedFrame } from "../ports.ts";
import type { RecordingTables } from "../tables.ts";

export const MASTER_KEY = new Secret(new Uint8Array(32).fill(5));
export const START_MS = 1_795_000_000_000;

const tenantTables: FeatureMigrations = {
  feature: "recordings-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};

export const testSigner = (): Signer => {
  const { publicKey, sign } = ed25519Signer(deriveKey(MASTER_KEY, "recordings/manifest"));
  return { key: createVerifierKey("test/recordings", KEY_TYPES.note, publicKey), sign };
};

/** Frames that a test sends. */
export class FrameSource {
  readonly #listeners = new Set<(frame: RecordedFrame) => void>();

  subscribe(listener: (frame: RecordedFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  send(frame: Pick<RecordedFrame, "tenantId" | "cameraId" | "takenMs"> & Partial<RecordedFrame>): void {
    const whole = { kind: FRAME_KINDS.jpeg, bytes: picture(1_000), deviceMs: undefined, ...frame };
    for (const listener of this.#listeners) listener(whole);
  }
}

let made = 0;

/** Bytes that no other picture has; what they show is nobody's concern here. */
export function picture(bytes: number): Uint8Array {
  const one = new Uint8Array(bytes).fill(made);
  new DataView(one.buffer).setUint32(0, made++);
  return one;
}

export class TestCameras implements Cameras {
  readonly #known = new Map<Uuid, { readonly tenantId: Uuid; settings: contract.CameraSettings }>();
  timeZone = "Europe/Paris";

  add(tenantId: Uuid, cameraId: Uuid, recording: Partial<contract.CameraSettings["recording"]> = {}): void {
    const { DEFAULT_CAMERA_SETTINGS: base } = contract;
    this.#known.set(cameraId, {
      tenantId,
      settings: { ...base, recording: { ...base.recording, ...recording } },
    });
  }

  remove(cameraId: Uuid): void {
    this.#known.delete(cameraId);
  }

  find(cameraId: Uuid) {
    const known = this.#known.get(cameraId);
    return known && { tenantId: known.tenantId, cameraId, siteId: known.tenantId, name: "cam" };
  }

  list(tenantId: Uuid) {
    const ids = [...this.#known].filter(([, known]) => known.tenantId === tenantId).map(([id]) => id);
    return ids.flatMap((id) => this.find(id) ?? []);
  }

  settingsOf(cameraId: Uuid) {
    return this.#known.get(cameraId)?.settings;
  }

  async timeZoneOf() {
    return this.timeZone;
  }
}

export type RecordingHouse = Awaited<ReturnType<typeof recordingHouse>>;

/** Recordings on a database and a folder of their own. `again` makes a second one on the same, as after a restart. */
export async function recordingHouse(clock: Clock, more: Partial<RecordingsDeps> = {}) {
  const database: TestDatabase<RecordingTables> = await createTestDatabase<RecordingTables>([
    tenantTables,
    recordingsMigrations,
  ]);
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-recordings-"));
  const trail = recordingTrail();
  const bus = createBus(silentLogger);
  const source = new FrameSource();
  const cameras = new TestCameras();
  const strengths = new Map<Uuid, number[]>();
  const blobs = createFolderBlobs(folder, systemRandom);
  const tenants: Uuid[] = [];
  const make = (changed: Partial<RecordingsDeps> = {}): RecordingsFeature =>
    createRecordings({
      ...{ db: database.db, clock, bus, blobs, cameras, random: systemRandom, log: silentLogger },
      ...{ audit: trail, masterKey: MASTER_KEY, signer: testSigner(), frames: source },
      motion: { strengthIn: async () => strengths, eventsIn: async () => [] },
      entries: { sealedIn: async () => new Map() },
      tenantIds: async () => tenants,
      minFreeBytes: 0,
      ...more,
      ...changed,
    });
  return {
    ...{ database, db: database.db, folder, trail, bus, source, cameras, strengths, blobs, clock },
    recordings: make(),
    again: make,
    async addTenant(): Promise<Uuid> {
      const tenantId = newUuid(clock, systemRandom);
      await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
      tenants.push(tenantId);
      return tenantId;
    },
    addCamera(tenantId: Uuid, recording?: Partial<contract.CameraSettings["recording"]>): Uuid {
      const cameraId = newUuid(clock, systemRandom);
      cameras.add(tenantId, cameraId, recording);
      return cameraId;
    },
    rows: () => database.db.selectFrom("recording_segments").selectAll().orderBy("first_ms").execute(),
    async filesBytes(): Promise<number> {
      let sum = 0;
      for await (const { bytes } of blobs.list()) sum += bytes;
      return sum;
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Sends frames of one camera, evenly, as fast as they are written. A virtual clock goes along. */
export async function film(
  { clock, source, recordings }: Pick<RecordingHouse, "clock" | "source" | "recordings">,
  camera: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  span: { readonly fromMs: UnixMs; readonly seconds: number; readonly fps: number; readonly bytes?: number },
): Promise<void> {
  const count = span.seconds * span.fps;
  for (let n = 0; n < count; n++) {
    const takenMs = span.fromMs + Math.round((n * 1_000) / span.fps);
    if (takenMs > clock.nowMs()) (clock as Partial<VirtualClock>).advance?.(takenMs - clock.nowMs());
    source.send({ ...camera, takenMs, bytes: picture(span.bytes ?? 1_000), deviceMs: takenMs - 7 });
    if (n % span.fps === 0) await recordings.idle();
  }
}
