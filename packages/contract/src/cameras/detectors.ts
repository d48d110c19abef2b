import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, lineOrEmpty, object, QueryInt, UnixMs, Uuid } from "../schemas.ts";
import { BUILT_IN_DETECTOR, FoundBox } from "./detection.ts";

/** Of the parts of a model's file, and of a picture to try. */
export const UPLOAD_TYPE = "application/vnd.gatehouse.upload";
/** Every part but the last of a file has this size. */
export const UPLOAD_PART_BYTES = 1_048_576;
/** Of a picture to try. */
export const MAX_TRIED_PICTURE_BYTES = 10_000_000;
export const MAX_DETECTORS = 20;

/** Files of a model: one `onnx`, or `param` and `bin` of NCNN with their `metadata`. In bytes at most. */
export const MODEL_FILES = {
  onnx: 128 * 1_048_576,
  param: 1_048_576,
  bin: 128 * 1_048_576,
  metadata: 65_536,
} as const;
export type ModelFileName = keyof typeof MODEL_FILES;
export const MODEL_FILE_NAMES = Object.keys(MODEL_FILES) as ModelFileName[];
const ModelFileName = Type.Unsafe<ModelFileName>(
  Type.Union(MODEL_FILE_NAMES.map((name) => Type.Literal(name))),
);

const DetectorId = Type.Union([Type.Literal(BUILT_IN_DETECTOR), Uuid]);
const Url = Type.String({ minLength: 8, maxLength: 2_048, pattern: "^https?://" });
const Secret = Type.String({ maxLength: 512, pattern: "^[\\x21-\\x7e]*$" });

/** What can look for things in the pictures of an organisation's cameras. */
export const Detector = object({
  id: DetectorId,
  kind: Type.Union([
    Type.Literal(BUILT_IN_DETECTOR),
    Type.Literal("onnx"),
    Type.Literal("ncnn"),
    Type.Literal("remote"),
  ]),
  name: Type.String(),
  /** What whoever added it wrote of the licence. */
  licence: Type.String(),
  /** What the model is built like; absent for one that is elsewhere. */
  family: Type.Optional(Type.String()),
  /** What it can find; empty where that is known only by looking. */
  labels: Type.Array(Type.String()),
  inputSize: Type.Optional(object({ width: Type.Integer(), height: Type.Integer() })),
  files: Type.Array(object({ file: ModelFileName, bytes: Type.Integer(), sha256: Type.String() })),
  /** Of one that is elsewhere: pictures are sent there. */
  remote: Type.Optional(
    object({ url: Type.String(), allowPrivate: Type.Boolean(), hasSecret: Type.Boolean() }),
  ),
  /** Cameras that use it, of those that the asker may see. */
  cameras: Type.Array(object({ id: Uuid, name: Type.String() })),
  /** Absent for the one that comes along. */
  added: Type.Optional(object({ atMs: UnixMs, byName: Type.String() })),
});
export type Detector = Static<typeof Detector>;

const named = { name: line(120), licence: lineOrEmpty(200) };
const remoteBody = {
  ...named,
  url: Url,
  /** Loopback and private addresses are refused unless whoever adds it allows them. */
  allowPrivate: Type.Boolean(),
};

const tag = "cameras";
const path = "/api/v1/detectors";
const detector = { kind: "detector", param: "id" } as const;
const upload = { kind: "model_upload", param: "id" } as const;
const writes = { tag, audience: "operator", permission: "detector.write" } as const;
const UPLOADED_LATER = "recorded when the model is added";

