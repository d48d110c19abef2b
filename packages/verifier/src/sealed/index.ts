// A clip as a server keeps it, opened and checked somewhere else: what the console's viewer is made of.
export type { ClipProblemKind, ClipSegment } from "../clip/clip-report.ts";
export type { ExportReport } from "../verify-opened.ts";
export type { LogPlace } from "./log-places.ts";
export type { OpeningFault } from "./open-segment.ts";
export { openedAhead } from "./opened-ahead.ts";
export { type SealedClip, type SealedClipReport, verifySealedClip } from "./sealed-clip.ts";
export { portableCrypto } from "./segment-crypto.ts";
