import { type Static, type TProperties, Type } from "typebox";

// What a camera and its server tell each other in a session, as JSON under content type 10 (docs/cameras.md).

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const kind = Type.Literal("camera");
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** What can be shown on one line and stored: no control characters, no half of a surrogate pair. */
const line = (maxLength: number, minLength = 0) =>
  Type.String({
    ...{ minLength, maxLength },
    pattern: "^(?:[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])*$",
  });
const Name = line(60);

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
const Ready = strict({
  kind,
  says: Type.Literal("ready"),
  judges: Type.Boolean(),
  /** Whether it can look for things itself, and seal what it records. Absent in programs that know neither. */
  detects: Type.Optional(Type.Boolean()),
  seals: Type.Optional(Type.Boolean()),
  /** Whether it fetches a model that was chosen, keeps to a schedule of recording, and draws masks itself. */
  models: Type.Optional(Type.Boolean()),
  schedules: Type.Optional(Type.Boolean()),
  masks: Type.Optional(Type.Boolean()),
  /** Whether it knows a greatest height, and zones that ask for a score and a time. */
  narrows: Type.Optional(Type.Boolean()),
});

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

const Id = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const UnixMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Count = Type.Integer({ minimum: 0, maximum: 10_000 });
const Label = line(64, 1);
const Model = line(120);

/** Things of one look; more are left out, the least certain first. */
export const MAX_BOXES = 20;

const Box = strict({
  label: Label,
  score: Share,
  x: Share,
  y: Share,
  width: Share,
  height: Share,
  track: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});

/** Of a picture in a message, which holds 64 KiB. */
export const MAX_SHOWN_BYTES = 44_000;
/** Up, before a visit that is sure: its surest picture, small. Only where its orders say that messages may carry one. */
const Shown = strict({
  kind,
  says: Type.Literal("shown"),
  takenMs: UnixMs,
  boxes: Type.Array(Box, { minItems: 1, maxItems: MAX_BOXES }),
  /** JPEG as base64. */
  jpeg: Type.String({ maxLength: 4 * Math.ceil(MAX_SHOWN_BYTES / 3), pattern: "^[A-Za-z0-9+/]+={0,2}$" }),
});
export type CameraShown = Static<typeof Shown>;

const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** Of one file of a model. */
const MAX_MODEL_FILE_BYTES = 128 * 1_048_576;
const ModelFileName = Type.Union([
  Type.Literal("onnx"),
  Type.Literal("param"),
  Type.Literal("bin"),
  Type.Literal("metadata"),
]);

/** A model that somebody uploaded, by what its files are. */
export const CameraModel = strict({
  id: Id,
  name: Model,
  files: Type.Array(
    strict({
      file: ModelFileName,
      bytes: Type.Integer({ minimum: 1, maximum: MAX_MODEL_FILE_BYTES }),
      sha256: Hash,
    }),
    { minItems: 1, maxItems: 3 },
  ),
});
export type CameraModel = Static<typeof CameraModel>;

/**
 * Why another model looks than the one that was chosen: it is on its way, it is not what it was said to be when it came,
 * it does not open, it fails at each look, or there is no room for it.
 */
export const MODEL_FAULTS = ["coming", "damaged", "invalid", "failed", "no_room"] as const;
export const InsteadOfModel = strict({
  wanted: Model,
  why: Type.Unsafe<(typeof MODEL_FAULTS)[number]>(Type.Union(MODEL_FAULTS.map((why) => Type.Literal(why)))),
  /** How much of it came. */
  share: Share,
});
export type InsteadOfModel = Static<typeof InsteadOfModel>;

/** Up: the next piece of a file of the model that its orders name. */
const ModelAsked = strict({
  kind,
  says: Type.Literal("model"),
  model: Id,
  file: ModelFileName,
  from: Type.Integer({ minimum: 0, maximum: MAX_MODEL_FILE_BYTES }),
});
export type CameraModelAsked = Static<typeof ModelAsked>;

