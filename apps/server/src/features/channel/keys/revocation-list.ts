import { join } from "node:path";
import { AppError, type Clock, type Random, type UnixMs } from "@gatehouse/base";
import {
  type RevocationTerms,
  type RevokedEntry,
  type RevokedKind,
  signRevocations,
  type TrustRoot,
  verifyRevocations,
} from "@gatehouse/secure-channel";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { readPrivateFile, replacePrivateFile } from "../../../platform/secrets/index.ts";
import { fromBase64url, toBase64url } from "../context.ts";

/** About 20 MB of file; beyond it the oldest are forgotten, and said so. */
const MAX_ENTRIES = 500_000;

const File = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  issuedMs: Type.Integer({ minimum: 0 }),
  entries: Type.Array(
    Type.Tuple([
      Type.Union([Type.Literal("channel"), Type.Literal("api_key"), Type.Literal("certificate")]),
      Type.String({ pattern: "^[0-9A-Za-z]{1,64}$" }),
      Type.Integer({ minimum: 0 }),
    ]),
  ),
  signature: Type.String(),
});

export interface RevocationListDeps {
  /** The private folder that the file is in. */
  readonly folder: string;
  readonly root: TrustRoot;
  readonly clock: Clock;
  readonly random: Random;
}

const keyOf = (kind: RevokedKind, id: string): string => `${kind}/${id}`;

/**
 * Every key that was revoked, signed by the trust root, in a file of the data folder: a database that is put back to
 * yesterday does not bring one back. The version only rises. What is added is durable when `add` resolves; several
 * at once share a write.
 */
export class RevocationList {
  readonly #deps: RevocationListDeps;
  #version = 0;
  #issuedMs: UnixMs = 0;
  #entries = new Map<string, RevokedEntry>();
  #waiting: RevokedEntry[] = [];
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  private constructor(deps: RevocationListDeps) {
    this.#deps = deps;
  }

  /** Refuses `config.invalid` when the file was changed by somebody else. */
  static async open(deps: RevocationListDeps): Promise<RevocationList> {
    const list = new RevocationList(deps);
    const path = pathIn(deps.folder);
    const bytes = await readPrivateFile(path);
    if (bytes === undefined) return list;
    const terms = parseFile(bytes, deps.root);
    if (terms === undefined)
      throw new AppError("config.invalid", {
        path,
        reason:
          "The revocation list is not signed by this installation. Put the right file back, or remove it to go on with what the database knows.",
      });
    list.#version = terms.version;
    list.#issuedMs = terms.issuedMs;
    for (const entry of terms.entries) list.#entries.set(keyOf(entry.kind, entry.id), entry);
    return list;
  }

  get version(): number {
    return this.#version;
  }

  get issuedMs(): UnixMs {
    return this.#issuedMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): RevokedEntry[] {
    return [...this.#entries.values()];
  }

  /** Durable when it resolves. An entry that is there keeps the earlier time. */
  add(entries: readonly RevokedEntry[], atLeastVersion = 0): Promise<void> {
    const fresh = entries.filter(({ kind, id, fromMs }) => {
      const known = this.#entries.get(keyOf(kind, id));
      return known === undefined || known.fromMs > fromMs;
    });
    if (fresh.length === 0 && this.#version >= atLeastVersion) return Promise.resolve();
    this.#waiting.push(...fresh);
    this.#next ??= this.#last.then(() => this.#write(atLeastVersion));
    const written = this.#next;
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #write(atLeastVersion: number): Promise<void> {
    const { folder, root, clock, random } = this.#deps;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const entries = new Map(this.#entries);
    for (const entry of waiting) entries.set(keyOf(entry.kind, entry.id), entry);
    for (const key of entries.keys()) {
      if (entries.size <= MAX_ENTRIES) break;
      entries.delete(key);
    }
    const version = Math.max(this.#version, atLeastVersion) + 1;
    const terms: RevocationTerms = { version, issuedMs: clock.nowMs(), entries: [...entries.values()] };
    await replacePrivateFile(pathIn(folder), encodeFile(terms, signRevocations(root, terms)), random);
    this.#version = terms.version;
    this.#issuedMs = terms.issuedMs;
    this.#entries = entries;
  }
}

const pathIn = (folder: string): string => join(folder, "revocations.json");

function encodeFile({ version, issuedMs, entries }: RevocationTerms, signature: Uint8Array): Uint8Array {
  const lines = entries.map(({ kind, id, fromMs }) => [kind, id, fromMs]);
  return Buffer.from(
    `${JSON.stringify({ version, issuedMs, entries: lines, signature: toBase64url(signature) })}\n`,
  );
}

function parseFile(bytes: Uint8Array, root: TrustRoot): RevocationTerms | undefined {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
  if (!Check(File, read)) return undefined;
  const terms: RevocationTerms = {
    version: read.version,
    issuedMs: read.issuedMs,
    entries: read.entries.map(([kind, id, fromMs]) => ({ kind, id, fromMs })),
  };
  return verifyRevocations(root.publicKey, terms, fromBase64url(read.signature)) ? terms : undefined;
}
