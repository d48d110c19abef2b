import { AppError, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import {
  DEFAULT_MODEL,
  type Detector,
  openDetector,
  type PostForm,
  readDefaultModel,
} from "@gatehouse/detect";
import { fetchPinned } from "../../platform/outgoing/index.ts";
import { sha256Hex } from "../../platform/secrets/index.ts";
import type { DetectorsContext } from "./context.ts";
import { DetectorStore } from "./detector-store.ts";
import { type ModelRecord, modelFileOf, type RemoteRecord } from "./model.ts";
import { UploadStore } from "./upload-store.ts";

const REMOTE_MS = 10_000;
const MAX_ANSWER_BYTES = 1_048_576;

export interface OpenedDetector {
  readonly detector: Detector;
  readonly name: string;
}

/**
 * A detector of an organisation, ready to look; whoever opens it closes it. Refuses `detector.not_found`,
 * `detector.model_invalid`, and `detector.failed` when a file is not the one that was added.
 */
export async function openById(
  context: DetectorsContext,
  tenantId: Uuid,
  id: cameras.DetectionSettings["detector"],
): Promise<OpenedDetector> {
  if (id === cameras.BUILT_IN_DETECTOR) {
    const file = await readDefaultModel();
    return { detector: await openDetector({ kind: "onnx", file }, context.clock), name: DEFAULT_MODEL.name };
  }
  const record = await new DetectorStore(context.db).find(id, tenantId);
  if (record === undefined) throw new AppError("detector.not_found");
  const detector =
    record.kind === "remote"
      ? await openDetector({ kind: "remote", post: postTo(context, record) }, context.clock)
      : await openModel(context, record);
  return { detector, name: record.name };
}

async function openModel({ clock, db }: DetectorsContext, { id, files }: ModelRecord): Promise<Detector> {
  const uploaded = await new UploadStore(db).read(id);
  for (const { file, sha256 } of files) {
    const bytes = uploaded[file];
    if (bytes === undefined || sha256Hex(bytes) !== sha256)
      throw new AppError("detector.failed", { detail: "a file of the model is not the one that was added" });
  }
  const file = modelFileOf(uploaded);
  const isForeign = true;
  return openDetector(
    file.format === "onnx" ? { kind: "onnx", file, isForeign } : { kind: "ncnn", file, isForeign },
    clock,
  );
}

/** Forms to the address that was chosen, and to no other. */
function postTo(
  { secrets, lookup }: DetectorsContext,
  { id, url, allowPrivate, secret }: RemoteRecord,
): PostForm {
  const key = secret === undefined ? undefined : secrets.open(id, secret);
  return async (form) => {
    const message = new Response(form);
    const { status, body } = await fetchPinned(
      url,
      {
        method: "POST",
        headers: {
          "content-type": message.headers.get("content-type") ?? "",
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: new Uint8Array(await message.arrayBuffer()),
      },
      {
        allowPrivate,
        timeoutMs: REMOTE_MS,
        maxBytes: MAX_ANSWER_BYTES,
        ...(lookup === undefined ? {} : { lookup }),
      },
    );
    return { status, text: new TextDecoder().decode(body) };
  };
}
