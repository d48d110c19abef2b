import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type Hash, parseVerifierKey } from "@gatehouse/ledger";
import { clipProblemText, clipStatements } from "./clip/clip-statements.ts";
import { collectExport, maxBytesOf, type OpenedExport, openZip } from "./open-export.ts";
import { problemText, statements, verdictText } from "./statements.ts";
import { type ExportReport, verifyOpened } from "./verify-opened.ts";

/** Exit codes: genuine; something is wrong; the file is no export; the command line cannot be used. */
export const EXIT = { genuine: 0, wrong: 1, unreadable: 2, usage: 64 } as const;

export interface VerifyOptions {
  /** A zip, or a folder into which one was unpacked. */
  readonly file: string;
  readonly fingerprint?: string | undefined;
  /** Verifier keys that the reader trusts. */
  readonly witnesses?: readonly string[];
  readonly json?: boolean;
}

/** Verifies an export and says what is proven; answers the exit code. Asks nobody. */
export function runVerify(options: VerifyOptions, print: (text: string) => void, hash?: Hash): number {
  const opened = openPath(options.file);
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

function openPath(path: string): OpenedExport {
  if (!statSync(path, { throwIfNoEntry: false })) return { state: "unreadable" };
  if (!statSync(path).isDirectory()) return openZip(readFileSync(path));
  const names = readdirSync(path, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [relative(path, join(entry.parentPath, entry.name)).split(sep).join("/")] : [],
  );
  const present = names.filter((name) => maxBytesOf(name) !== undefined);
  return collectExport(new Map(present.map((name) => [name, readFileSync(join(path, name))])));
}

export function textOf(report: ExportReport): string {
  const places = report.problems.map(({ kind, index, line }) => {
    const where = [index === null ? "" : `index ${index}`, line === null ? "" : `line ${line}`];
    return `  ${[kind, ...where].filter((part) => part !== "").join(", ")}: ${problemText(kind)}`;
  });
  const { clip } = report;
  const ofClip = (clip?.problems ?? []).map(({ kind, segment, frame }) => {
    const where = [segment === null ? "" : `segment ${segment}`, frame === null ? "" : `frame ${frame}`];
    return `  ${[kind, ...where].filter((part) => part !== "").join(", ")}: ${clipProblemText(kind)}`;
  });
  const more = report.problemCount - places.length - ofClip.length;
  return [
    `Fingerprint of the installation: ${report.fingerprint}`,
    verdictText(report),
    ...statements(report).map((text) => `  ${text}`),
    ...(clip === undefined ? [] : clipStatements(clip).map((text) => `  ${text}`)),
    ...places,
    ...ofClip,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
