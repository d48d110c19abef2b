import { parseNote } from "@gatehouse/ledger";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type LedgerHouse, ledgerHouse, TENANT } from "../testing/house.ts";

const CAMERA = "0191a000-0000-7000-8000-00000000000c";
const KEY = "0191a000-machine+885a76f8+AUQLsPfuyaz6ztbWW4eQ3b0kWs10112RX+SGLQpN+0hK";

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

it("vouches for the keys of cameras that signed themselves, as the log has them, and for no others", async () => {
  const segments = ["a", "b", "c"].map((end) => `0191a000-0000-7000-8000-00000000000${end}`);
  for (const [at, id] of segments.entries())
    await house.record({
      tenantId: TENANT,
      kind: "recording.sealed",
      subject: { kind: "segment", id },
      data: { cameraId: CAMERA, manifestSha256: "0".repeat(64), ...(at === 0 ? {} : { signer: KEY }) },
    });
  const keysOf = async (ids: readonly string[]) => {
    const { files } = await house.ledger.evidenceAbout(TENANT, [
      { kinds: ["recording.sealed"], subjectIds: ids },
    ]);
    const keys = files.find(({ name }) => name === "keys.json");
    return JSON.parse(Buffer.from(keys?.bytes ?? []).toString()) as {
      recordings: string;
      cameras?: string[];
    };
  };
  expect((await keysOf(segments.slice(0, 1))).cameras).toBeUndefined();
  const { cameras = [], recordings } = await keysOf(segments);
  expect(cameras).toHaveLength(1);
  const note = parseNote(cameras[0] as string);
  expect(note.text).toBe(`gatehouse-camera-key/v1\n${CAMERA}\n${KEY}\n`);
  expect(recordings).toContain(note.signatures[0]?.name);
});

it("knows of nothing that nobody asks for", async () => {
  expect(await house.ledger.indexesOf(TENANT, "recording.sealed", [])).toEqual(new Map());
  const { files } = await house.ledger.evidenceAbout(TENANT, [
    { kinds: ["recording.sealed"], subjectIds: [] },
  ]);
  expect(files.map(({ name }) => name)).toContain("checkpoint");
});
