import { codeOnly, type SourceFile } from "./sources.ts";

/** A thing that has a room of its own, and the paths that are that room. */
export interface ForbiddenRule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly room: RegExp;
  readonly instead: string;
}

const TEST = /\.(test|e2e)\.tsx?$|(^|\/)testing\/|^tests\/|^bench\/|^tools\/|^packages\/testkit\//;

export const FORBIDDEN: readonly ForbiddenRule[] = [
  {
    name: "process.env",
    pattern: /\bprocess\.env\b/,
    room: /^apps\/server\/src\/(platform\/config\/|main\.ts$)|^apps\/web\/vite\.config\.ts$/,
    instead: "take the value from the configuration",
  },
  {
    name: "Date.now",
    pattern: /\bDate\.now\s*\(|\bnew Date\(\s*\)/,
    room: /^packages\/base\/src\/clock\.ts$|^apps\/web\/src\/data\/now\.ts$/,
    instead: "take a Clock",
  },
  { name: "Math.random", pattern: /\bMath\.random\b/, room: /^$/, instead: "take a Random" },
  {
    name: "node:crypto",
    pattern: /from "(node:)?crypto"|import\("(node:)?crypto"\)/,
    // The offline verifier travels alone: it has nobody to ask.
    room: /^(apps\/server\/src\/platform\/secrets\/|packages\/secure-channel\/src\/|packages\/verifier\/(build|src\/verify-mjs)\.ts$)/,
    instead: "ask platform/secrets",
  },
  {
    name: "kysely",
    pattern: /from "kysely"|\bsql`|\.query\(\s*[`"'](select|insert|update|delete)\b/i,
    room: /(^|[/-])store\.ts$|[/-]tables\.ts$|\/migrations\/|^apps\/server\/src\/platform\/database\//,
    instead: "put SQL into the slice's store",
  },
];

/** `path: what` for every use outside its room. */
export function findForbidden(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (TEST.test(path)) return [];
    const code = codeOnly(text);
    return FORBIDDEN.filter((rule) => rule.pattern.test(code) && !rule.room.test(path)).map(
      (rule) => `${path}: ${rule.name} (${rule.instead})`,
    );
  });
}
