import type { ColumnType, Kysely } from "kysely";
import type { ModelFileRecord } from "./model.ts";

export interface DetectorModelsTable {
  id: string;
  tenant_id: string;
  begun_ms: number;
}

export interface DetectorPartsTable {
  model_id: string;
  file: string;
  part: number;
  bytes: Uint8Array;
}

export interface DetectorsTable {
  id: string;
  tenant_id: string;
  kind: "onnx" | "ncnn" | "remote";
  name: string;
  licence: string;
  model_id: string | null;
  family: string | null;
  labels: string[];
  width: number | null;
  height: number | null;
  files: ColumnType<ModelFileRecord[], string, never>;
  digest: string | null;
  url: string | null;
  allow_private: boolean;
  secret: Uint8Array | null;
  created_ms: number;
  created_by: string;
}

export interface DetectorTables {
  detector_models: DetectorModelsTable;
  detector_parts: DetectorPartsTable;
  detectors: DetectorsTable;
}

/** The database or a transaction on it. */
export type DetectorDatabase = Kysely<DetectorTables>;
