import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type Hash, parseVerifierKey } from "@gatehouse/ledger";
import { caseProblemText, caseStatements } from "./case/case-statements.ts";
import { clipProblemText, clipStatements } from "./clip/clip-statements.ts";
import { collectExport, maxBytesOf, type OpenedExport, openZip } from "./open-export.ts";
import { problemText, statements, verdictText } from "./statements.ts";
import { isLocked, unlock } from "./unlock.ts";
import { clipsOf, type ExportReport, verifyOpened } from "./verify-opened.ts";

/** Exit codes: genuine; something is wrong; the file is no export; the command line cannot be used. */
export const EXIT = { genuine: 0, wrong: 1, unreadable: 2, usage: 64 } as const;

export interface VerifyOptions {
  /** A zip, or a folder into which one was unpacked. */
  readonly file: string;
  readonly fingerprint?: string | undefined;
  /** Verifier keys that the reader trusts. */
  readonly witnesses?: readonly string[];
  readonly json?: boolean;
  /** For an export that is encrypted as a whole: a file with its password in the first line. */
  readonly passwordFile?: string | undefined;
  /** … or one with secret keys of age. */
  readonly identityFile?: string | undefined;
}

/** Verifies an export and says what is proven; answers the exit code. Asks nobody. */
export async function runVerify(
  options: VerifyOptions,
  print: (text: string) => void,
  hash?: Hash,
): Promise<number> {
  const opened = await openPath(options);
  if (opened.state === "locked") {
    const reason = opened.isTried
      ? "This export is encrypted, and what was given does not open it, or it was changed."
      : "This export is encrypted: give --password-file FILE or --identity FILE.";
    print(options.json === true ? JSON.stringify({ ok: false, state: "locked" }) : reason);
    return EXIT.unreadable;
  }
  if (opened.state !== "complete") {
    const { missing } = { missing: [], ...opened };
    const reason =
      opened.state === "unreadable"
        ? "This is no export."
        : `The export is not whole: ${missing.join(", ")}.`;
    print(options.json === true ? JSON.stringify({ ok: false, state: opened.state, missing }) : reason);
    return EXIT.unreadable;
  }
  const report = verifyOpened(
    opened,
    {
      ...(options.fingerprint === undefined ? {} : { fingerprint: options.fingerprint }),
      witnesses: (options.witnesses ?? []).map(parseVerifierKey),
    },
    hash,
  );
  print(options.json === true ? JSON.stringify(report) : textOf(report));
  return report.ok ? EXIT.genuine : EXIT.wrong;
}

type OpenedPath = OpenedExport | { readonly state: "locked"; readonly isTried: boolean };

async function openPath(options: VerifyOptions): Promise<OpenedPath> {
  const path = options.file;
  if (!statSync(path, { throwIfNoEntry: false })) return { state: "unreadable" };
  if (!statSync(path).isDirectory()) return openFile(readFileSync(path), options);
  const names = readdirSync(path, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [relative(path, join(entry.parentPath, entry.name)).split(sep).join("/")] : [],
  );
  const present = names.filter((name) => maxBytesOf(name) !== undefined);
  return collectExport(new Map(present.map((name) => [name, readFileSync(join(path, name))])));
}

async function openFile(
  file: Uint8Array,
  { passwordFile, identityFile }: VerifyOptions,
): Promise<OpenedPath> {
  if (!isLocked(file)) return openZip(file);
  const textIn = (path: string | undefined): string => (path === undefined ? "" : readFileSync(path, "utf8"));
  const [passphrase = ""] = textIn(passwordFile).split(/\r?\n/);
  const zip = await unlock(file, { passphrase, identities: textIn(identityFile) });
  const isTried = passwordFile !== undefined || identityFile !== undefined;
  return zip === undefined ? { state: "locked", isTried } : openZip(zip);
}

const folderText = (folder: string | undefined): string => (folder === undefined ? "" : `clips/${folder}`);

export function textOf(report: ExportReport): string {
  const places = report.problems.map(({ kind, index, line }) => {
    const where = [index === null ? "" : `index ${index}`, line === null ? "" : `line ${line}`];
    return `  ${[kind, ...where].filter((part) => part !== "").join(", ")}: ${problemText(kind)}`;
  });
  const clips = clipsOf(report);
  const ofClips = clips.flatMap(({ folder, report: { problems } }) =>
    problems.map(({ kind, segment, frame }) => {
      const where = [folderText(folder), segment && `segment ${segment}`, frame !== null && `frame ${frame}`];
      return `  ${[kind, ...where].filter(Boolean).join(", ")}: ${clipProblemText(kind)}`;
    }),
  );
  const { bundle } = report;
  const ofBundle = (bundle?.problems ?? []).map(
    ({ kind, file }) => `  ${[kind, file].filter(Boolean).join(", ")}: ${caseProblemText(kind)}`,
  );
  const more = report.problemCount - places.length - ofClips.length - ofBundle.length;
  return [
    `Fingerprint of the installation: ${report.fingerprint}`,
    verdictText(report),
    ...statements(report).map((text) => `  ${text}`),
    ...(bundle === undefined ? [] : caseStatements(bundle).map((text) => `  ${text}`)),
    ...clips.flatMap(({ folder, report: clip }) =>
      clipStatements(clip).map((text) => `  ${folder === undefined ? "" : `${folderText(folder)}: `}${text}`),
    ),
    ...places,
    ...ofBundle,
    ...ofClips,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
