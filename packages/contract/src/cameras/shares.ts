import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, page, QueryInt, text, UnixMs, Uuid } from "../schemas.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a link can be. */
export const SHARE_LIMITS = {
  maxSpanMs: HOUR_MS,
  minLifeMs: HOUR_MS,
  maxLifeMs: 30 * DAY_MS,
  defaultLifeMs: 7 * DAY_MS,
  maxOpenings: 1_000,
  minPasswordLength: 8,
  maxPasswordLength: 128,
  maxNoteLength: 300,
  /** For so long a revoked link can be made to work again. */
  undoMs: 600_000,
} as const;

/** `used_up`: opened as often as it may be. `erased`: what it showed was erased. */
export const SHARE_STATES = ["active", "used_up", "expired", "revoked", "erased"] as const;
export type ShareState = (typeof SHARE_STATES)[number];
const State = Type.Unsafe<ShareState>(Type.Union(SHARE_STATES.map((state) => Type.Literal(state))));

export const SHARED_CLIP_STATES = ["waiting", "rendering", "ready", "failed"] as const;
/** The film of a link, as far as it is made. */
export const SharedFilm = object({
  state: Type.Unsafe<(typeof SHARED_CLIP_STATES)[number]>(
    Type.Union(SHARED_CLIP_STATES.map((state) => Type.Literal(state))),
  ),
  /** 0 … 1 */
  progress: Type.Number(),
  bytes: Type.Optional(Type.Integer()),
  /** Code of the error that ended it. */
  failure: Type.Optional(Type.String()),
});
export type SharedFilm = Static<typeof SharedFilm>;

/** A link to one clip, as people of the organisation see it. The link itself is shown once, when it is made. */
export const Share = object({
  id: Uuid,
  /** Counts up within the organisation; it is drawn on the picture. */
  number: Type.Integer(),
  cameraId: Uuid,
  /** Both empty when the camera is gone. */
  cameraName: Type.String(),
  cameraLabel: Type.String(),
  fromMs: UnixMs,
  toMs: UnixMs,
  /** Absent when the person is gone. */
  sharedBy: Type.Optional(Type.String()),
  madeMs: UnixMs,
  expiresMs: UnixMs,
  state: State,
  hasPassword: Type.Boolean(),
  openings: Type.Integer(),
  maxOpenings: Type.Optional(Type.Integer()),
  lastOpenedMs: Type.Optional(UnixMs),
  note: Type.String(),
  showsCamera: Type.Boolean(),
  allowsDownload: Type.Boolean(),
  film: SharedFilm,
  /** Until when a revoked one can be made to work again. */
  restorableMs: Type.Optional(UnixMs),
});
export type Share = Static<typeof Share>;

/** 256 random bits, base64url. */
const Token = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });
const Password = Type.String({ minLength: 1, maxLength: SHARE_LIMITS.maxPasswordLength });

/** What whoever has the link may know. */
export const SharedClip = object({
  organisation: Type.String(),
  sharedBy: Type.Optional(Type.String()),
  number: Type.Integer(),
  note: Type.String(),
  camera: Type.Optional(Type.String()),
  fromMs: UnixMs,
  toMs: UnixMs,
  /** IANA name of where the camera is. */
  timeZone: Type.String(),
  expiresMs: UnixMs,
  allowsDownload: Type.Boolean(),
  film: SharedFilm,
});
export type SharedClip = Static<typeof SharedClip>;

const tag = "recordings";
const camera = { kind: "device", param: "id" } as const;
const share = { kind: "share", param: "id" } as const;