export const listDetectors = endpoint({
  method: "GET",
  path,
  tag,
  audience: "operator",
  permission: "camera.view",
  partial: true,
  summary: "Detectors that cameras can use",
  reply: object({ items: Type.Array(Detector) }),
});
export const beginModelUpload = endpoint({
  ...writes,
  method: "POST",
  path: `${path}/uploads`,
  unrecorded: UPLOADED_LATER,
  summary: "Begin to upload a model; what is not finished within an hour is forgotten",
  body: object({}),
  reply: IdParams,
  status: 201,
  errors: ["limit.reached"],
});
export const putModelPart = endpoint({
  ...writes,
  method: "PUT",
  path: `${path}/uploads/:id/:file`,
  resource: upload,
  unrecorded: UPLOADED_LATER,
  summary: "The next part of a file of the model; it is kept when it answers",
  params: object({ id: Uuid, file: ModelFileName }),
  query: object({ part: QueryInt }),
  body: Type.Unsafe<Uint8Array>(Type.Unknown()),
  bodyLimitBytes: UPLOAD_PART_BYTES,
  reply: object({ parts: Type.Integer() }),
  errors: ["detector.upload_gone", "detector.part_wrong", "detector.model_invalid"],
});
export const finishModelUpload = endpoint({
  ...writes,
  method: "POST",
  path: `${path}/uploads/:id/finish`,
  resource: upload,
  records: ["detector.added"],
  summary: "Try the model in a process of its own, and keep it",
  params: IdParams,
  body: object(named),
  reply: Detector,
  status: 201,
  errors: [
    "detector.upload_gone",
    "detector.model_invalid",
    "detector.exists",
    "limit.reached",
    "server.busy",
  ],
});
export const cancelModelUpload = endpoint({
  ...writes,
  method: "DELETE",
  path: `${path}/uploads/:id`,
  resource: upload,
  unrecorded: "nothing was kept",
  summary: "Forget what was uploaded of a model",
  params: IdParams,
  reply: Done,
  errors: ["detector.upload_gone"],
});
export const addRemoteDetector = endpoint({
  ...writes,
  method: "POST",
  path,
  records: ["detector.added"],
  summary: "Add a detector elsewhere: pictures of the cameras that use it are sent to its address",
  body: object({ ...remoteBody, secret: Secret }),
  reply: Detector,
  status: 201,
  errors: ["url.forbidden", "limit.reached"],
});
export const updateDetector = endpoint({
  ...writes,
  method: "PUT",
  path: `${path}/:id`,
  resource: detector,
  records: ["detector.changed"],
  summary:
    "Rename a detector, or change where one is that is elsewhere; an empty secret keeps what is stored",
  params: IdParams,
  body: object({
    ...named,
    remote: Type.Optional(object({ url: Url, allowPrivate: Type.Boolean(), secret: Secret })),
  }),
  reply: Detector,
  errors: ["detector.not_found", "url.forbidden", "secret.required"],
});
export const removeDetector = endpoint({
  ...writes,
  method: "DELETE",
  path: `${path}/:id`,
  resource: detector,
  records: ["detector.removed"],
  summary: "Delete a detector that no camera uses",
  params: IdParams,
  reply: Done,
  errors: ["detector.not_found", "detector.in_use"],
});
export const tryDetector = endpoint({
  method: "POST",
  path: `${path}/:id/try`,
  tag,
  audience: "operator",
  permission: "camera.write",
  resource: detector,
  unrecorded: "looks at a picture that is not kept",
  summary:
    "What a detector finds in one JPEG or PNG picture, from a score of 0.1 on; the picture is not kept",
  params: object({ id: DetectorId }),
  body: Type.Unsafe<Uint8Array>(Type.Unknown()),
  bodyLimitBytes: MAX_TRIED_PICTURE_BYTES,
  reply: object({
    width: Type.Integer(),
    height: Type.Integer(),
    /** What looking took, without opening model and picture. */
    lookMs: Type.Number(),
    boxes: Type.Array(FoundBox),
  }),
  errors: [
    "detector.not_found",
    "detector.model_invalid",
    "detector.failed",
    "detector.picture_invalid",
    "server.busy",
    "url.forbidden",
    "url.unreachable",
  ],
  perMinute: 20,
});
