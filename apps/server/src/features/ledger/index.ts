import type { Clock, Logger, Random } from "@gatehouse/base";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { MasterKey } from "../../platform/secrets/index.ts";
import { logSigner } from "./log-key.ts";
import { openLog } from "./log-opening.ts";
import { LogStore } from "./log-store.ts";
import { createLedger as createTables } from "./migrations/001-ledger.ts";
import type { StoredCheckpoint } from "./model.ts";
import { PersonalValues } from "./personal.ts";
import { Sequencer } from "./sequencer.ts";
import type { LedgerDatabase } from "./tables.ts";
import { isCritical, Trail } from "./trail.ts";

export type { LedgerTables } from "./tables.ts";

export const ledgerMigrations: FeatureMigrations = { feature: "ledger", migrations: [createTables] };

export interface LedgerDeps {
  readonly db: LedgerDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly installationName: string;
}

export interface LedgerFeature extends Feature {
  /** Where every feature records what it does. */
  readonly audit: AuditTrail;
  /** Begins the log where there is none; part of `start`. */
  open(): Promise<void>;
  /** Tells of every checkpoint once it is committed; answers how to end that. */
  onCheckpoint(listener: (checkpoint: StoredCheckpoint) => void): () => void;
  /** Everything committed so far is in the log and under a checkpoint. */
  flush(): Promise<void>;
  stats(): { readonly appended: number };
}

export function createLedger(deps: LedgerDeps): LedgerFeature {
  const { db, clock, random, log, masterKey, installationName } = deps;
  const store = new LogStore(db);
  const listeners = new Set<(checkpoint: StoredCheckpoint) => void>();
  const sequencer = new Sequencer({
    store,
    clock,
    log,
    signerOf: (origin) => logSigner(masterKey, origin),
    onCheckpoint: (checkpoint) => {
      for (const listener of listeners) listener(checkpoint);
    },
  });
  const audit = new Trail({
    clock,
    random,
    values: new PersonalValues(masterKey, random),
    onRecorded: (kind) => {
      if (isCritical(kind)) sequencer.hurry();
    },
  });
  const open = async (): Promise<void> => {
    await openLog({ store, audit, clock, random, installationName });
  };
  return {
    name: "ledger",
    audit,
    open,
    async start() {
      await open();
      sequencer.start();
    },
    stop: () => sequencer.stop(),
    onCheckpoint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: () => sequencer.flush(),
    stats: () => ({ appended: sequencer.appended }),
  };
}
