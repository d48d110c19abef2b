import { decodeBase64Of } from "../base64.ts";
import { isTreeSize } from "../limits.ts";
import { HASH_BYTES } from "../tree-hash.ts";

/** Kind of the first entry of a log that follows another. */
export const RESTORED_KIND = "installation.restored";

/** The end of a log, as `data.previous` of the first entry of the next one names it. */
export interface PreviousLog {
  /** Verifier key. */
  readonly log: string;
  /** Of its last checkpoint; 0 and the empty root when it had none. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** `data` of an event → the log that ended; undefined when it names none. */
export function readPrevious(data: unknown): PreviousLog | undefined {
  const { previous } = { previous: undefined, ...(data as object | null) } as { previous?: unknown };
  const { log, size, root } = { ...(previous as object | null) } as Record<string, unknown>;
  const bytes = typeof root === "string" ? decodeBase64Of(root, HASH_BYTES) : undefined;
  if (typeof log !== "string" || typeof size !== "number" || !isTreeSize(size) || bytes === undefined)
    return undefined;
  return { log, size, root: bytes };
}
