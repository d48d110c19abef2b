export { openApiKey, sealApiKey } from "./api-key.ts";
export { type Claim, claimOfCode, claimOfGroup, isRegistrationId } from "./claim.ts";
export { signDeviceSettings, verifyDeviceSettings } from "./device-settings.ts";
export { type MqttTokenGrant, mintMqttToken, mqttTokenMac } from "./mqtt-token.ts";
export {
  type RevocationTerms,
  type RevokedEntry,
  type RevokedKind,
  signRevocations,
  verifyRevocations,
} from "./revocations.ts";
export { encodeRotation, signRotation, verifyRotation } from "./rotation.ts";
export { type ServerKeyTerms, signServerKey, verifyServerKey } from "./server-key.ts";
export { type SiteKeyTerms, signSiteKey, verifySiteKey } from "./site-key.ts";
export {
  agreementProof,
  answerMac,
  type EnrolmentTerms,
  encodeTranscript,
  requestMac,
  sameMac,
  signTranscript,
  verifyTranscript,
} from "./transcript.ts";
export { importTrustRoot, openTrustRoot, type TrustRoot } from "./trust-root.ts";
export { fourWords, wordsOfBytes } from "./words.ts";
