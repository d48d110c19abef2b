import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isUuid, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { isManifestSignedBy, parseManifest } from "@gatehouse/video";
import { expect, test } from "vitest";
import { endKilled } from "../../platform/database/testing/index.ts";
import { allSegments } from "./all-segments-store.ts";
import { SegmentKeyring } from "./keyring.ts";
import { encodeChunks, SEGMENT_MS, segmentBlob } from "./model.ts";
import { readIndex } from "./segment-file.ts";
import { MASTER_KEY, type RecordingHouse, recordingHouse, START_MS, testSigner } from "./testing/house.ts";

const CHILD = fileURLToPath(new URL("testing/crash-child.ts", import.meta.url));
/** More where somebody has the time. */
const KILLS = Number(process.env.GATEHOUSE_KILLS ?? 3);

/**
 * Records until it is killed, at a moment that nothing decides after at least so much was promised; answers up to which
 * time frames were.
 */
async function recordUntilKilled(
  house: RecordingHouse,
  tenantId: Uuid,
  cameraIds: Uuid[],
  { fromMs, leastMs }: { readonly fromMs: number; readonly leastMs: number },
) {
  const { connection } = house.database;
  const asked = JSON.stringify({ connection, folder: house.folder, tenantId, cameraIds, fromMs });
  const child = spawn(process.execPath, [CHILD, asked], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let promisedMs = fromMs;
  let isDoomed = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("ready")) promisedMs = Number(line);
    if (isDoomed || promisedMs - fromMs < leastMs) continue;
    isDoomed = true;
    setTimeout(() => child.kill("SIGKILL"), Math.random() * 1_200);
  }
  await exited;
  await endKilled(house.database);
  expect(child.signalCode).toBe("SIGKILL");
  return promisedMs;
}

test(
  "after each kill -9 every sealed segment verifies, the tail is shown as unsigned, and the index is what the files say",
  async () => {
    const clock = virtualClock(START_MS);
    const house = await recordingHouse(clock);
    const tenantId = await house.addTenant();
    const cameraIds = [house.addCamera(tenantId), house.addCamera(tenantId)];
    expect(cameraIds.every(isUuid)).toBe(true);
    const keyring = new SegmentKeyring({
      ...house,
      masterKey: MASTER_KEY,
      random: { bytes: () => new Uint8Array(0), ratio: () => 0 },
    });
    const seen = { sealed: 0, unsigned: 0 };
    let fromMs = START_MS;
    for (let kill = 0; kill < KILLS; kill++) {
      const promisedMs = await recordUntilKilled(house, tenantId, cameraIds, {
        fromMs,
        // Once long enough for a segment to end, however slow the machine is; else at any time.
        leastMs: kill === 0 ? SEGMENT_MS + 5_000 : 0,
      });
      const recordings = house.again();
      await recordings.start?.();
      expect(recordings.recovered()).toMatchObject({ damaged: 0, orphanRows: 0 });
      let unsigned = 0;
      for await (const row of allSegments(house.db)) {
        if (row.lastMs < fromMs) continue;
        const file = (await house.blobs.read(segmentBlob(row), 0, 1e9)) as Uint8Array;
        const key = (await keyring.open(row)) as Uint8Array;
        const found = readIndex(file, key, [testSigner().key]);
        expect([row.firstMs, row.lastMs, row.codec, row.bytes]).toEqual([
          ...[found.firstMs, found.lastMs, found.codec],
          file.length + 44,
        ]);
        expect(encodeChunks(row.chunks).equals(encodeChunks(found.chunks))).toBe(true);
        expect(row.lastMs - row.firstMs).toBeLessThanOrEqual(SEGMENT_MS);
        if (row.state === "sealed") {
          expect(found.fault).toBeUndefined();
          expect(found.signed?.note).toBe(row.manifest);
          const signed = parseManifest(row.manifest ?? "");
          expect(signed && isManifestSignedBy(signed, testSigner().key)).toBe(true);
        } else {
          expect([row.state, found.fault]).toEqual(["unsigned", "no_end"]);
          unsigned++;
        }
      }
      expect(unsigned).toBeLessThanOrEqual(cameraIds.length);
      seen.unsigned += unsigned;
      // A second that was told of is on disk, but for the one that was still being gathered.
      for (const cameraId of cameraIds) {
        const rows = (await house.rows()).filter(
          (row) => row.camera_id === cameraId && row.last_ms >= fromMs,
        );
        const frames = rows.reduce((sum, row) => sum + row.frames, 0);
        expect(frames).toBeGreaterThanOrEqual(4 * ((promisedMs - fromMs) / 1_000));
      }
      expect((await house.rows()).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(await house.filesBytes());
      await recordings.stop?.();
      fromMs = promisedMs + 300_000;
    }
    const rows = await house.rows();
    seen.sealed = rows.filter(({ state }) => state === "sealed").length;
    expect(seen.sealed).toBeGreaterThan(0);
    expect(seen.unsigned).toBeGreaterThan(0);
    // The chain of manifests goes through all crashes.
    for (const cameraId of cameraIds) {
      let previous: string | null = null;
      for (const row of rows.filter((one) => one.camera_id === cameraId && one.state === "sealed")) {
        expect(parseManifest(row.manifest ?? "")?.manifest.previous).toBe(previous);
        previous = row.manifest_sha256;
      }
    }
    console.info(`${KILLS} kills: ${seen.sealed} segments sealed, ${seen.unsigned} unsigned tails`);
    await house[Symbol.asyncDispose]();
  },
  30_000 + KILLS * 15_000,
);
