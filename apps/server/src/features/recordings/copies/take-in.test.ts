import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { film, recordingHouse, START_MS } from "../testing/house.ts";

const EVER = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

test("a copy of what was lost becomes a segment again; what is here or was erased, or does not open, does not", async () => {
  const clock = virtualClock(START_MS + 200_000);
  const house = await recordingHouse(clock);
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 70, fps: 2, bytes: 500 });
  await house.recordings.stop?.();
  const before = await house.rows();
  const [first] = before;
  const name = { tenantId, cameraId, segmentId: first?.id ?? "" };
  const { sealed } = house.recordings;
  const [segment, key] = await Promise.all([
    sealed.read(name, "segment", 0, 1_000_000_000),
    sealed.read(name, "key", 0, 100),
  ]);
  const copyOf = (bytes = segment) => ({
    read: async (file: "segment" | "key", from: number, to: number) =>
      // As from the network: views of larger buffers.
      Buffer.concat([Buffer.alloc(3), (file === "segment" ? bytes : key) ?? new Uint8Array()]).subarray(
        3 + from,
        3 + to,
      ),
  });
  expect(await sealed.takeIn(name, copyOf(), EVER)).toEqual({ outcome: "known", bytes: 0 });

  for await (const blob of house.blobs.list()) await house.blobs.remove(blob);
  const again = house.again();
  await again.start?.();
  const changed = segment?.slice();
  changed?.set([(changed[300] ?? 0) ^ 1], 70);
  expect((await again.sealed.takeIn(name, copyOf(changed), EVER)).outcome).toBe("foreign");
  const late = { fromMs: START_MS + 3_600_000, toMs: EVER.toMs };
  expect((await again.sealed.takeIn(name, copyOf(), late)).outcome).toBe("outside");
  expect(await again.sealed.takeIn(name, copyOf(), EVER)).toEqual({ outcome: "taken", bytes: first?.bytes });
  const after = (await house.rows()).find(({ id }) => id === name.segmentId);
  expect(after).toMatchObject({ state: "sealed", frames: first?.frames, manifest: first?.manifest });
  expect(await house.filesBytes()).toBe(first?.bytes);

  await house.database.pool.query("update recording_segments set state = 'erased' where id = $1", [
    first?.id,
  ]);
  expect((await again.sealed.takeIn(name, copyOf(), EVER)).outcome).toBe("known");
  await again.stop?.();
  await house[Symbol.asyncDispose]();
});
