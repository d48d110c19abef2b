import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeAddCheckpoint } from "../add-checkpoint.ts";
import { encodeBase64 } from "../base64.ts";
import { certifyLog, fingerprintOf } from "../certificate.ts";
import type { EvidenceFiles } from "../evidence/verify.ts";
import { encodeNote } from "../note.ts";
import { hidePersonal } from "../personal.ts";
import { proveConsistency, proveInclusion } from "../proofs.ts";
import { signSeam } from "../seam.ts";
import { hashLeaf } from "../tree-hash.ts";
import { encodeFrontier } from "../tree-head.ts";
import { encodeVerifierKey, type Signer } from "../verifier-key.ts";
import {
  laterLogSigner,
  logSigner,
  otherWitnessSigner,
  ownerSigner,
  rootSigner,
  seedOf,
  witnessSigner,
} from "./parties.ts";
import { TestLog } from "./test-log.ts";

const SIZE = 5;
const OLD_SIZE = 3;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Everything the author of a verifier needs to follow step by step; written to vectors/ by `npm run gen`. */
export function ledgerVectors(): object {
  const log = TestLog.of(SIZE);
  const old = TestLog.of(OLD_SIZE);
  const proof = proveConsistency(OLD_SIZE, SIZE, log.hashAt);
  const salt = seedOf("salt");
  const seam = signSeam(
    {
      oldLog: encodeVerifierKey(logSigner.key),
      oldSize: SIZE,
      oldRoot: encodeBase64(log.root),
      newLog: encodeVerifierKey(laterLogSigner.key),
      reason: "Restored from the backup of 20 November",
    },
    ownerSigner,
  );
  return {
    comment: "Made by `npm run gen`; docs/verify.md says what each field is.",
    keys: Object.fromEntries(
      [logSigner, laterLogSigner, rootSigner, ownerSigner, witnessSigner, otherWitnessSigner].map(describe),
    ),
    fingerprint: fingerprintOf(rootSigner.key.publicKey),
    certificate: encodeNote(certifyLog(logSigner.key, rootSigner)),
    personal: {
      saltHex: bytesToHex(salt),
      name: "email",
      value: "ada@example.com",
      hidden: hidePersonal(salt, "email", "ada@example.com"),
    },
    events: log.lines.map((line) => ({ line: text(line), leafHex: bytesToHex(hashLeaf(line)) })),
    rootsHex: Array.from({ length: SIZE + 1 }, (_, size) => bytesToHex(TestLog.of(size).root)),
    frontierHex: bytesToHex(encodeFrontier(log.frontier)),
    tiles: Object.fromEntries([...log.tiles].map(([path, bytes]) => [path, bytesToHex(bytes)])),
    inclusion: { index: 3, size: SIZE, proofHex: proveInclusion(3, SIZE, log.hashAt).map(bytesToHex) },
    consistency: { first: OLD_SIZE, second: SIZE, proofHex: proof.map(bytesToHex) },
    checkpoint: encodeNote(log.checkpoint()),
    cosigned: encodeNote(log.cosigned()),
    oldCheckpoint: encodeNote(old.checkpoint()),
    addCheckpoint: encodeAddCheckpoint({ oldSize: OLD_SIZE, proof, note: log.checkpoint() }),
    seam: encodeNote(seam),
    exports: { range: filesOf(log.exportRange(1, 4)), entries: filesOf(log.exportEntries([0, 3])) },
  };
}

const describe = ({ key }: Signer): [string, object] => [
  key.name,
  {
    seedHex: bytesToHex(seedOf(key.name)),
    publicKeyHex: bytesToHex(key.publicKey),
    verifierKey: encodeVerifierKey(key),
  },
];

const filesOf = ({ events, checkpoint, proofs, keys }: EvidenceFiles): object => ({
  "events.ndjson": text(events),
  checkpoint: text(checkpoint),
  "proofs.json": text(proofs),
  "keys.json": text(keys),
});
