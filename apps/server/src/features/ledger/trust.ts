import {
  certifyLog,
  createVerifierKey,
  encodeNote,
  encodeVerifierKey,
  fingerprintOf,
  KEY_TYPES,
  type Signer,
  signNote,
} from "@gatehouse/ledger";
import { wordsOfBytes } from "@gatehouse/secure-channel";
import {
  deriveKey,
  ed25519Signer,
  type MasterKey,
  sha256,
  trustRootSeed,
} from "../../platform/secrets/index.ts";

/** 132 bits: as much as the fingerprint has, and each word says eleven. */
const FINGERPRINT_WORDS = 12;

/**
 * The installation's trust root as a signer of notes: the same key that devices keep from their enrolment on, so that
 * one fingerprint stands for everything.
 */
export function rootSigner(master: MasterKey, installationName: string): Signer {
  const { publicKey, sign } = ed25519Signer(trustRootSeed(master));
  return { key: createVerifierKey(`${installationName}/root`, KEY_TYPES.note, publicKey), sign };
}

/**
 * Signs the manifests of recordings: a key of its own, so that neither can be taken for the other. Its name stays when
 * the installation gets another address.
 */
export function recordingSigner(master: MasterKey): Signer {
  const { publicKey, sign } = ed25519Signer(deriveKey(master, "recordings/manifest"));
  const name = `gatehouse/recordings/${fingerprintOf(publicKey).replaceAll(" ", "").slice(0, 16)}`;
  return { key: createVerifierKey(name, KEY_TYPES.note, publicKey), sign };
}

/** By this the root's fingerprint stands for the key of recordings too. */
export const recordingCertificate = ({ key }: Signer, root: Signer): string =>
  encodeNote(signNote(`gatehouse-recordings-key/v1\n${encodeVerifierKey(key)}\n`, root));

/** By this whoever signs recordings vouches for the key of a camera that signs its own. */
export const cameraCertificate = (cameraId: string, verifierKey: string, recordings: Signer): string =>
  encodeNote(signNote(`gatehouse-camera-key/v1\n${cameraId}\n${verifierKey}\n`, recordings));

/** The certificate by which the root's fingerprint stands for the log's key too. */
export const certificateOf = (log: Signer, root: Signer): string => encodeNote(certifyLog(log.key, root));

/** What people compare, in both forms. */
export const comparable = ({ key }: Signer): { fingerprint: string; words: string[] } => ({
  fingerprint: fingerprintOf(key.publicKey),
  words: wordsOfBytes(sha256(key.publicKey), FINGERPRINT_WORDS),
});
