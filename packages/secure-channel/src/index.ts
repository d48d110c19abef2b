export * from "./enrolment/index.ts";
export {
  generateKeyBundle,
  importKeyBundle,
  importPublicBundle,
  type KeyBundle,
  type PublicBundle,
} from "./key-bundle.ts";
export { isKeyId, type KeyId } from "./key-id.ts";
export { sha256 } from "./primitives/hash.ts";
export { REFUSAL_REASONS, type RefusalReason, refusalReason, refused } from "./refusal.ts";
export {
  CONTENT_TYPES,
  type ContentType,
  encodeSealedHeader,
  MAX_BODY_BYTES,
  MAX_SEQUENCE,
  parseSealedHeader,
  SEALED_HEADER_BYTES,
  type SealedHeader,
} from "./sealed/header.ts";
export {
  decodeReplayState,
  encodeReplayState,
  judgeSequence,
  markSeen,
  NO_REPLAY_STATE,
  REPLAY_WINDOW,
  type ReplayState,
  type SequenceVerdict,
} from "./sealed/replay.ts";
export {
  RESERVATION_BLOCK,
  type SequenceCounter,
  startCounter,
  type TakenSequence,
  takeSequence,
} from "./sealed/reservation.ts";
export {
  assertSigned,
  open,
  type ParsedEnvelope,
  parseEnvelope,
  type SealRequest,
  seal,
  sign,
} from "./sealed/seal.ts";
export { encodeForwarded, parseForwarded, type SignedPart } from "./sealed/signed-part.ts";
export { CLOCK_TOLERANCE_MS, isTimely } from "./sealed/timely.ts";
export { createSha256, fastestCipher, segmentCrypto } from "./segment-crypto.ts";
export { frameKindOf, sessionIdOf } from "./session/frames.ts";
export { acceptHello, Handshake, type Hello, parseHello } from "./session/handshake.ts";
export { PeerSessions } from "./session/peer-sessions.ts";
export { type DataMessage, NO_CONTENT, type OpenedData, type Session } from "./session/session.ts";
export {
  isSuiteAccepted,
  isSuiteId,
  pinAfter,
  SUITE_IDS,
  type SuiteId,
  type SuiteName,
  type SuitePolicy,
} from "./suite-ids.ts";
