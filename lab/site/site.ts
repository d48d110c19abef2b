import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUuid, systemClock, systemRandom } from "@gatehouse/base";
import { freePort } from "@gatehouse/base/testing";
import type { Role } from "@gatehouse/contract";
import pg from "pg";
import { ALL_ON, type Controls } from "../../apps/server/src/platform/controls.ts";
import { runningConnection } from "../../apps/server/src/platform/database/running-connection.ts";
import { callLocalSocket } from "../../apps/server/src/platform/http/local-socket.ts";
import { hashPassword } from "../../apps/server/src/platform/secrets/index.ts";
import type { Attack, ControlName } from "../attack.ts";
import { SiteProcess } from "./site-process.ts";

export interface NewDevice {
  readonly id: string;
  readonly name: string;
  readonly apiKey: string;
  /** The public part of the key. */
  readonly keyId: string;
  readonly claimCode: string;
}

export interface StoredValue {
  readonly tsMs: number;
  readonly value: number;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What an attack is run against: a whole Gatehouse on loopback with data of its own. */
export interface Site {
  readonly url: string;
  readonly mqttPort: number;
  /** Short counts: the test's, not the full attack. */
  readonly isQuick: boolean;
  /** As the owner. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  addDevice(typeId: string): Promise<NewDevice>;
  lastValue(deviceId: string, metric: string): Promise<unknown>;
  /** Everything that is stored of a metric, oldest first. */
  stored(deviceId: string, metric: string): Promise<StoredValue[]>;
  /** Somebody with an account and a password, in the first organisation or in this one. */
  addPerson(role: Role, tenantId?: string): Promise<Person>;
  /** Another organisation in the same installation. */
  addOrganisation(): Promise<string>;
  /** Text of the newest mail of this purpose to an address: what its owner reads. */
  mailTo(email: string, purpose: string): Promise<string | undefined>;
  /** What whoever rules the database can do. */
  query<T extends object>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** A folder that goes with the site. */
  readonly scratchDir: string;
  /** What whoever has the disk sees: secrets, and what cameras recorded. */
  readonly dataDir: string;
  /** As the server runs with. */
  readonly controls: Controls;
  addSite(name: string): Promise<string>;
  /** The server's process still runs. */
  isAlive(): boolean;
  /** Memory that it holds for what came over its sockets; 0 when it is dead. */
  heldBytes(): Promise<number>;
}

const HOST = "127.0.0.1";
/** Low, so that a flood is one within a second. */
const MESSAGES_PER_SECOND = 50;
const HOUR_MS = 3_600_000;
const PASSWORD = "throw-away-harbour-49-otter";

/** The site of a run: one throw-away folder, one process, started anew with other controls as often as needed. */
export class LabSite implements Site {
  readonly isQuick: boolean;
  readonly #process = new SiteProcess();
  readonly dataDir: string;
  controls: Controls = ALL_ON;
  #http = 0;
  #mqtt = 0;
  #running: string | undefined;
  #count = 0;
  #siteId = "";
  /** Of PASSWORD: hashed once, for hashing is made to be slow. */
  #passwordHash: Promise<string> | undefined;

  readonly #takePort: typeof freePort;

  private constructor(dataDir: string, isQuick: boolean, takePort: typeof freePort) {
    this.dataDir = dataDir;
    this.isQuick = isQuick;
    this.#takePort = takePort;
  }

  static async make(isQuick: boolean, takePort = freePort): Promise<LabSite> {
    return new LabSite(await mkdtemp(join(tmpdir(), "gatehouse-lab-")), isQuick, takePort);
  }

  get url(): string {
    return `http://${HOST}:${this.#http}`;
  }

  get mqttPort(): number {
    return this.#mqtt;
  }

  isAlive(): boolean {
    return this.#process.isAlive;
  }

  heldBytes(): Promise<number> {
    return this.#process.heldBytes();
  }