/** Of one piece but the last; as base64 it fits into a message of a session. */
export const MODEL_PIECE_BYTES = 131_072;
/** Down: that piece. */
export const CameraModelPiece = strict({
  ...ModelAsked.properties,
  bytes: Type.String({ maxLength: 4 * Math.ceil(MODEL_PIECE_BYTES / 3), pattern: "^[A-Za-z0-9+/]+={0,2}$" }),
});
export type CameraModelPiece = Static<typeof CameraModelPiece>;

/** Up, about once a second while its detector looks: what it found, oldest first. */
const Found = strict({
  kind,
  says: Type.Literal("found"),
  model: Model,
  /** What one look takes, and how many there were in the last ten seconds. */
  lookMs: Type.Number({ minimum: 0, maximum: 60_000 }),
  looksPerSecond: Type.Number({ minimum: 0, maximum: 100 }),
  /** Why it does not look; absent while it does. */
  problem: Type.Optional(line(100)),
  /** Absent while the model looks that was chosen. */
  instead: Type.Optional(InsteadOfModel),
  looks: Type.Array(
    strict({
      agoMs: Type.Integer({ minimum: 0, maximum: MAX_LOOK_AGE_MS }),
      boxes: Type.Array(Box, { maxItems: MAX_BOXES }),
    }),
    { maxItems: MAX_LOOKS },
  ),
});
export type CameraFound = Static<typeof Found>;

/**
 * Up: a visit as it is now, when it begins, is sure, goes on and ends; what could not be said then comes later. Times are
 * the server's, as the machine knows it. The same visit has the same id, and may come twice.
 */
export const CameraVisit = strict({
  kind,
  says: Type.Literal("visit"),
  id: Id,
  what: Type.Union([Type.Literal("person"), Type.Literal("object")]),
  startMs: UnixMs,
  seenMs: UnixMs,
  endMs: Type.Optional(UnixMs),
  bestMs: UnixMs,
  /** Largest share of the picture that one covered. */
  strength: Share,
  zones: Type.Array(Name, { maxItems: 16, uniqueItems: true }),
  model: Model,
  labels: Type.Array(Label, { maxItems: 80, uniqueItems: true }),
  mostAtOnce: Count,
  counted: Count,
  score: Share,
  path: Type.Array(Type.Tuple([Share, Share]), { maxItems: 64 }),
  bestBox: Type.Optional(Box),
  alarmMs: Type.Optional(UnixMs),
  /** Whether its recording stays at the machine until somebody asks for it. */
  kept: Type.Boolean(),
});
export type CameraVisit = Static<typeof CameraVisit>;

/** Bytes of a signed manifest; empty for a recording that a crash left without its end. */
const Manifest = Type.String({ maxLength: 8_192 });
/** A sealed segment of an agent is smaller than one of the server: it has to go over a line. */
export const MAX_CLIP_BYTES = 9 * 1_048_576;
/** Of one piece. */
export const CLIP_PIECE_BYTES = 262_144;

/** Up: a sealed segment for the server, whose pieces follow under content type 6 once it says from where on. */
const Clip = strict({
  kind,
  says: Type.Literal("clip"),
  segment: Id,
  bytes: Type.Integer({ minimum: 1, maximum: MAX_CLIP_BYTES }),
  /** The segment's own key, base64: 32 bytes. */
  key: Type.String({ pattern: "^[A-Za-z0-9+/]{43}=$" }),
  manifest: Manifest,
});
export type CameraClip = Static<typeof Clip>;

/** Up: how far it is with what somebody asked for. `left` of 0 is the end. */
const Fetching = strict({
  kind,
  says: Type.Literal("fetching"),
  event: Id,
  segments: Count,
  left: Count,
  bytesLeft: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});
export type CameraFetching = Static<typeof Fetching>;

export const CameraWord = Type.Union([Ready, Looks, Found, CameraVisit, Clip, Fetching, ModelAsked, Shown]);
export type CameraWord = Static<typeof CameraWord>;

