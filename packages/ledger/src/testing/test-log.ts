import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { certifyLog } from "../certificate.ts";
import { signCheckpoint } from "../checkpoint.ts";
import { addCosignatures, cosign } from "../cosignature.ts";
import { encodeEvent, type LedgerEvent } from "../events.ts";
import { type ExportProofs, proveEntries, proveRange } from "../evidence/export-proofs.ts";
import type { EvidenceFiles } from "../evidence/verify.ts";
import type { WitnessedCheckpoint } from "../evidence/witnesses.ts";
import type { HashAt } from "../nodes.ts";
import { encodeNote, type Note } from "../note.ts";
import { proveConsistency } from "../proofs.ts";
import { growTiles, hashesFromTiles, tilePath } from "../tiles.ts";
import { defaultHash, hashLeaf } from "../tree-hash.ts";
import { appendLeaves, EMPTY_FRONTIER, type Frontier, rootOf } from "../tree-head.ts";
import { encodeVerifierKey, type Signer } from "../verifier-key.ts";
import { logSigner, rootSigner, witnessSigner } from "./parties.ts";

/** 2026-11-21T10:00:00Z */
export const MOMENT_S = 1_795_255_200;

/** The event of an index: like those of a real log, and the same for ever. */
export function eventOf(index: number): LedgerEvent {
  const digest = bytesToHex(defaultHash(utf8(`event ${index}`)));
  return {
    v: 1,
    id: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
    time: new Date(1000 * (MOMENT_S + index)).toISOString(),
    tenant: "home",
    kind: "session.started",
    actor: { kind: "person", id: `person-${index % 7}` },
    subject: index % 3 === 0 ? null : { kind: "session", id: `session-${index}` },
    outcome: index % 5 === 4 ? "refused" : "done",
    data: { attempt: index % 4, method: "passkey", note: "é – 😀" },
    personal: {},
  };
}

/** A log in memory, kept as a server keeps one: a frontier, and tiles by path. */
export class TestLog {
  readonly lines: Uint8Array[] = [];
  readonly tiles = new Map<string, Uint8Array>();
  readonly signer: Signer;
  frontier: Frontier = EMPTY_FRONTIER;

  constructor(signer = logSigner) {
    this.signer = signer;
  }

  static of(size: number): TestLog {
    const log = new TestLog();
    log.append(Array.from({ length: size }, (_, index) => encodeEvent(eventOf(index))));
    return log;
  }

  append(lines: readonly Uint8Array[]): void {
    const leaves = lines.map((line) => hashLeaf(line));
    const filled = growTiles(this.frontier.size, leaves, (tile) => this.read(tilePath(tile)));
    for (const { tile, bytes } of filled) this.tiles.set(tilePath(tile), bytes);
    this.frontier = appendLeaves(this.frontier, leaves);
    this.lines.push(...lines);
  }

  get size(): number {
    return this.frontier.size;
  }

  get root(): Uint8Array {
    return rootOf(this.frontier);
  }

  get hashAt(): HashAt {
    return hashesFromTiles(this.size, (tile) => this.read(tilePath(tile)));
  }

  read(path: string): Uint8Array {
    const bytes = this.tiles.get(path);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    return bytes;
  }

  checkpoint(): Note {
    return signCheckpoint({ size: this.size, root: this.root }, this.signer);
  }

  cosigned(timeS = MOMENT_S): Note {
    const note = this.checkpoint();
    return addCosignatures(note, [cosign(note.text, timeS, witnessSigner)], [witnessSigner.key]);
  }

  /** The log as it was at this size, as the witness saw it then. */
  seenAt(size: number, timeS: number): WitnessedCheckpoint {
    const then = new TestLog(this.signer);
    then.append(this.lines.slice(0, size));
    const proof = proveConsistency(size, this.size, this.hashAt);
    return { checkpoint: encodeNote(then.cosigned(timeS)), proof: encodeBase64(concatBytes(...proof)) };
  }

  exportRange(from: number, to: number): EvidenceFiles {
    return this.#export(this.lines.slice(from, to), proveRange(from, to, this.size, this.hashAt));
  }

  exportEntries(indexes: readonly number[]): EvidenceFiles {
    const lines = indexes.map((index) => this.lines[index] as Uint8Array);
    return this.#export(lines, proveEntries(indexes, this.size, this.hashAt));
  }

  #export(lines: readonly Uint8Array[], proofs: ExportProofs): EvidenceFiles {
    const keys = {
      root: encodeVerifierKey(rootSigner.key),
      certificate: encodeNote(certifyLog(this.signer.key, rootSigner)),
      witnesses: [encodeVerifierKey(witnessSigner.key)],
    };
    return {
      events: utf8(lines.map((line) => `${new TextDecoder().decode(line)}\n`).join("")),
      checkpoint: utf8(encodeNote(this.cosigned())),
      proofs: utf8(JSON.stringify(proofs)),
      keys: utf8(JSON.stringify(keys)),
    };
  }
}

/** The files of an export with these checkpoints beside them. */
export const withWitnessed = (
  files: EvidenceFiles,
  witnessed: readonly WitnessedCheckpoint[],
): EvidenceFiles => ({ ...files, witnessed: utf8(JSON.stringify(witnessed)) });
