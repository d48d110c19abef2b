import { cameras } from "@gatehouse/contract";
import { DEFAULT_MODEL } from "@gatehouse/detect";
import type { DetectorRecord } from "./model.ts";

const { bytes, family, inputSize, labels, licence, name, sha256 } = DEFAULT_MODEL;

/** The one that comes along; every organisation has it. */
export const BUILT_IN: Omit<cameras.Detector, "cameras"> = {
  ...{ id: cameras.BUILT_IN_DETECTOR, kind: cameras.BUILT_IN_DETECTOR, name, licence, family },
  labels: [...labels],
  inputSize: { ...inputSize },
  files: [{ file: "onnx", bytes, sha256 }],
};

/** As people see it; secrets stay here. */
export function viewOf(record: DetectorRecord): Omit<cameras.Detector, "cameras"> {
  const { id, kind, name: called, licence: terms, createdMs: atMs, createdBy: byName } = record;
  const all = { id, kind, name: called, licence: terms, added: { atMs, byName } };
  if (record.kind === "remote") {
    const { url, allowPrivate, secret } = record;
    return { ...all, labels: [], files: [], remote: { url, allowPrivate, hasSecret: secret !== undefined } };
  }
  return {
    ...all,
    family: record.family,
    labels: [...record.labels],
    inputSize: record.inputSize,
    files: record.files.map((file) => ({ ...file })),
  };
}
