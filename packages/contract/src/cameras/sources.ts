import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, lineOrEmpty, object, UnixMs } from "../schemas.ts";

/** By the address: `rtsp:` and `rtsps:`, or `http:` and `https:`. */
export const SOURCE_KINDS = ["rtsp", "multipart"] as const;
export const SourceKind = Type.Unsafe<(typeof SOURCE_KINDS)[number]>(
  Type.Union(SOURCE_KINDS.map((kind) => Type.Literal(kind))),
);
export type SourceKind = Static<typeof SourceKind>;

export const SOURCE_PROBLEMS = [
  /** The name is not known; there is no connection; its certificate is not accepted. */
  ...["name", "connection", "tls"],
  /** Nothing came in time; nothing comes any more; it ended; it says that it is busy. */
  ...["timeout", "silent", "ended", "busy"],
  /** Name or password is not accepted. */
  "credentials",
  /** The address may not be called, or only when private addresses are allowed, or only encrypted. */
  ...["address", "address_private", "unencrypted"],
  /** What is there is not fetched: nothing, another address, no video, a video that is not H.264, nothing that makes sense. */
  ...["not_found", "redirect", "no_video", "codec", "malformed", "too_large", "no_key_frame", "status"],
  /** Of the pictures a part is left out: more bytes between two key frames than a fragment may have. */
  "cut",
  /** Pictures come, but none that the server takes: the camera's health has the codes. */
  "refused",
  /** The camera sends by another way, too. */
  "taken",
  /** There is no ffmpeg, which masks need here. */
  "ffmpeg",
  /** More sources than the installation fetches at once. */
  "limit",
  /** The key with which name and password were sealed is another. */
  "unreadable",
] as const;
export const SourceProblem = Type.Unsafe<(typeof SOURCE_PROBLEMS)[number]>(
  Type.Union(SOURCE_PROBLEMS.map((problem) => Type.Literal(problem))),
);
export type SourceProblem = Static<typeof SourceProblem>;

/** A source that cannot push: the server fetches from it. */
export const PullSource = object({
  /** Without name and password. */
  url: line(500),
  /** Kept sealed; never answered. Both absent: as they were, for the same host; both empty: none. */
  user: Type.Optional(lineOrEmpty(100)),
  password: Type.Optional(lineOrEmpty(200)),
  /** Whether the address may be one of a private network. */
  allowPrivate: Type.Boolean(),
});
export type PullSource = Static<typeof PullSource>;

const Trouble = {
  problem: SourceProblem,
  /** What the other side said: a codec's name, a status. */
  detail: Type.Optional(Type.String()),
};

/** `off`: the camera is switched off or revoked. */
export const SOURCE_STATES = ["connecting", "delivering", "waiting", "off"] as const;
const SourceState = Type.Unsafe<(typeof SOURCE_STATES)[number]>(
  Type.Union(SOURCE_STATES.map((state) => Type.Literal(state))),
);

/** As people see it. */
export const SourceView = object({
  kind: SourceKind,
  url: Type.String(),
  allowPrivate: Type.Boolean(),
  /** A name and password are kept. */
  hasLogin: Type.Boolean(),
  changedMs: UnixMs,
  state: SourceState,
  /** The newest; a source that delivers may have one too. */
  trouble: Type.Optional(object(Trouble)),
  /** When it is tried again. */
  nextMs: Type.Optional(UnixMs),
});
export type SourceView = Static<typeof SourceView>;

export const SourceTest = object({
  ok: Type.Boolean(),
  trouble: Type.Optional(object(Trouble)),
  video: Type.Optional(Type.Union([Type.Literal("jpeg"), Type.Literal("h264")])),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  framesPerSecond: Type.Optional(Type.Number()),
  bytesPerSecond: Type.Optional(Type.Integer()),
});
export type SourceTest = Static<typeof SourceTest>;

const common = {
  tag: "cameras",
  audience: "operator",
  /** Also to read it: an address can tell a secret. */
  permission: "camera.write",
  resource: { kind: "device", param: "id" },
  params: IdParams,
} as const;
const notFound = ["device.not_found", "camera.none"] as const;
const refused = [...notFound, "camera.source_invalid", "url.forbidden", "secret.required"] as const;

export const getSource = endpoint({
  ...common,
  method: "GET",
  path: "/api/v1/cameras/:id/source",
  summary: "Where the server fetches this camera's pictures, if it does",
  reply: object({ source: Type.Optional(SourceView) }),
  errors: notFound,
});
export const putSource = endpoint({
  ...common,
  method: "PUT",
  path: "/api/v1/cameras/:id/source",
  records: ["camera.source_changed"],
  summary: "Let the server fetch this camera's pictures",
  body: PullSource,
  reply: SourceView,
  errors: refused,
});
export const removeSource = endpoint({
  ...common,
  method: "DELETE",
  path: "/api/v1/cameras/:id/source",
  records: ["camera.source_changed"],
  summary: "Fetch nothing any more",
  reply: Done,
  errors: [...notFound, "camera.source_none"],
});
export const testSource = endpoint({
  ...common,
  method: "POST",
  path: "/api/v1/cameras/:id/source/test",
  records: ["camera.source_changed"],
  summary: "Connect now, for ten seconds at most, and say what is there; nothing is kept",
  body: PullSource,
  reply: SourceTest,
  errors: [...refused, "server.busy"],
  perMinute: 20,
});
