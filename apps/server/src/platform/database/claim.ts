import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@gatehouse/base";
import type { PoolClient } from "pg";
import { endLeftovers } from "./leftovers.ts";
import { createPool, type PoolOptions } from "./pool.ts";

/** Any number, the same in every version: the server of a database holds the advisory lock of this name. */
const SERVER_LOCK = 7_243_003;

/** A server that died holds its claim until PostgreSQL notices: at once, or by the keep-alives below when its machine is gone. */
const PATIENCE_MS = 20_000;
const ASK_EVERY_MS = 250;
const KEEP_ALIVE =
  "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 3; set tcp_keepalives_count = 3";

export interface ClaimOptions extends PoolOptions {
  /** Of the connections that the server will open. */
  readonly name: string;
  /** The claim was lost with its connection, and another server has it now: this one must end. */
  readonly onLost: () => void;
  /** How long to wait for one that holds it. */
  readonly patienceMs?: number;
}

/**
 * Holds a database for one server at a time, by a connection of its own, until `release`; then also nothing is left of
 * what a server that died asked for. Made before the server opens other connections. Refuses `database.in_use`;
 * throws what keeps it from connecting.
 */
export class Claim {
  readonly #options: ClaimOptions;
  #client: PoolClient | undefined;
  #isReleased = false;
  #taking: Promise<void> = Promise.resolve();

  private constructor(options: ClaimOptions) {
    this.#options = options;
  }

  static async take(options: ClaimOptions): Promise<Claim> {
    const claim = new Claim(options);
    const client = await claim.#take();
    try {
      const ended = await endLeftovers(client, options.name);
      if (ended > 0) options.log.warn({ connections: ended }, "database.leftovers_ended");
      return claim;
    } catch (error) {
      await claim.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    // One that is just being taken again is given back too.
    await this.#taking;
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #take(): Promise<PoolClient> {
    const pool = createPool({ ...this.#options, maxConnections: 1 });
    try {
      const client = await pool.connect();
      try {
        await this.#wait(client);
      } catch (error) {
        client.release(true);
        throw error;
      }
      this.#client = client;
      client.once("end", () => {
        if (this.#client !== client || this.#isReleased) return;
        this.#client = undefined;
        client.release(true);
        this.#taking = this.#takeAgain();
      });
      return client;
    } finally {
      // It lends no other; the one that it lent stays open until `release`.
      void pool.end();
    }
  }

  async #wait(client: PoolClient): Promise<void> {
    const { log, patienceMs = PATIENCE_MS } = this.#options;
    await client.query(KEEP_ALIVE);
    const untilMs = performance.now() + patienceMs;
    for (let asked = 1; !(await isTaken(client)); asked++) {
      if (asked === 1) log.warn({ patienceMs }, "database.waits_for_other_server");
      if (this.#isReleased || performance.now() > untilMs) throw new AppError("database.in_use");
      await sleep(ASK_EVERY_MS);
    }
  }

  /** The database went away, and with it the claim. */
  async #takeAgain(): Promise<void> {
    while (!this.#isReleased) {
      try {
        await this.#take();
        return;
      } catch (error) {
        if (this.#isReleased) return;
        if (error instanceof AppError) return this.#options.onLost();
        await sleep(ASK_EVERY_MS);
      }
    }
  }
}

async function isTaken(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [
    SERVER_LOCK,
  ]);
  return rows[0]?.taken === true;
}
