import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { ModelFile } from "@gatehouse/detect";

export interface ModelFileRecord {
  readonly file: cameras.ModelFileName;
  readonly bytes: number;
  readonly sha256: string;
}

interface Added {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly name: string;
  readonly licence: string;
  readonly createdMs: UnixMs;
  readonly createdBy: string;
}

/** A model whose files are here. */
export interface ModelRecord extends Added {
  readonly kind: "onnx" | "ncnn";
  readonly family: string;
  readonly labels: readonly string[];
  readonly inputSize: { readonly width: number; readonly height: number };
  readonly files: readonly ModelFileRecord[];
  /** Over the hashes of all files: the same model has the same one. */
  readonly digest: string;
}

/** One that is elsewhere. */
export interface RemoteRecord extends Added {
  readonly kind: "remote";
  readonly url: string;
  readonly allowPrivate: boolean;
  /** Sealed; undefined without one. */
  readonly secret: Uint8Array | undefined;
}

export type DetectorRecord = ModelRecord | RemoteRecord;

/** What was uploaded, by name. */
export type UploadedFiles = Partial<Readonly<Record<cameras.ModelFileName, Uint8Array>>>;

/** Refuses `detector.model_invalid` for what is neither an ONNX file nor a pair of NCNN. */
export function modelFileOf({ onnx, param, bin, metadata }: UploadedFiles): ModelFile {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (onnx !== undefined && param === undefined && bin === undefined && metadata === undefined)
    return { format: "onnx", bytes: onnx };
  if (onnx !== undefined || param === undefined || bin === undefined)
    throw new AppError("detector.model_invalid", { reason: "it is neither one .onnx nor .param and .bin" });
  return {
    format: "ncnn",
    param: text(param),
    weights: bin,
    ...(metadata === undefined ? {} : { metadata: text(metadata) }),
  };
}

export const fileNames = (files: UploadedFiles): cameras.ModelFileName[] =>
  cameras.MODEL_FILE_NAMES.filter((name) => files[name] !== undefined);
