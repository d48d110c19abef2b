import type { Blobs } from "../../../platform/blobs/index.ts";
import type { OffsiteDatabase } from "../tables.ts";
import { digestsOf, keyBlob, segmentBlob } from "./deposit-files.ts";
import { everyReceived, hasInboxes, InboxStore } from "./inbox-store.ts";

/** `missing`: a file of a copy that arrived is not there. `changed`: it is another. `stranger`: no copy has this file. */
export interface DepositProblem {
  readonly kind: "missing" | "changed" | "stranger";
  /** Name of the segment's file, or of the stranger. */
  readonly name: string;
}

export interface DepositReport {
  readonly copies: number;
  readonly problems: readonly DepositProblem[];
}

const MAX_NAMED = 20;

/** Copies of other installations against their files, both ways; each is read whole. Undefined before there are inboxes. */
export async function checkDeposits(db: OffsiteDatabase, blobs: Blobs): Promise<DepositReport | undefined> {
  if (!(await hasInboxes(db))) return undefined;
  const problems: DepositProblem[] = [];
  const known = new Set<string>();
  let copies = 0;
  for await (const copy of everyReceived(db)) {
    known.add(segmentBlob(copy)).add(keyBlob(copy));
    if (!copy.whole) continue;
    copies++;
    const digests = await digestsOf(blobs, copy);
    const isSame = digests?.sha256 === copy.sha256 && digests.keySha256 === copy.keySha256;
    if (!isSame)
      problems.push({ kind: digests === undefined ? "missing" : "changed", name: segmentBlob(copy) });
  }
  for await (const name of blobs.list())
    if (!known.has(name) && !(await hasBegun(db, name))) problems.push({ kind: "stranger", name });
  return { copies, problems };
}

const NAME = /^([0-9a-f-]{36})\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/([0-9a-f-]{36})\.(?:ghs|key)$/;

/** Whether it is of a copy that came since the others were read. */
async function hasBegun(db: OffsiteDatabase, name: string): Promise<boolean> {
  const [, inboxId, segmentId] = NAME.exec(name) ?? [];
  if (inboxId === undefined || segmentId === undefined) return false;
  const copy = await new InboxStore(db).received(inboxId, segmentId);
  return copy !== undefined && [segmentBlob(copy), keyBlob(copy)].includes(name);
}

export function describeDeposits({ copies, problems }: DepositReport): string {
  const named = problems.slice(0, MAX_NAMED).map(({ kind, name }) => `${kind} ${name}`);
  const rest = problems.length - named.length;
  return [`${copies} copies`, ...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}
