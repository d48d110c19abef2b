import { strFromU8, strToU8, zipSync } from "fflate";
import { type BadExport, filesOf, RANGE } from "./bad-exports.ts";

const files = filesOf(RANGE);
const good = zipSync(files, { level: 1 });
const latin1 = (zip: Uint8Array): string => strFromU8(zip, true);

/** The zip with some of its bytes written over, each at its place. */
function written(
  zip: Uint8Array,
  ...changes: readonly (readonly [at: number, ...bytes: number[]])[]
): Uint8Array {
  const copy = zip.slice();
  for (const [at, ...bytes] of changes) copy.set(bytes, at);
  return copy;
}
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Where the directory has the entry of a name, and where its file's own header is. */
const entryOf = (zip: Uint8Array, name: string): number => latin1(zip).lastIndexOf(name) - 46;
const headerOf = (zip: Uint8Array, name: string): number => latin1(zip).indexOf(name) - 30;
const end = good.length - 22;
const checkpointAt = entryOf(good, "checkpoint");

const twice = zipSync({ ...files, checkpoinT: files.checkpoint as Uint8Array });
const none = (title: string, zip: Uint8Array): BadExport => ({ title, zip, problems: undefined });
const fine = (title: string, zip: Uint8Array): BadExport => ({ title, zip, problems: [], proven: 10 });
const without = (name: string): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).filter(([key]) => key !== name)));

export const BAD_ZIPS: readonly BadExport[] = [
  fine(
    "a zip with other files in it",
    zipSync({ ...files, "verify.html": strToU8("x"), "../checkpoint": strToU8("x") }),
  ),
  fine("a zip of stored files", zipSync(files, { level: 0 })),
  none("no zip", strToU8("PK no zip at all")),
  none("nothing", new Uint8Array()),
  none("a zip without events", without("events.ndjson")),
  none("a zip without keys", without("keys.json")),
  none("a zip without its last byte", good.subarray(0, -1)),
  none("a zip with something behind it", join(good, Uint8Array.of(0))),
  none("a zip with something before it", join(strToU8("#!"), good)),
  none("a zip with a comment", join(written(good, [end + 20, 1, 0]), strToU8("x"))),
  none(
    "a name twice",
    written(
      twice,
      [entryOf(twice, "checkpoinT") + 46 + 9, 0x74],
      [headerOf(twice, "checkpoinT") + 30 + 9, 0x74],
    ),
  ),
  none("another name in the file's own header", written(good, [headerOf(good, "checkpoint") + 30, 0x43])),
  none("another checksum", written(good, [checkpointAt + 16, 0, 0, 0, 0])),
  none("a size that is too small", written(good, [checkpointAt + 24, 9, 0, 0, 0])),
  none("a size that is too large", written(good, [checkpointAt + 24, 0, 4, 0, 0])),
  none("a packed size beyond the end", written(good, [checkpointAt + 20, 255, 255, 255, 0])),
  none("an encrypted file", written(good, [checkpointAt + 8, 1])),
  none("another compression", written(good, [checkpointAt + 10, 12])),
  none("a damaged stream", written(good, [headerOf(good, "events.ndjson") + 60, 255, 255, 255, 255])),
  none(
    "keys that unpack to more than a million bytes",
    zipSync({ ...files, "keys.json": new Uint8Array(1_000_001).fill(32) }),
  ),
  none(
    "an entry with sizes in ZIP64",
    zipSync({ ...files, checkpoint: [files.checkpoint as Uint8Array, { extra: { 1: new Uint8Array(16) } }] }),
  ),
];