export const createShare = endpoint({
  method: "POST",
  path: "/api/v1/cameras/:id/shares",
  tag,
  audience: "operator",
  permission: "recording.export",
  resource: camera,
  records: ["recording.shared"],
  summary: "A link to one clip for whoever has it, until it expires or is revoked",
  params: IdParams,
  body: object({
    fromMs: UnixMs,
    toMs: UnixMs,
    lifeMs: Type.Integer({ minimum: SHARE_LIMITS.minLifeMs, maximum: SHARE_LIMITS.maxLifeMs }),
    password: Type.Optional(
      Type.String({
        minLength: SHARE_LIMITS.minPasswordLength,
        maxLength: SHARE_LIMITS.maxPasswordLength,
      }),
    ),
    maxOpenings: Type.Optional(Type.Integer({ minimum: 1, maximum: SHARE_LIMITS.maxOpenings })),
    note: Type.Optional(text(SHARE_LIMITS.maxNoteLength)),
    showsCamera: Type.Boolean(),
    allowsDownload: Type.Boolean(),
  }),
  reply: object({
    share: Share,
    /** The link: its secret stands in the fragment, and is not kept. */
    url: Type.String(),
  }),
  errors: [
    "device.not_found",
    "camera.none",
    "segment.range_invalid",
    "segment.erased",
    "share.nothing_recorded",
    "share.too_many",
    "export.no_room",
    "ffmpeg.missing",
  ],
});
export const listShares = endpoint({
  method: "GET",
  path: "/api/v1/recordings/shares",
  tag,
  audience: "operator",
  permission: "recording.export",
  partial: true,
  summary: "Links to clips, the newest first; those that ended stay listed for 90 days",
  query: object({
    camera: Type.Optional(Uuid),
    /** Those whose clip overlaps the span. */
    fromMs: Type.Optional(QueryInt),
    toMs: Type.Optional(QueryInt),
    /** Those that work. */
    active: Type.Optional(Type.Literal("true")),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Share),
});
export const revokeShare = endpoint({
  method: "POST",
  path: "/api/v1/recordings/shares/:id/revoke",
  tag,
  audience: "operator",
  permission: "recording.export",
  resource: share,
  records: ["recording.share_revoked"],
  summary: "End a link at once, also for whoever is looking",
  params: IdParams,
  body: object({}),
  reply: Share,
  errors: ["share.not_found", "share.ended"],
});
export const restoreShare = endpoint({
  method: "POST",
  path: "/api/v1/recordings/shares/:id/restore",
  tag,
  audience: "operator",
  permission: "recording.export",
  resource: share,
  records: ["recording.shared"],
  summary: "Let a link work again that was revoked in the last ten minutes",
  params: IdParams,
  body: object({}),
  reply: Share,
  errors: ["share.not_found", "share.ended", "share.too_many"],
});

const open = { tag, audience: "public" } as const;

export const findSharedClip = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/shares/find",
  perMinute: 30,
  unrecorded: "says only whether the link works and asks for a password; nothing is shown yet",
  summary: "Whether a link works, for whoever has it; every link that does not is answered alike",
  body: object({ token: Token }),
  reply: object({ hasPassword: Type.Boolean(), openingsLeft: Type.Optional(Type.Integer()) }),
  errors: ["share.unavailable", "share.erased", "auth.throttled"],
});
export const openShare = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/shares/open",
  perMinute: 30,
  records: ["recording.viewed"],
  summary: "Open a link: what it shows, and for some hours a way to its film",
  body: object({ token: Token, password: Type.Optional(Password) }),
  reply: object({
    view: Token,
    clip: SharedClip,
    /** Further clips, where several were lent by one link: each with a way of its own. */
    more: Type.Array(object({ view: Token, clip: SharedClip })),
  }),
  errors: ["share.unavailable", "share.erased", "share.password_wrong", "auth.throttled", "server.busy"],
});
export const getSharedClip = endpoint({
  ...open,
  method: "GET",
  path: "/api/v1/share-views/:view",
  summary: "What an opened link shows, and how far its film is made",
  params: object({ view: Token }),
  reply: SharedClip,
  errors: ["share.unavailable", "share.erased"],
});
export const getSharedFilm = endpoint({
  ...open,
  method: "GET",
  path: "/api/v1/share-views/:view/film",
  summary: "The film of an opened link, by range (RFC 9110 §14)",
  params: object({ view: Token }),
  query: object({ download: Type.Optional(Type.Literal("true")) }),
  reply: Type.Unknown(),
  contentType: "video/mp4",
  errors: [
    "share.unavailable",
    "share.erased",
    "share.not_ready",
    "segment.range_unsatisfiable",
    "server.busy",
  ],
});
