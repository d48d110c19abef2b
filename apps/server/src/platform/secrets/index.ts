export {
  createPrivateFile,
  ensurePrivateFolder,
  readPrivateFile,
  replacePrivateFile,
} from "@gatehouse/base/private-file";
export { fastestCipher, segmentCrypto } from "@gatehouse/secure-channel";
export { type AccessClaims, type AccessTokens, createAccessTokens } from "./access-token.ts";
export { type AgeReader, encryptAge, isAgeRecipient } from "./age.ts";
export { matchesApiKey, type NewApiKey, newApiKey, parseApiKey, TOKEN_PREFIX } from "./api-key.ts";
export {
  type DeviceToken,
  type DeviceTokenVerdict,
  parseDeviceToken,
  verifyDeviceToken,
} from "./device-token.ts";
export { createSha256, equalConstantTime, hmacSha256, sha256, sha256Hex } from "./digest.ts";
export { type Ed25519Signer, ed25519Signer } from "./ed25519.ts";
export { openFernet, parseFernetKey } from "./fernet.ts";
export {
  findKeyFile,
  type KeyFile,
  openMasterKey,
  type PassphraseSource,
  plainKeyPath,
  writePlainKey,
  writeSealedKey,
} from "./key-file.ts";
export { isImportablePasswordHash } from "./legacy-password.ts";
export { deriveKey, fingerprintOfKey, hkdfSha256, type MasterKey, trustRootSeed } from "./master-key.ts";
export { hashPassword, isKnownPasswordHash, needsRehash, stretchSecret, verifyPassword } from "./password.ts";
export { isSameGroup, newRecoveryCode, parseRecoveryCode, RECOVERY_GROUPS } from "./recovery-code.ts";
export {
  kitPath,
  newRecoveryKit,
  openRecoveryKit,
  type RecoveryKit,
  readRecoveryKit,
  writeRecoveryKit,
} from "./recovery-kit.ts";
export { openSecret, sealSecret } from "./seal.ts";
export { newRecordingKey, openRecordingKey, type SegmentKeys, type SegmentName } from "./segment-keys.ts";
export { createShortLinks, type ShortLinks } from "./short-link.ts";
export { type CellPlace, newTenantDataKey, openTenantCipher, type TenantCipher } from "./tenant-data-key.ts";
export { newToken } from "./token.ts";
export { base32, newTotpSecret, totpKeyUri, verifyTotp } from "./totp.ts";
export { signWebhook, verifyWebhook } from "./webhook.ts";
