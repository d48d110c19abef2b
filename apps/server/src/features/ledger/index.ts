import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import type { Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { NameSource } from "../../platform/names.ts";
import type { MasterKey } from "../../platform/secrets/index.ts";
import type { About } from "./export/about-store.ts";
import { type EvidenceAbout, evidenceAbout } from "./export/evidence-about.ts";
import { exportRoutes } from "./export/export-routes.ts";
import { ExportService } from "./export/export-service.ts";
import { readVerifiers } from "./export/verifier-files.ts";
import { ledgerJobs } from "./jobs.ts";
import { logSigners } from "./log-key.ts";
import { openLog } from "./log-opening.ts";
import { LogStore } from "./log-store.ts";
import { createLedger as createTables } from "./migrations/001-ledger.ts";
import { createWitnesses as createWitnessTables } from "./migrations/002-witnesses.ts";
import { createSeams } from "./migrations/003-seams.ts";
import { createMachineWitnesses } from "./migrations/004-machine-witnesses.ts";
import type { StoredCheckpoint } from "./model.ts";
import { PersonalValues } from "./personal.ts";
import type { LedgerPeople, LedgerSettings, Restore, WitnessLinks } from "./ports.ts";
import { CheckpointReader } from "./reading/checkpoint-reader.ts";
import { EntryService } from "./reading/entry-service.ts";
import { Names } from "./reading/names.ts";
import { ProofService } from "./reading/proof-service.ts";
import { type LogReader, logReader } from "./reading/reader-store.ts";
import { seamRoutes } from "./recovery/seam-routes.ts";
import { SeamService } from "./recovery/seam-service.ts";
import { ledgerRoutes } from "./routes.ts";
import { Sequencer } from "./sequencer.ts";
import type { LedgerDatabase } from "./tables.ts";
import { isCritical, Trail } from "./trail.ts";
import { recordingSigner, rootSigner } from "./trust.ts";
import { deletePersonal } from "./upkeep/erasure-store.ts";
import { createWitnesses, type Witnesses } from "./witnesses/index.ts";

export { checkLedger, describeReport } from "./check/check.ts";
export type { LogReport } from "./check/check-log.ts";
export { holdsLog, isKeyOfLog } from "./key-check.ts";
export { hasLedger } from "./log-store.ts";
export type { LedgerPeople, LedgerSettings, Restore, WitnessLinks, WitnessNotice } from "./ports.ts";
export { type LogReader, logReader } from "./reading/reader-store.ts";
export { recordAlone, trailAlone } from "./record-alone.ts";
export type { LedgerTables } from "./tables.ts";
export { recordingSigner } from "./trust.ts";

export const ledgerMigrations: FeatureMigrations = {
  feature: "ledger",
  migrations: [createTables, createWitnessTables, createSeams, createMachineWitnesses],
};

export interface LedgerDeps {
  readonly db: LedgerDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly installationName: string;
  readonly controls?: Controls;
  readonly people: LedgerPeople;
  /** Names of what entries are about. */
  readonly names: () => readonly NameSource[];
  readonly settings: LedgerSettings;
  readonly links: WitnessLinks;
  /** Whether the database is an older one than at the last start; asked at each. */
  findRestore(): Promise<Restore | undefined>;
}

export interface LedgerFeature extends Feature, LogReader {
  /** Where every feature records what it does. */
  readonly audit: AuditTrail;
  /** Begins the log where there is none; part of `start`. */
  open(): Promise<void>;
  /** Tells of every checkpoint once it is committed; answers how to end that. */
  onCheckpoint(listener: (checkpoint: StoredCheckpoint) => void): () => void;
  /** Everything committed so far is in the log and under a checkpoint. */
  flush(): Promise<void>;
  /** Resolves when what the sequencer does now is done. */
  idle(): Promise<void>;
  readonly exports: ExportService;
  /** What was done to things, with names as far as the reader may see them. */
  readonly entriesAbout: EntryService["about"];
  /** Why entries about these things are in the log, as files for somebody else. */
  evidenceAbout(tenantId: Uuid, about: readonly About[]): Promise<EvidenceAbout>;
  readonly witnesses: Omit<Witnesses, "routes">;
  readonly seams: SeamService;
  /** Signs manifests of recordings. */
  readonly recordingSigner: Signer;
  /** What the log says about a person, as doer or as what it was done to; newest first. */
  readonly personalData: {
    readonly name: "ledger_entries";
    read(person: { readonly tenantId: Uuid; readonly personId: Uuid }): AsyncIterable<ledger.LedgerEntry>;
  };
  /**
   * Deletes what entries refer to about a person, with its salts, and every text that is exactly one of `texts` (an
   * address, a number); in the caller's transaction. The entries stay provable. Answers how many values went.
   */
  erasePerson(tx: AnyDatabase, tenantId: Uuid, personId: Uuid, texts?: readonly string[]): Promise<number>;
  stats(): { readonly appended: number };
}

export function createLedger(deps: LedgerDeps): LedgerFeature {
  const { db, clock, random, log, masterKey, installationName, people, controls = ALL_ON } = deps;
  const store = new LogStore(db);
  const listeners = new Set<(checkpoint: StoredCheckpoint) => void>();
  const values = new PersonalValues(masterKey, random);
  const signerOf = logSigners(masterKey);
  const sequencer = new Sequencer({
    store,
    clock,
    log,
    signerOf,
    onCheckpoint: (checkpoint) => {
      for (const listener of listeners) listener(checkpoint);
    },
  });
  const audit = new Trail({
    clock,
    random,
    values,
    onRecorded: (kind) => {
      if (isCritical(kind)) sequencer.hurry();
    },
  });
  const open = async (): Promise<void> => {
    const opening = { store, audit, clock, random, signerOf, installationName };
    await openLog(opening, await deps.findRestore());
  };
  const proofs = new ProofService(store);
  const checkpoints = new CheckpointReader(store, signerOf);
  const names = new Names(deps.names);
  const entries = new EntryService({ db, store, values, people, names, proofs, checkpoints, signerOf });
  const erasePerson: LedgerFeature["erasePerson"] = (tx, tenantId, personId, texts = []) => {
    const digests = texts.flatMap((text) => values.exactlyOf(tenantId, text));
    return deletePersonal(tx, tenantId, personId, digests);
  };
  const root = rootSigner(masterKey, installationName);
  const recordings = recordingSigner(masterKey);
  const seams = new SeamService({ db, logs: store, clock, audit, signerOf, root });
  const verifiers = readVerifiers();
  const witnesses = createWitnesses({
    ...{ ...deps, controls, logs: store, proofs, audit, signerOf, root },
    seamFor: (kept) => seams.noteFor(kept),
  });
  const evidence = {
    ...{ db, store, proofs, checkpoints, signerOf, root, verifiers, seams },
    witnesses: () => witnesses.asker.list(),
    flush: async () => {
      await sequencer.flush();
      await witnesses.asker.askBriefly();
    },
  };
  const exports = new ExportService({ ...evidence, clock, audit, values, people, controls });
  return {
    name: "ledger",
    routes: [
      ...ledgerRoutes({ entries, proofs, checkpoints }),
      ...exportRoutes({ exports, clock, root, recordings, verifiers }),
      ...witnesses.routes,
      ...seamRoutes(seams),
    ],
    jobs: ledgerJobs({ ...deps, store, audit, forgetCosignatures: witnesses.forgetBefore }),
    audit,
    open,
    async start() {
      await open();
      sequencer.start();
      witnesses.asker.start();
    },
    async stop() {
      await witnesses.asker.stop();
      await sequencer.stop();
    },
    onCheckpoint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: () => sequencer.flush(),
    idle: () => sequencer.idle(),
    exports,
    entriesAbout: (...asked) => entries.about(...asked),
    evidenceAbout: (tenantId, about) => evidenceAbout({ ...evidence, recordings }, tenantId, about),
    witnesses,
    seams,
    recordingSigner: recordings,
    ...logReader(db),
    personalData: {
      name: "ledger_entries",
      read: ({ tenantId, personId }) => entries.allOf(tenantId, personId),
    },
    erasePerson,
    stats: () => ({ appended: sequencer.appended }),
  };
}
