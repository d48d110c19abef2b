import { maxBytesOfClipFile } from "../clip/clip-list.ts";

export const CASE_FILE = "case.json";

/** What `case.json` says is in the bundle: whoever made it wrote it, and nothing in it is believed. */
export interface CaseList {
  /** Name → SHA-256 in hex. */
  readonly files: ReadonlyMap<string, string>;
}

const CLIP = /^clips\/(\d{2})\/(.+)$/;
/** Made of pictures, or about them, and not what was sealed. */
const UNPROVEN: readonly (readonly [RegExp, number])[] = [
  [/^report\.pdf$/, 200_000_000],
  [/^clips\/\d{2}\/film\.mp4$/, 2_000_000_000],
];
const MAX_LIST_BYTES = 20_000_000;

/** The clip's folder and the name within it; undefined for what is in none. */
export function inClip(name: string): { readonly folder: string; readonly name: string } | undefined {
  const [, folder, rest] = CLIP.exec(name) ?? [];
  return folder === undefined || rest === undefined ? undefined : { folder, name: rest };
}

export const isUnproven = (name: string): boolean => UNPROVEN.some(([pattern]) => pattern.test(name));

export function maxBytesOfCaseFile(name: string): number | undefined {
  if (name === CASE_FILE) return MAX_LIST_BYTES;
  const within = inClip(name);
  return (within && maxBytesOfClipFile(within.name)) ?? UNPROVEN.find(([pattern]) => pattern.test(name))?.[1];
}

/** Undefined when the bytes are no such list. */
export function parseCaseList(bytes: Uint8Array): CaseList | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { v, files } = value as { v?: unknown; files?: unknown };
    if (v !== 1 || typeof files !== "object" || files === null) return undefined;
    const listed = Object.entries(files);
    const isList = listed.every((one): one is [string, string] => /^[0-9a-f]{64}$/.test(String(one[1])));
    return isList ? { files: new Map(listed) } : undefined;
  } catch {
    return undefined;
  }
}
