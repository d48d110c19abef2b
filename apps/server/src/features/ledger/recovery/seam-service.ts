import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import {
  encodeBase64,
  encodeNote,
  encodeVerifierKey,
  type Note,
  type SeamTerms,
  type Signer,
  signSeam,
} from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { LogStore } from "../log-store.ts";
import type { Log } from "../model.ts";
import type { LedgerDatabase } from "../tables.ts";
import { SeamStore, type StoredSeam } from "./seam-store.ts";

export interface SeamDeps {
  readonly db: LedgerDatabase;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly signerOf: (origin: string) => Signer;
  /** The trust root: whoever pinned the installation knows that the owner stands by the seam. */
  readonly root: Signer;
}

/** Where a witness stood when the log it knew ended. */
export interface LastSeen {
  /** Verifier key of that log. */
  readonly log: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** The ends of logs, and what the owner says of them. */
export class SeamService {
  readonly #deps: SeamDeps;

  constructor(deps: SeamDeps) {
    this.#deps = deps;
  }

  /** Newest first. */
  async list(): Promise<ledger.LedgerSeam[]> {
    const logs = await this.#logs();
    return (await this.seams()).map((seam) => viewSeam(seam, logs));
  }

  seams(): Promise<StoredSeam[]> {
    return new SeamStore(this.#deps.db).list();
  }

  /** The owner stands by it. Refuses `ledger.seam_not_found` also when that was done before. */
  async acknowledge(
    tenantId: Uuid,
    personId: Uuid,
    logId: number,
    reason: string,
  ): Promise<ledger.LedgerSeam> {
    const { db, clock, audit } = this.#deps;
    const logs = await this.#logs();
    return db.transaction().execute(async (tx) => {
      const atMs = clock.nowMs();
      const seam = await new SeamStore(tx).acknowledge(logId, { atMs, personId, reason });
      if (seam === undefined) throw new AppError("ledger.seam_not_found");
      const { oldLog: log, oldSize: size, oldRoot: root, newLog } = this.#terms(seam, logs, reason);
      const data = { log: newLog, previous: { log, size, root }, reason };
      await audit.record(tx, { kind: "ledger.seam_acknowledged", tenantId, data });
      return viewSeam(seam, logs);
    });
  }

  /** The owner's note about the end as the backup had it; undefined until it is acknowledged. */
  async noteOf(seam: StoredSeam): Promise<string | undefined> {
    if (seam.acknowledgement === undefined) return undefined;
    const terms = this.#terms(seam, await this.#logs(), seam.acknowledgement.reason);
    return encodeNote(signSeam(terms, this.#deps.root));
  }

  /**
   * The owner's note for a witness of this installation that follows its log by the root's signature: names exactly
   * what that witness saw last, which may be more than the backup had. Undefined while a seam on the way from that log
   * to the one that grows is not acknowledged, or when there is none.
   */
  async noteFor({ log, size, root }: LastSeen): Promise<Note | undefined> {
    const logs = await this.#logs();
    const [newest] = logs.values();
    const seen = [...logs.values()].find(({ origin }) => this.#keyOf(origin) === log);
    if (newest === undefined || seen === undefined || seen.id === newest.id) return undefined;
    const way = (await this.seams()).filter(({ logId }) => logId > seen.id);
    const last = way[0]?.acknowledgement;
    if (last === undefined || way.some(({ acknowledgement }) => acknowledgement === undefined))
      return undefined;
    const terms = { oldLog: log, oldSize: size, oldRoot: root, newLog: this.#keyOf(newest.origin) };
    return signSeam({ ...terms, reason: last.reason }, this.#deps.root);
  }

  #terms(seam: StoredSeam, logs: ReadonlyMap<number, Log>, reason: string): SeamTerms {
    return {
      oldLog: this.#keyOf(originIn(logs, seam.previousId)),
      oldSize: seam.size,
      oldRoot: encodeBase64(seam.root),
      newLog: this.#keyOf(originIn(logs, seam.logId)),
      reason,
    };
  }

  #keyOf(origin: string): string {
    return encodeVerifierKey(this.#deps.signerOf(origin).key);
  }

  /** By number, newest first. */
  async #logs(): Promise<ReadonlyMap<number, Log>> {
    return new Map((await this.#deps.logs.all()).map((log) => [log.id, log]));
  }
}

function viewSeam(seam: StoredSeam, logs: ReadonlyMap<number, Log>): ledger.LedgerSeam {
  const { logId, previousId, size, atMs, backupMs, acknowledgement } = seam;
  return {
    log: logId,
    origin: originIn(logs, logId),
    previousLog: previousId,
    previousOrigin: originIn(logs, previousId),
    size,
    atMs,
    ...(backupMs === undefined ? {} : { backupMs }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
  };
}

function originIn(logs: ReadonlyMap<number, Log>, id: number): string {
  const log = logs.get(id);
  if (log === undefined) throw new Error(`there is no log ${id}`);
  return log.origin;
}