  /** Runs with every control on, or with exactly one off; nothing is restarted when that is so already. */
  async startWith(off: ControlName | undefined, config: Attack["config"] = {}): Promise<void> {
    const wanted = JSON.stringify([off, config]);
    if (this.#running === wanted && this.isAlive()) return;
    await this.#process.stop();
    this.#running = undefined;
    const setupUrl = await whenFree(() => this.#listenWith(config, off));
    this.controls = off === undefined ? ALL_ON : { ...ALL_ON, [off]: false };
    if (setupUrl !== undefined) await this.#setUp(setupUrl);
    this.#running = wanted;
  }

  /** Stops it and removes everything it made. */
  async end(): Promise<void> {
    await this.#process.stop();
    await this.#process.kill();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 10 });
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await whenNotBusy(() => callLocalSocket(this.dataDir, method, path, body));
    if (reply === undefined || reply.status >= 300)
      throw new Error(`${method} ${path}: ${JSON.stringify(reply?.body ?? "no answer")}`);
    return reply.body as T;
  }

  async addDevice(typeId: string): Promise<NewDevice> {
    const name = `${typeId}-${++this.#count}`;
    const made = await this.call<{
      device: { id: string };
      key: { apiKey: string; keyId: string };
      claim: { code: string };
    }>("POST", "/api/v1/devices", { name, typeId, siteId: this.#siteId });
    const { apiKey, keyId } = made.key;
    return { id: made.device.id, name, apiKey, keyId, claimCode: made.claim.code };
  }

  async addSite(name: string): Promise<string> {
    const body = { name: `${name} ${++this.#count}`, timeZone: "UTC" };
    return (await this.call<{ id: string }>("POST", "/api/v1/sites", body)).id;
  }

  get scratchDir(): string {
    return join(this.dataDir, "scratch");
  }

  /** As an import would put them there, which is allowed ten times a minute. */
  async addPerson(role: Role, tenantId?: string): Promise<Person> {
    this.#passwordHash ??= hashPassword(PASSWORD);
    const id = newUuid(systemClock, systemRandom);
    const name = `${role} ${++this.#count}`;
    const email = `${role}-${this.#count}@example.org`;
    await this.query(
      `insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, state, created_at)
       select $1, coalesce($2, (select id from tenants order by created_at limit 1)), $3, $4, $4, $5, $6, 'en', 'active', now()`,
      [id, tenantId, name, email, await this.#passwordHash, role],
    );
    return { id, name, email, password: PASSWORD };
  }

  async addOrganisation(): Promise<string> {
    const name = `Neighbour ${++this.#count}`;
    const owner = { name, email: `invited-${this.#count}@example.org`, language: "en" };
    const body = { name, language: "en", owner };
    return (await this.call<{ id: string }>("POST", "/api/v1/tenants", body)).id;
  }

  async mailTo(email: string, purpose: string): Promise<string | undefined> {
    const { items } = await this.call<{ items: { to: string; purpose?: string; body: string }[] }>(
      "GET",
      "/api/v1/outbox?limit=50",
    );
    return items.find((mail) => mail.to === email && mail.purpose === purpose)?.body;
  }

  async query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client(await runningConnection(join(this.dataDir, "postgres")));
    await client.connect();
    try {
      return (await client.query<T>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async lastValue(deviceId: string, metric: string): Promise<unknown> {
    const path = `/api/v1/devices/${deviceId}`;
    const { last } = await this.call<{ last: { metric: string; value: unknown }[] }>("GET", path);
    return last.find((one) => one.metric === metric)?.value;
  }

  async stored(deviceId: string, metric: string): Promise<StoredValue[]> {
    const nowMs = systemClock.nowMs();
    const { items } = await this.call<{ items: { t: number[]; v: number[] }[] }>(
      "POST",
      "/api/v1/telemetry/history",
      {
        series: [`${deviceId}:${metric}`],
        fromMs: nowMs - HOUR_MS,
        toMs: nowMs + HOUR_MS / 6,
        resolution: "raw",
      },
    );
    const [series] = items;
    return (series?.v ?? []).map((value, i) => ({ tsMs: series?.t[i] ?? 0, value }));
  }

  #env(config: Attack["config"]): Record<string, string> {
    return {
      GATEHOUSE_DATA_DIR: this.dataDir,
      GATEHOUSE_HTTP_HOST: HOST,
      GATEHOUSE_HTTP_PORT: String(this.#http),
      GATEHOUSE_HTTP_PER_MINUTE: "100000",
      GATEHOUSE_MQTT_HOST: HOST,
      GATEHOUSE_MQTT_PORT: String(this.#mqtt),
      GATEHOUSE_MQTT_TLS_PORT: "0",
      GATEHOUSE_MQTT_MAX_MESSAGES_PER_SECOND: String(MESSAGES_PER_SECOND),
      GATEHOUSE_LOG_LEVEL: "error",
      ...config,
    };
  }

  /** On ports of its own. A process that somebody else kept from listening has begun half of its work: it is ended. */
  async #listenWith(config: Attack["config"], off: ControlName | undefined): Promise<string | undefined> {
    for (let i = 1; ; i++) {
      [this.#http, this.#mqtt] = [await this.#takePort(), await this.#takePort()];
      try {
        return await this.#process.start(this.#env(config), off);
      } catch (error) {
        if (i === PORT_TRIES || !String(error).includes("EADDRINUSE")) throw error;
        await this.#process.kill();
      }
    }
  }

  async #setUp(setupUrl: string): Promise<void> {
    const token = new URLSearchParams(new URL(setupUrl).hash.slice(1)).get("token");
    const body = JSON.stringify({
      token,
      organisation: "Attack lab",
      name: "Lab Owner",
      email: "lab@example.org",
      password: PASSWORD,
      language: "en",
    });
    const headers = { "content-type": "application/json" };
    const reply = await fetchNotBusy(`${this.url}/api/v1/setup`, { method: "POST", headers, body });
    if (!reply.ok) throw new Error(`set-up: ${await reply.text()}`);
    const { items } = await this.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    this.#siteId = items[0]?.id ?? "";
  }
}

const PORT_TRIES = 5;
const BUSY = 503;
const BUSY_WAIT_MS = 2_000;
const BUSY_TRIES = 10;

/** A server on a machine with other work refuses before it does anything; asks again then, so that load decides nothing. */
export async function whenNotBusy<R extends { readonly status: number } | undefined>(
  ask: () => Promise<R>,
): Promise<R> {
  for (let i = 1; ; i++) {
    const reply = await ask();
    if (reply?.status !== BUSY || i === BUSY_TRIES) return reply;
    await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
  }
}

export const fetchNotBusy = (url: string, request: RequestInit): Promise<Response> =>
  whenNotBusy(() => fetch(url, request));

/** On a machine with other work a database takes longer to stop than its server waits for it. */
async function whenFree<T>(start: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await start();
    } catch (error) {
      if (i === BUSY_TRIES || !String(error).includes("database.in_use")) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
    }
  }
}
