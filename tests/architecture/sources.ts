import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface SourceFile {
  /** Path from the root that was walked, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const SKIPPED = new Set(["node_modules", "dist", "fixtures", ".git"]);

/** Every TypeScript file below `folder` of `root`, without fixtures and built files. */
export function sourceFiles(root: string, folder = "."): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === "data") return [];
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourceFiles(root, path);
    if (!/\.tsx?$/.test(entry.name)) return [];
    return [{ path: relative(".", path).split(sep).join("/"), text: readFileSync(join(root, path), "utf8") }];
  });
}

/** Code without comments and string contents, so that a word in prose is not taken for a use. */
export function codeOnly(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}
