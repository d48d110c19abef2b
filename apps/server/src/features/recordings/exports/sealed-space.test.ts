import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUuid, systemClock, systemRandom } from "@gatehouse/base";
import { CIPHERS } from "@gatehouse/video";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderBlobs } from "../../../platform/blobs/index.ts";
import { SealedFiles } from "./sealed-files.ts";

const MIB = 1_048_576;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatehouse-sealed-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what is taken out of recordings leaves them their room: it ends long before they would give way", async () => {
  let freeBytes = 1_100 * MIB;
  const files = new SealedFiles({
    blobs: {
      ...createFolderBlobs(folder, systemRandom),
      space: async () => ({ freeBytes, totalBytes: 10_000 * MIB }),
    },
    keyring: { make: async () => systemRandom.bytes(32) } as never,
    cipher: CIPHERS.aes256gcm,
    clock: systemClock,
    random: systemRandom,
    minFreeBytes: 512 * MIB,
  });
  const id = (): string => newUuid(systemClock, systemRandom);
  const writer = await files.create({ tenantId: id(), cameraId: id(), fileId: id() });
  await writer.append(new Uint8Array(8 * MIB));
  freeBytes = 1_024 * MIB;
  await expect(writer.append(new Uint8Array(8 * MIB))).rejects.toMatchObject({ code: "server.disk_full" });
  await writer.abandon();
});
