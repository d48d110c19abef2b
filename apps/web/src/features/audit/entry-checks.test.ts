import {
  appendLeaves,
  createVerifierKey,
  EMPTY_FRONTIER,
  encodeBase64,
  encodeNote,
  encodeVerifierKey,
  hashLeaf,
  hidePersonal,
  KEY_TYPES,
  rootOf,
  signCheckpoint,
} from "@gatehouse/ledger";
import { describe, expect, it } from "vitest";
import { checkEntry, type EntryProof } from "./entry-checks.ts";
import { ed25519 } from "./testing/signer.ts";

const { publicKey, sign } = ed25519();
const key = createVerifierKey("log.example/1", KEY_TYPES.note, publicKey);
const salt = new Uint8Array(32).fill(3);
const id = "0191a000-0000-7000-8000-000000000001";
const event = JSON.stringify({
  id,
  kind: "login.done",
  personal: { email: hidePersonal(salt, "email", "a@b.c") },
});
const leaf = hashLeaf(new TextEncoder().encode(event));
const sibling = hashLeaf(new Uint8Array(3));
const root = rootOf(appendLeaves(EMPTY_FRONTIER, [sibling, leaf]));

const proof: EntryProof = {
  entry: {
    id,
    log: 1,
    index: 1,
    atMs: 0,
    leafHash: encodeBase64(leaf),
    act: {
      kind: "login.done",
      outcome: "done",
      actor: { kind: "person", id },
      data: {},
      personal: { email: "a@b.c" },
    },
  },
  event,
  salts: { email: encodeBase64(salt) },
  proof: {
    hashes: [encodeBase64(sibling)],
    size: 2,
    checkpoint: encodeNote(signCheckpoint({ size: 2, root }, { key, sign })),
    verifierKey: encodeVerifierKey(key),
  },
};

describe("an entry checked in the browser", () => {
  it("is proven when everything fits", () => {
    expect(checkEntry(proof)).toEqual({
      event: "proven",
      place: "proven",
      checkpoint: "proven",
      personal: "proven",
    });
  });

  it("fails where somebody changed something, and only there", () => {
    const { entry, proof: path } = proof;
    const act = entry.act as NonNullable<typeof entry.act>;
    expect(checkEntry({ ...proof, event: event.replace("login.done", "login.lost") }).event).toBe("failed");
    expect(checkEntry({ ...proof, entry: { ...entry, index: 0 } }).place).toBe("failed");
    expect(checkEntry({ ...proof, entry: { ...entry, act: { ...act, kind: "session.ended" } } }).event).toBe(
      "failed",
    );
    expect(
      checkEntry({ ...proof, entry: { ...entry, act: { ...act, personal: { email: "x@b.c" } } } }),
    ).toEqual({
      event: "proven",
      place: "proven",
      checkpoint: "proven",
      personal: "failed",
    });
    const foreign = createVerifierKey("log.example/1", KEY_TYPES.note, ed25519().publicKey);
    const byOther = { ...(path as NonNullable<typeof path>), verifierKey: encodeVerifierKey(foreign) };
    expect(checkEntry({ ...proof, proof: byOther })).toMatchObject({ checkpoint: "failed", place: "failed" });
    expect(checkEntry({ ...proof, proof: { ...byOther, checkpoint: "nonsense" } }).checkpoint).toBe("failed");
  });

  it("says what it was not given", () => {
    const { proof: _path, event: _event, ...bare } = proof;
    expect(checkEntry(bare)).toEqual({
      event: "absent",
      place: "absent",
      checkpoint: "absent",
      personal: "absent",
    });
  });
});
