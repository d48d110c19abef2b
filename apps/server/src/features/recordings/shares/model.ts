import type { UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { SealedName } from "../exports/sealed-files.ts";

/** As it stands in the row; that it is being made is known to whoever makes it. */
export type FilmState = "waiting" | "ready" | "failed";

/** Links of one organisation that work at the same time. */
export const MAX_ACTIVE = 200;
/** An opened link plays for so long, then it is opened anew. */
export const VIEW_MS = 4 * 3_600_000;
/** Openings of one link in an hour, and tries with a wrong password, from everywhere together. */
export const MAX_TRIES_AN_HOUR = 60;
/** Films of one link, and of all, that are on their way at the same time. */
export const MAX_STREAMS_OF_ONE = 12;
export const MAX_STREAMS = 100;
/** A film that failed is tried again when the link is opened, but not before. */
export const RETRY_AFTER_MS = 30_000;
/** Ended links stay listed. */
export const LISTED_MS = 90 * 86_400_000;

/** A row. */
export interface KeptShare {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly number: number;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly passwordHash: string | undefined;
  readonly madeBy: Uuid;
  readonly madeMs: UnixMs;
  readonly expiresMs: UnixMs;
  readonly revokedMs: UnixMs | undefined;
  readonly erasedMs: UnixMs | undefined;
  readonly openings: number;
  readonly maxOpenings: number | undefined;
  readonly lastOpenedMs: UnixMs | undefined;
  readonly note: string;
  readonly showsCamera: boolean;
  readonly allowsDownload: boolean;
  readonly filmState: FilmState;
  readonly filmBytes: number | undefined;
  readonly filmFailure: string | undefined;
  /** The link that opens this clip together with its own. */
  readonly lendOf: Uuid | undefined;
}

type Ending = Pick<KeptShare, "revokedMs" | "expiresMs" | "erasedMs" | "maxOpenings" | "openings">;

/** What a person ended says more than what time did. */
export function stateOf(share: Ending, nowMs: UnixMs): cameras.ShareState {
  if (share.revokedMs !== undefined) return "revoked";
  if (share.expiresMs <= nowMs) return "expired";
  if (share.erasedMs !== undefined) return "erased";
  return share.maxOpenings !== undefined && share.openings >= share.maxOpenings ? "used_up" : "active";
}

/** Until when a revoked link can be made to work again; undefined when it cannot. */
export function restorableMs(share: Ending, nowMs: UnixMs): UnixMs | undefined {
  if (share.revokedMs === undefined || share.erasedMs !== undefined) return undefined;
  const untilMs = Math.min(share.revokedMs + cameras.SHARE_LIMITS.undoMs, share.expiresMs);
  return untilMs > nowMs ? untilMs : undefined;
}

/** Whether whoever opened it before is still shown it. */
export const isShown = (share: Ending, nowMs: UnixMs): boolean => {
  const state = stateOf(share, nowMs);
  return state === "active" || state === "used_up";
};

export const nameOfFilm = ({ tenantId, cameraId, id }: KeptShare): SealedName => ({
  tenantId,
  cameraId,
  fileId: id,
});

/** What is drawn on each picture: whose it is, who gave it away, by which link and when. */
export const watermarkOf = (
  { number, madeMs }: Pick<KeptShare, "number" | "madeMs">,
  organisation: string,
  sharedBy: string,
): string =>
  [organisation, sharedBy, `#${number}`, new Date(madeMs).toISOString().slice(0, 10)]
    .filter((part) => part !== "")
    .join(" · ");
