import { createHash } from "node:crypto";
import {
  appendLeaves,
  createVerifierKey,
  EMPTY_FRONTIER,
  encodeBase64,
  encodeNote,
  encodeVerifierKey,
  fingerprintOf,
  hashLeaf,
  KEY_TYPES,
  rootOf,
  signCheckpoint,
  signNote,
} from "@gatehouse/ledger";
import { type Frame, parseFrames, type SegmentManifest, signManifest } from "@gatehouse/video";
import { describe, expect, it } from "vitest";
import { ed25519 } from "../../audit/testing/signer.ts";
import { recordSegment } from "../player/testing/segments.ts";
import { checkSegment, type SegmentEvidence, underKnownRoot, verdictOf } from "./segment-checks.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();
const { segment, content } = recordSegment(0, { seconds: 3 });
const frames = segment.chunks.flatMap(
  ([begin, length]) => parseFrames(content.subarray(begin, begin + length)) ?? [],
);
const recorder = ed25519();
const recorderKey = createVerifierKey("gatehouse/recordings", KEY_TYPES.note, recorder.publicKey);

const manifest: SegmentManifest = {
  v: 1,
  camera: segment.cameraId,
  segment: segment.id,
  firstMs: segment.firstMs,
  lastMs: segment.lastMs,
  deviceFirstMs: null,
  deviceLastMs: null,
  codec: "jpeg",
  frames: frames.length,
  framesRoot: Buffer.from(
    rootOf(
      appendLeaves(
        EMPTY_FRONTIER,
        frames.map(({ bytes }) => hashLeaf(sha256(bytes))),
      ),
    ),
  ).toString("hex"),
  sealedBytes: 1,
  sealedSha256: "0".repeat(64),
  previous: null,
};
const root = ed25519();
const rootKey = createVerifierKey("gatehouse.example/root", KEY_TYPES.note, root.publicKey);
const vouch = (key: string, signer = root) =>
  encodeNote(signNote(`gatehouse-recordings-key/v1\n${key}\n`, { key: rootKey, sign: signer.sign }));
const sign = (what: SegmentManifest) => signManifest(what, { key: recorderKey, sign: recorder.sign });

/** The log's proof for a manifest's text. */
function entryOf(text: string): NonNullable<SegmentEvidence["entry"]> {
  const log = ed25519();
  const key = createVerifierKey("log.example/1", KEY_TYPES.note, log.publicKey);
  const id = "0191a000-0000-7000-8000-000000000001";
  const data = { manifestSha256: sha256(text).toString("hex") };
  const event = JSON.stringify({
    id,
    kind: "recording.sealed",
    subject: { kind: "segment", id: segment.id },
    data,
  });
  const leaf = hashLeaf(new TextEncoder().encode(event));
  const root = rootOf(appendLeaves(EMPTY_FRONTIER, [leaf]));
  return {
    entry: {
      id,
      log: 1,
      index: 0,
      atMs: 0,
      leafHash: encodeBase64(leaf),
      act: {
        kind: "recording.sealed",
        outcome: "done",
        actor: { kind: "system", id: "" },
        data,
        personal: {},
      },
    },
    event,
    salts: {},
    proof: {
      hashes: [],
      size: 1,
      checkpoint: encodeNote(signCheckpoint({ size: 1, root }, { key, sign: log.sign })),
      verifierKey: encodeVerifierKey(key),
    },
  };
}

const whole: SegmentEvidence = {
  segment,
  frames,
  manifest: sign(manifest),
  verifierKey: `${encodeVerifierKey(recorderKey)}\n`,
  root: {
    rootKey: encodeVerifierKey(rootKey),
    certificate: vouch(encodeVerifierKey(recorderKey)),
  },
  entry: entryOf(sign(manifest)),
};
const trust = whole.root as NonNullable<SegmentEvidence["root"]>;
const checks = async (change: Partial<SegmentEvidence>) =>
  (await checkSegment({ ...whole, ...change })).checks;

