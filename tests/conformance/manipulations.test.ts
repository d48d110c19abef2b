import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprintOf } from "@gatehouse/ledger";
import { runVerify } from "@gatehouse/verifier";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { rootSigner } from "../../packages/ledger/src/testing/parties.ts";
import { caseFiles } from "../../packages/verifier/src/testing/cases.ts";
import { type Files, MANIPULATIONS, manipulated } from "../lib/manipulations.ts";

// Every verifier names what somebody did to a bundle, and what its lists were made to say.

/** Debian's own, which has the Debian package; another python3 may come first on the PATH. */
const PYTHON = "/usr/bin/python3";
const PROGRAM = fileURLToPath(new URL("./python/verify_clip.py", import.meta.url));
const hasCryptography =
  existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import cryptography"], { stdio: "ignore" }).status === 0;

const folder = mkdtempSync(join(tmpdir(), "manipulations "));
afterAll(() => rmSync(folder, { recursive: true }));
const fingerprint = fingerprintOf(rootSigner.key.publicKey);
const CLIP = "clips/01/";
const genuine = caseFiles();

interface Found {
  readonly kind: string;
  readonly segment: string | null;
}
interface Report {
  readonly ok: boolean;
  readonly bundle: {
    readonly clips: readonly { readonly report: { readonly problems: readonly Found[] } }[];
  };
}

let written = 0;
function zipped(files: Files): string {
  const path = join(folder, `${written++}.zip`);
  writeFileSync(path, zipSync(files, { level: 0 }));
  return path;
}

/** Kinds by clip. */
async function ours(files: Files): Promise<string[][]> {
  const said: string[] = [];
  const code = await runVerify({ file: zipped(files), fingerprint, json: true }, (text) => said.push(text));
  const { ok, bundle } = JSON.parse(said.join("")) as Report;
  expect(code).toBe(ok ? 0 : 1);
  return bundle.clips.map(({ report }) =>
    report.problems.map(({ kind, segment }) => `${kind} ${segment ?? ""}`),
  );
}

function outside(files: Files): string[][] {
  const run = spawnSync(PYTHON, [PROGRAM, zipped(files), "--fingerprint", fingerprint], { encoding: "utf8" });
  if (run.status !== 0 && run.status !== 1) throw new Error(run.stderr);
  const { clips, problems } = JSON.parse(run.stdout) as {
    clips: { problems: Found[] }[];
    problems: object[];
  };
  expect(problems).toEqual([]);
  return clips.map((clip) => clip.problems.map(({ kind, segment }) => `${kind} ${segment ?? ""}`));
}

describe("a bundle that nobody touched", () => {
  it("is genuine for our verifier", async () => {
    expect(await ours(genuine)).toEqual([[], []]);
  });

  it.skipIf(!hasCryptography)("is genuine for the one that was written from the page", () => {
    expect(outside(genuine)).toEqual([[], []]);
  });
});

describe.each(Object.entries(MANIPULATIONS))("%s", (_name, manipulation) => {
  const files = manipulated(genuine, manipulation, CLIP);

  it("is named by our verifier, in the clip where it is and in no other", async () => {
    const [first = [], second] = await ours(files);
    expect(first.map((found) => found.split(" ")[0])).toContain(manipulation.named);
    expect(second).toEqual([]);
  });

  it.skipIf(!hasCryptography)("is named alike by the one that was written from the page", async () => {
    expect(outside(files)).toEqual(await ours(files));
  });
});