/** Down, to an offered segment: from which byte on it is wanted, or what became of it. */
export const CameraClipAnswer = strict({
  kind,
  says: Type.Literal("clip"),
  segment: Id,
  result: Type.Union([
    Type.Literal("send"),
    /** It is there for good. */
    Type.Literal("stored"),
    /** It will never be taken. */
    Type.Literal("refused"),
    /** Not now: no room, or others come first. */
    Type.Literal("later"),
  ]),
  from: Type.Integer({ minimum: 0, maximum: MAX_CLIP_BYTES }),
});
export type CameraClipAnswer = Static<typeof CameraClipAnswer>;

/** Down: somebody wants the recording of an event that is kept at the machine, or does not any more. */
export const CameraFetch = strict({
  kind,
  says: Type.Union([Type.Literal("fetch"), Type.Literal("cancel")]),
  event: Id,
  fromMs: UnixMs,
  toMs: UnixMs,
});
export type CameraFetch = Static<typeof CameraFetch>;

/** Segment 16 · offset u32, big-endian · bytes: the content of one message of content type 6. */
export const CLIP_PIECE_HEADER_BYTES = 20;

const Corner = Type.Tuple([Share, Share]);
const Area = Type.Array(Corner, { minItems: 3, maxItems: 32 });
/** Days 1 Monday … 7 on which it begins, minutes of the day; `toMinute` before `fromMinute` goes past midnight. */
const Span = strict({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
  fromMinute: Type.Integer({ minimum: 0, maximum: 1_439 }),
  toMinute: Type.Integer({ minimum: 0, maximum: 1_440 }),
});
const Zone = strict({
  name: Name,
  kind: Type.Union([Type.Literal("watch"), Type.Literal("ignore")]),
  area: Area,
});
/** A watch zone in which less counts: looks that are sure enough, and who has stayed for long enough. */
const VisitZone = strict({
  ...Zone.properties,
  minScore: Type.Optional(Share),
  loiterSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
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
  /** Absent: nobody wants it to look for anything. Zones are those of `motion`. */
  detection: Type.Optional(
    strict({
      classes: Type.Array(Label, { minItems: 1, maxItems: 80, uniqueItems: true }),
      minScore: Share,
      minHeight: Share,
      maxHeight: Type.Optional(Share),
      minSeconds: Type.Integer({ minimum: 0, maximum: 60 }),
      endAfterSeconds: Type.Integer({ minimum: 1, maximum: 60 }),
      zones: Type.Array(VisitZone, { maxItems: 32 }),
      /** Absent: the model that comes along. */
      model: Type.Optional(CameraModel),
      /** Messages about alarms may carry a picture: the surest one is shown to the server. */
      shows: Type.Optional(Type.Literal(true)),
    }),
  ),
  /** Absent: nothing is recorded at the machine. */
  sealing: Type.Optional(
    strict({
      /** `bring`: to the server, of what is wanted. `keep`: no picture leaves the machine unless somebody fetches it. */
      goes: Type.Union([Type.Literal("bring"), Type.Literal("keep")]),
      /** False: what belongs to events alone. */
      all: Type.Boolean(),
      preRollSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
      postRollSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
      keepDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
      keepEventDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
      /** Nothing outside of these times of the week there; absent: always. */
      schedule: Type.Optional(
        strict({
          timeZone: Type.String({ minLength: 1, maxLength: 64 }),
          spans: Type.Array(Span, { maxItems: 20 }),
        }),
      ),
    }),
  ),
  /** Black in every picture before anything is done with it; absent where the server draws them. */
  masks: Type.Optional(Type.Array(Area, { minItems: 1, maxItems: 32 })),
  /** No picture leaves the machine, whether something is recorded there or not. */
  stays: Type.Optional(Type.Literal(true)),
});
export type CameraOrders = Static<typeof CameraOrders>;
