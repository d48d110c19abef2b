import { createHash } from "node:crypto";
import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Detection } from "@gatehouse/detect";
import type { Detectors } from "../ports.ts";

/** A detector that finds what a test says. */
export interface TestDetector extends Detectors {
  /** In pixels of a picture within 96 × 96. */
  find: (atMs: UnixMs) => readonly Detection[];
  looks: number;
  /** What was uploaded, by its id. */
  readonly models: Map<Uuid, { readonly name: string; readonly onnx?: Uint8Array }>;
}

export function testDetector(): TestDetector {
  const detector: TestDetector = {
    find: () => [],
    looks: 0,
    models: new Map(),
    async chosen(_tenantId, id) {
      const model = detector.models.get(id);
      if (model === undefined) return undefined;
      const { name, onnx } = model;
      const sha256 = createHash("sha256")
        .update(onnx ?? "")
        .digest("hex");
      return { name, files: onnx === undefined ? [] : [{ file: "onnx", bytes: onnx.length, sha256 }] };
    },
    async readPiece(_tenantId, id, _file, from, bytes) {
      const piece = detector.models.get(id)?.onnx?.subarray(from, from + bytes);
      return piece?.length === 0 ? undefined : piece;
    },
    onChanged: () => () => undefined,
    open: async () => ({
      name: "Test model",
      detector: {
        description: { kind: "onnx", labels: ["person", "dog"], inputSize: { width: 96, height: 96 } },
        async detect({ atMs }, { minScore, labels }) {
          detector.looks++;
          return detector
            .find(atMs)
            .filter(({ score, label }) => score >= minScore && (labels?.includes(label) ?? true));
        },
        close: async () => undefined,
      },
    }),
  };
  return detector;
}
