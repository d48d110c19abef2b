import { type Static, type TProperties, Type } from "typebox";

// What a camera and its server tell each other in a session, as JSON under content type 10 (docs/cameras.md).

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const kind = Type.Literal("camera");
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Name = Type.String({ maxLength: 60 });

/** Looks of one message: what five looks a second make while one message waits for its turn. */
export const MAX_LOOKS = 16;
/** An older look tells of no event of now. */
export const MAX_LOOK_AGE_MS = 30_000;

/** What one picture showed (`Look` of packages/motion), by how long ago it was taken. */
export const CameraLook = strict({
  agoMs: Type.Integer({ minimum: 0, maximum: MAX_LOOK_AGE_MS }),
  share: Share,
  moves: Type.Boolean(),
  zones: Type.Array(Name, { maxItems: 16, uniqueItems: true }),
});
export type CameraLook = Static<typeof CameraLook>;

/** Up, at the start of each session: it wants its settings, and says whether it judges its pictures itself. */
const Ready = strict({ kind, says: Type.Literal("ready"), judges: Type.Boolean() });

/** Up, about once a second: what its motion gate saw since the message before, oldest first. */
const Looks = strict({
  kind,
  says: Type.Literal("looks"),
  /** Of key frames of a video, which come more seldom than pictures. */
  video: Type.Boolean(),
  looks: Type.Array(CameraLook, { minItems: 1, maxItems: MAX_LOOKS }),
  /** Of the newest look: the share from which on something moves, whether it is too dark to judge, and its cells. */
  threshold: Share,
  dark: Type.Boolean(),
  /** Rows of the grid from the top: 0 still … 9 strongest, `-` where nobody looks. */
  cells: Type.Array(Type.String({ pattern: "^[0-9-]{24}$" }), { minItems: 18, maxItems: 18 }),
});
export type CameraLooks = Static<typeof Looks>;

export const CameraWord = Type.Union([Ready, Looks]);
export type CameraWord = Static<typeof CameraWord>;

const Corner = Type.Tuple([Share, Share]);
const Zone = strict({
  name: Name,
  kind: Type.Union([Type.Literal("watch"), Type.Literal("ignore")]),
  area: Type.Array(Corner, { minItems: 3, maxItems: 32 }),
});

/** Down, in answer to `ready` and whenever somebody changes them: what was chosen for the camera. */
export const CameraOrders = strict({
  kind,
  /** False: nothing is taken from it. */
  enabled: Type.Boolean(),
  maxFramesPerSecond: Type.Integer({ minimum: 1, maximum: 60 }),
  /** `jpeg`: it has masks, which are drawn on single pictures only. */
  as: Type.Union([Type.Literal("copy"), Type.Literal("jpeg")]),
  /** Absent: nobody wants to know what moves. Masked areas are among the ignored zones. */
  motion: Type.Optional(
    strict({
      sensitivity: Type.Integer({ minimum: 1, maximum: 100 }),
      zones: Type.Array(Zone, { maxItems: 32 }),
    }),
  ),
});
export type CameraOrders = Static<typeof CameraOrders>;
