import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { verifyInclusion } from "./proofs.ts";

const FOLDER = fileURLToPath(new URL("../../../../shared/vectors/merkle/testdata/", import.meta.url));

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

const title = "inclusion proofs of transparency-dev/merkle";
if (!existsSync(FOLDER)) describe.skip(`${title}: ../shared/vectors is not beside the checkout`, () => {});
else
  describe(title, () => {
    const files = readdirSync(FOLDER, { recursive: true }).map(String);
    const vectors = files.filter((name) => name.endsWith(".json"));

    it("each is taken or refused as published", () => {
      let taken = 0;
      for (const name of vectors) {
        const vector = JSON.parse(readFileSync(FOLDER + name, "utf8")) as InclusionVector;
        const found = verifyInclusion({
          index: vector.leafIdx,
          size: vector.treeSize,
          root: bytes(vector.root),
          leafHash: bytes(vector.leafHash),
          proof: (vector.proof ?? []).map(bytes),
        });
        expect(found, name).toBe(!vector.wantErr);
        if (found) taken++;
      }
      expect(vectors).toHaveLength(98);
      expect(taken).toBeGreaterThanOrEqual(6);
    });
  });