describe("a recording checked in the browser", () => {
  it("is genuine when its pictures, its signature and its entry fit", async () => {
    const { checks: found } = await checkSegment(whole);
    expect(new Set(Object.values(found))).toEqual(new Set(["proven"]));
    expect(verdictOf(found)).toBe("verified");
  });

  it("is not when one picture was changed, left out, repeated or moved", async () => {
    const [first, second, ...rest] = frames as [Frame, Frame, ...Frame[]];
    const changed = { ...first, bytes: first.bytes.map((byte, n) => (n === 3 ? byte ^ 1 : byte)) };
    for (const other of [
      [changed, second, ...rest],
      [second, ...rest],
      [first, first, ...rest],
      [second, first, ...rest],
    ]) {
      const found = await checks({ frames: other });
      expect(found.pictures).toBe("failed");
      expect(found.signature).toBe("proven");
      expect(verdictOf(found)).toBe("tampered");
    }
  });

  it("is not when a part does not open", async () => {
    const found = await checks({ frames: "damaged" });
    expect([found.opened, found.pictures, verdictOf(found)]).toEqual(["failed", "failed", "tampered"]);
  });

  it("is not when the manifest is another's, or signed by somebody else", async () => {
    const otherCamera = sign({ ...manifest, camera: "22222222-2222-4222-8222-222222222222" });
    expect((await checks({ manifest: otherCamera, entry: entryOf(otherCamera) })).pictures).toBe("failed");
    const stranger = ed25519();
    const forged = signManifest(manifest, { key: recorderKey, sign: stranger.sign });
    expect((await checks({ manifest: forged })).signature).toBe("failed");
    expect((await checks({ verifierKey: "no key" })).signature).toBe("failed");
    expect((await checks({ manifest: "no manifest" })).signature).toBe("failed");
  });

  it("is not when the log holds another manifest, or the entry is of another recording", async () => {
    const later = sign({ ...manifest, lastMs: manifest.lastMs + 1 });
    expect((await checks({ entry: entryOf(later) })).entry).toBe("failed");
    const entry = entryOf(whole.manifest ?? "");
    const swapped = {
      ...entry,
      event: entry.event?.replace(segment.id, "22222222-2222-4222-8222-222222222222"),
    };
    expect((await checks({ entry: swapped as typeof entry })).entry).toBe("failed");
  });

  it("is not when the root does not vouch for whoever signed, or is not the one that this browser knows", async () => {
    const stranger = ed25519();
    const other = createVerifierKey("gatehouse/recordings", KEY_TYPES.note, stranger.publicKey);
    for (const change of [
      { certificate: vouch(encodeVerifierKey(other)) },
      { certificate: vouch(encodeVerifierKey(recorderKey), stranger) },
      { certificate: "none" },
      { rootKey: "none" },
    ]) {
      const found = await checks({ root: { ...trust, ...change } });
      expect([found.signature, found.root, verdictOf(found)]).toEqual(["proven", "failed", "tampered"]);
    }
    const report = await checkSegment(whole);
    const under = (known: string | undefined) => verdictOf(underKnownRoot(report, known).checks);
    expect([under(undefined), under(fingerprintOf(root.publicKey))]).toEqual(["verified", "verified"]);
    expect(under(fingerprintOf(stranger.publicKey))).toBe("tampered");
  });

  it("says what it was not shown, and calls nothing genuine without it", async () => {
    const withoutLog = await checks({ entry: undefined });
    expect([withoutLog.entry, withoutLog.place, verdictOf(withoutLog)]).toEqual([
      "absent",
      "absent",
      "sealed",
    ]);
    const unsigned = await checks({ manifest: undefined, entry: undefined });
    expect([unsigned.pictures, unsigned.signature, verdictOf(unsigned)]).toEqual([
      "absent",
      "absent",
      "unknown",
    ]);
  });
});
