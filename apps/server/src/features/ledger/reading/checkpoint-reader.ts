import type { ledger, ReplyOf } from "@gatehouse/contract";
import { encodeBase64, encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import type { LogStore } from "../log-store.ts";
import type { Log, StoredCheckpoint } from "../model.ts";

/** Heads of the logs as they are shown: with every cosignature that has come so far. */
export class CheckpointReader {
  readonly #store: LogStore;
  readonly #signerOf: (origin: string) => Signer;

  constructor(store: LogStore, signerOf: (origin: string) => Signer) {
    this.#store = store;
    this.#signerOf = signerOf;
  }

  async newest(logId: number): Promise<StoredCheckpoint | undefined> {
    const found = await this.#store.lastCosigned(logId);
    return found && { ...found.checkpoint, note: found.checkpoint.note + found.lines.join("") };
  }

  /** With the log as it was read afterwards: it grows meanwhile, and holds all that the checkpoint covers. */
  async newestOf(
    logId: number,
  ): Promise<{ readonly log: Log; readonly checkpoint: StoredCheckpoint } | undefined> {
    const checkpoint = await this.newest(logId);
    const log = await this.#store.find(logId);
    return checkpoint && log && { log, checkpoint };
  }

  /** Of the log of this number, or of the one that grows; undefined before its first checkpoint. */
  async newestNote(number?: number): Promise<string | undefined> {
    const log = await this.#logOf(number);
    return log === undefined ? undefined : (await this.newest(log.id))?.note;
  }

  async verifierKey(number?: number): Promise<string | undefined> {
    const log = await this.#logOf(number);
    return log && encodeVerifierKey(this.#signerOf(log.origin).key);
  }

  #logOf(number: number | undefined): Promise<Log | undefined> {
    return number === undefined ? this.#store.current() : this.#store.find(number);
  }

  async head(): Promise<ReplyOf<typeof ledger.getLedgerHead>> {
    const logs = (await this.#store.all()).map(({ id, origin, frontier, createdMs }) => ({
      log: id,
      origin,
      verifierKey: encodeVerifierKey(this.#signerOf(origin).key),
      size: frontier.size,
      createdMs,
    }));
    const [current] = logs;
    if (current === undefined) throw new Error("the log is not begun");
    const newest = await this.newest(current.log);
    const { log, origin, verifierKey, size } = current;
    return {
      log,
      origin,
      verifierKey,
      size,
      covered: newest?.size ?? 0,
      ...(newest === undefined
        ? {}
        : { root: encodeBase64(newest.root), atMs: newest.atMs, checkpoint: newest.note }),
      logs,
    };
  }
}
