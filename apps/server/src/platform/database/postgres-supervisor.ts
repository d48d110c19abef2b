import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, isAppError, type Logger } from "@gatehouse/base";
import { findBinaries, type PostgresBinaries } from "./binaries.ts";
import { ensureCluster, SUPERUSER } from "./initdb.ts";
import { chooseLauncher, type Launcher } from "./launcher.ts";
import type { PostgresConnection } from "./pool.ts";
import { type PostgresProcess, spawnPostgres } from "./postgres-process.ts";
import { type PostgresSettings, postgresArguments } from "./postgres-settings.ts";
import { openSocketFolder, SOCKET_PORT } from "./socket-folder.ts";
import { clearStalePostmaster, recordSupervisor } from "./stale-postmaster.ts";

export interface PostgresOptions {
  /** PostgreSQL's own folder; made when it is not there. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Server settings over the embedded defaults. */
  readonly settings?: PostgresSettings;
  /** Called when the server ended without being asked to. */
  readonly onUnexpectedExit?: (exit: UnexpectedExit) => void;
}

export interface UnexpectedExit {
  /** How it ended: `code 1`, `signal SIGKILL`. */
  readonly reason: string;
  /** False while it is being started again; true when it stays down and the program had better stop. */
  readonly final: boolean;
}

export interface RunningPostgres extends AsyncDisposable {
  readonly connection: PostgresConnection;
  /** The postmaster's pid; another one after a restart. */
  readonly pid: number;
  stop(): Promise<void>;
}

const RESTART_AFTER_MS = 500;

/** A second unexpected exit sooner than this after a restart is final: something is wrong for good. */
const RESTART_PERIOD_MS = 600_000;

/** Children of a killed postmaster need a moment to notice and let go of its shared memory. */
const SHARED_MEMORY_RETRIES = 40;
const SHARED_MEMORY_RETRY_MS = 250;

/**
 * Starts the embedded PostgreSQL on `dataDir` and watches it until `stop`. It ends when this process ends,
 * however that happens. Fails with `database.start_failed`, or with `database.in_use` when another program
 * runs on the folder.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const startedMs = options.clock.monotonicMs();
  const binaries = await findBinaries();
  const launcher = await chooseLauncher(dataDir, binaries);
  await ensureCluster(dataDir, binaries, launcher);
  const place = await preparePlace(dataDir, launcher, binaries);
  const supervisor = new Supervisor(options, place);
  await supervisor.start();
  const tookMs = Math.round(options.clock.monotonicMs() - startedMs);
  options.log.info({ pid: supervisor.pid, launcher: launcher.kind, tookMs }, "database.started");
  return supervisor;
}

interface Place {
  readonly dataDir: string;
  readonly socketDir: string;
  readonly launcher: Launcher;
  readonly binaries: PostgresBinaries;
}

/** Real paths, because a process is recognised by the folder on its command line. */
async function preparePlace(given: string, launcher: Launcher, binaries: PostgresBinaries): Promise<Place> {
  const dataDir = await realpath(given);
  return { dataDir, socketDir: await openSocketFolder(dataDir, launcher), launcher, binaries };
}

class Supervisor implements RunningPostgres {
  readonly connection: PostgresConnection;
  readonly #options: PostgresOptions;
  readonly #place: Place;
  #process: PostgresProcess | undefined;
  #restart: Promise<void> = Promise.resolve();
  #restartedMs = Number.NEGATIVE_INFINITY;
  #stopping = false;

  constructor(options: PostgresOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    this.connection = { host: place.socketDir, port: SOCKET_PORT, user: SUPERUSER, database: "postgres" };
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { dataDir, socketDir, launcher, binaries } = this.#place;
    await clearStalePostmaster(dataDir, socketDir, this.#options.log);
    await recordSupervisor(dataDir);
    const args = postgresArguments(dataDir, socketDir, this.#options.settings ?? {});
    const running = await this.#spawn([...launcher.prefix, binaries.postgres, ...args]);
    this.#process = running;
    void running.ended.then((reason) => this.#onEnded(reason));
  }

  async #spawn(words: string[]): Promise<PostgresProcess> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await spawnPostgres(words, this.#options);
      } catch (error) {
        if (attempt > SHARED_MEMORY_RETRIES || this.#stopping || !isSharedMemoryHeld(error)) throw error;
        await sleep(SHARED_MEMORY_RETRY_MS);
      }
    }
  }

  #onEnded(reason: string): void {
    if (this.#stopping) return;
    const { clock, log, onUnexpectedExit } = this.#options;
    const final = clock.monotonicMs() - this.#restartedMs < RESTART_PERIOD_MS;
    log.error({ reason, final }, "database.ended_unexpectedly");
    onUnexpectedExit?.({ reason, final });
    if (!final) this.#restart = this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    const { clock, log, onUnexpectedExit } = this.#options;
    this.#restartedMs = clock.monotonicMs();
    await sleep(RESTART_AFTER_MS);
    if (this.#stopping) return;
    try {
      await this.start();
      log.warn({ pid: this.pid }, "database.restarted");
    } catch (error) {
      log.error({ error }, "database.restart_failed");
      onUnexpectedExit?.({ reason: "restart failed", final: true });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restart;
    await this.#process?.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function isSharedMemoryHeld(error: unknown): boolean {
  if (!isAppError(error, "database.start_failed") || !Array.isArray(error.fields.lines)) return false;
  return error.fields.lines.some((line) => String(line).includes("pre-existing shared memory block"));
}
