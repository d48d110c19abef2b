import {
  appendLeaves,
  createVerifierKey,
  EMPTY_FRONTIER,
  encodeBase64,
  encodeNote,
  encodeVerifierKey,
  hashLeaf,
  KEY_TYPES,
  rootOf,
  signCheckpoint,
} from "@gatehouse/ledger";
import { expect, it } from "vitest";
import { checkLog, type ReadRange } from "./check-log.ts";
import { ed25519 } from "./testing/signer.ts";

const { publicKey, sign } = ed25519();
const key = createVerifierKey("log.example/1", KEY_TYPES.note, publicKey);

const leafOf = (event: string) => hashLeaf(new TextEncoder().encode(event));
const events = Array.from({ length: 2_345 }, (_, index) => `{"n":${index}}`);
const rows = events.map((event) => ({ leafHash: encodeBase64(leafOf(event)), event }));
const root = rootOf(appendLeaves(EMPTY_FRONTIER, events.map(leafOf)));
const head = {
  checkpoint: encodeNote(signCheckpoint({ size: events.length, root }, { key, sign })),
  verifierKey: encodeVerifierKey(key),
};
const reader =
  (items: readonly { leafHash: string; event?: string }[]): ReadRange =>
  async (from, to) =>
    items.slice(from, to);

const check = (items: readonly { leafHash: string; event?: string }[]) =>
  checkLog(head, reader(items), () => undefined);

it("proves a whole log, entries of others by their hashes alone, and says how far it is", async () => {
  const done: number[] = [];
  const some = rows.map((row, index) => (index % 3 === 0 ? { leafHash: row.leafHash } : row));
  const verdict = await checkLog(head, reader(some), (progress) => done.push(progress.done));
  expect(verdict).toEqual({
    kind: "whole",
    entries: 2_345,
    shown: some.filter((row) => "event" in row).length,
  });
  expect(done).toEqual([1_000, 2_000, 2_345]);
});

it("names the entry whose event was changed", async () => {
  const changed = rows.map((row, index) => (index === 1_234 ? { ...row, event: '{"n":-1}' } : row));
  expect(await check(changed)).toEqual({ kind: "changed", index: 1_234 });
});

it("notices entries that are swapped or replaced together with their hashes", async () => {
  const at = new Map([
    [7, 8],
    [8, 7],
  ]);
  const swapped = rows.map((row, index) => rows[at.get(index) ?? index] ?? row);
  expect(await check(swapped)).toEqual({ kind: "root_differs", entries: 2_345 });
});

it("names where a log ends too early, and takes no head that its key did not sign", async () => {
  expect(await check(rows.slice(0, 2_000))).toEqual({ kind: "missing", index: 2_000 });
  const forged = { ...head, checkpoint: head.checkpoint.replace("2345", "2344") };
  expect(await checkLog(forged, reader(rows), () => undefined)).toEqual({ kind: "not_signed" });
});
