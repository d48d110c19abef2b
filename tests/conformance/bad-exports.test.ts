import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EvidenceReport, verifyEvidence } from "@gatehouse/ledger";
import { openZip, VERIFIER_FOLDER } from "@gatehouse/verifier";
import { afterAll, describe, expect, it } from "vitest";
import { BAD_EXPORTS, type Expected } from "../../packages/verifier/src/testing/bad-exports.ts";
import { BAD_WITNESSED } from "../../packages/verifier/src/testing/bad-witnessed.ts";
import { BAD_ZIPS } from "../../packages/verifier/src/testing/bad-zips.ts";

const PYTHON = "/usr/bin/python3";
const PROGRAM = fileURLToPath(new URL("./python/verify_ledger.py", import.meta.url));
const hasCryptography =
  existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import cryptography"], { stdio: "ignore" }).status === 0;
const VERIFY_MJS = join(VERIFIER_FOLDER, "verify.mjs");

/** The program as it stands, asked of one file after the other in one process. */
const ASK_ALL = `
import json, sys
sys.path.insert(0, sys.argv[1])
from verify_ledger import NoExport, read_export, verify
def ask(path):
    try:
        return verify(read_export(path))
    except NoExport:
        return None
print(json.dumps([ask(path) for path in sys.argv[2:]]))
`;

const folder = mkdtempSync(join(tmpdir(), "bad exports "));
afterAll(() => rmSync(folder, { recursive: true }));

const CASES = [...BAD_EXPORTS, ...BAD_WITNESSED, ...BAD_ZIPS];
const paths = CASES.map(({ zip }, at) => {
  const path = join(folder, `${at}.zip`);
  writeFileSync(path, zip);
  return path;
});

type Said = Pick<EvidenceReport, "proven" | "revealed" | "problems"> & {
  readonly witnesses: readonly { readonly state: unknown; readonly timeS?: number | null }[];
};

/** What a verifier said, of that which the case expects. */
function judged(said: Said | undefined, { proven, revealed, witnesses }: Expected): Expected {
  if (said === undefined) return { problems: undefined };
  const problems = said.problems.map(({ kind, index }) => (index === null ? kind : `${kind} ${index}`));
  const times = said.witnesses.map(({ state, timeS }) => timeS ?? state) as (number | "wrong")[];
  return {
    problems: problems.sort(),
    ...(proven === undefined ? {} : { proven: said.proven }),
    ...(revealed === undefined ? {} : { revealed: said.revealed }),
    ...(witnesses === undefined ? {} : { witnesses: times }),
  };
}

/** All answers beside all expectations, so that a failure shows each case that differs. */
function compare(answers: readonly (Said | undefined)[]): void {
  const said = CASES.map((one, at) => [one.title, judged(answers[at], one)]);
  const meant = CASES.map(({ title, zip: _, ...expected }) => [
    title,
    { ...expected, problems: expected.problems?.toSorted() },
  ]);
  expect(said).toEqual(meant);
}

describe("every verifier names the same problems at the same indexes", () => {
  it("verify.html, by what it is made of", () => {
    compare(
      CASES.map(({ zip }) => {
        const opened = openZip(zip);
        return opened.state === "complete" ? verifyEvidence(opened.files) : undefined;
      }),
    );
  }, 60_000);

  it("verify.mjs, as it travels in exports", () => {
    compare(
      paths.map((path) => {
        const { stdout, status } = spawnSync(process.execPath, [VERIFY_MJS, path, "--json"], {
          encoding: "utf8",
        });
        const said = status === 2 ? undefined : (JSON.parse(stdout) as EvidenceReport);
        expect(status).toBe(said === undefined ? 2 : said.ok ? 0 : 1);
        return said;
      }),
    );
  }, 300_000);

  it.skipIf(!hasCryptography)(
    "the one in Python that knows docs/verify.md alone",
    () => {
      const args = ["-c", ASK_ALL, dirname(PROGRAM), ...paths];
      const { stdout, stderr } = spawnSync(PYTHON, args, { encoding: "utf8", maxBuffer: 1e8 });
      expect(stderr).toBe("");
      compare((JSON.parse(stdout) as (Said | null)[]).map((said) => said ?? undefined));
    },
    60_000,
  );
});
