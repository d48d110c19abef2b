import { setTimeout } from "node:timers/promises";
import { type Random, Secret, silentLogger, systemRandom } from "@gatehouse/base";
import { type AnyEndpoint, accounts, ROLES } from "@gatehouse/contract";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import type { AuditEvent } from "../../../platform/audit/index.ts";
import { createBus } from "../../../platform/bus/bus.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { mount } from "../../../platform/http/mount.ts";
import { createHttpServer } from "../../../platform/http/server.ts";
import { everywhere, testGates } from "../../../platform/http/testing/gates.ts";
import { type AccountsDeps, type AccountsTables, accountsMigrations, createAccounts } from "../index.ts";
import { NO_RULES } from "../passwords/password-policy.ts";
import type { Attack, DirectMessage } from "../ports.ts";
import { recordingMessenger, recordingTrail } from "./doubles.ts";

export const OWNER = {
  organisation: "Régie Nord",
  name: "Ada Lovelace",
  email: "Ada@Example.org",
  password: "plum tractor velvet 93 orbit",
  language: "en",
};

export interface Reply {
  readonly status: number;
  readonly code: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests ask for what the endpoint answers
  readonly body: any;
  readonly setCookies: readonly string[];
}

interface Input {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** One browser: its cookies, its address, its User-Agent. */
export interface Browser {
  readonly cookies: Map<string, string>;
  call(endpoint: AnyEndpoint, input?: Input): Promise<Reply>;
}

export interface BrowserOptions {
  readonly address?: string;
  readonly userAgent?: string;
}

export interface House extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly bus: ReturnType<typeof createBus>;
  readonly accounts: ReturnType<typeof createAccounts>;
  readonly tenants: string[];
  /** What was recorded in the ledger, oldest first. */
  readonly events: AuditEvent[];
  /** Mails and SMS, oldest first. */
  readonly messages: DirectMessage[];
  /** What those were told who look after the organisation. */
  readonly attacks: Attack[];
  /** Starts all of them while their rows are locked, and lets them go when each waits for the lock. */
  atOnce<T>(table: "sessions", start: () => Promise<T>[]): Promise<T[]>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  browser(options?: BrowserOptions): Browser;
  /** With the owner logged in. */
  owner(options?: BrowserOptions): Promise<Browser>;
}

export const MASTER_KEY = new Secret(new Uint8Array(32).fill(5));
export const PUBLIC_URL = "https://gate.example";

const random: Random = systemRandom;

/** The accounts feature behind the product's HTTP server, on a database of its own. */
export async function openHouse(changes: Partial<AccountsDeps> = {}): Promise<House> {
  const database = await createTestDatabase<AccountsTables>([accountsMigrations]);
  const clock = virtualClock();
  const bus = createBus(silentLogger);
  const tenants: string[] = [];
  const events: AuditEvent[] = [];
  const messages: DirectMessage[] = [];
  const attacks: Attack[] = [];
  const feature = createAccounts({
    db: database.db,
    clock,
    random,
    bus,
    log: silentLogger,
    masterKey: MASTER_KEY,
    secure: true,
    onTenantCreated: async ({ tenantId }) => void tenants.push(tenantId),
    organisation: () => OWNER.organisation,
    accessOf: ({ role }) => everywhere(ROLES[role]),
    isHost: () => true,
    requireStaffFactor: () => false,
    passwordRules: () => NO_RULES,
    publicUrl: () => PUBLIC_URL,
    audit: recordingTrail(events),
    messenger: recordingMessenger(messages),
    attackNotices: { tell: async (_, attack) => void attacks.push(attack), wake: () => undefined },
    roles: {
      assertMayGive: async () => undefined,
      narrow: async () => undefined,
      personChanged: async () => undefined,
    },
    signUpIsOpen: () => false,
    language: () => "en",
    holders: () => [],
    erasedIds: { read: async () => [], write: async () => undefined },
    ...changes,
  });
  const http = await createHttpServer({
    trustedProxies: [],
    perMinute: 1_000_000,
    maxConnections: 100,
    log: silentLogger,
  });
  await http.register(async (scope) => {
    const gates = testGates({
      person: feature.personGate,
      resources: feature.resources ?? {},
      nowMs: () => clock.nowMs(),
    });
    mount(scope, feature.routes ?? [], gates, silentLogger);
  });
  await http.ready();
  await feature.start?.();

  function browser({ address = "203.0.113.7", userAgent = "" }: BrowserOptions = {}): Browser {
    const cookies = new Map<string, string>();
    return {
      cookies,
      async call(endpoint, { params = {}, query = {}, body } = {}) {
        const reply = await http.inject({
          method: endpoint.method,
          url: endpoint.path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? ""),
          query,
          remoteAddress: address,
          headers: {
            "user-agent": userAgent,
            cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          },
          ...(body === undefined ? {} : { payload: body as object }),
        });
        for (const { name, value } of reply.cookies)
          value === "" ? cookies.delete(name) : cookies.set(name, value);
        const answer = reply.body === "" ? undefined : reply.json();
        return {
          status: reply.statusCode,
          code: answer?.code ?? "",
          body: answer,
          setCookies: [reply.headers["set-cookie"] ?? []].flat(),
        };
      },
    };
  }

  return {
    clock,
    bus,
    accounts: feature,
    tenants,
    events,
    messages,
    attacks,
    async atOnce(table, start) {
      const blocker = await database.pool.connect();
      try {
        await blocker.query(`begin; select from ${table} for update`);
        const running = start();
        const waiting =
          "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        while ((await database.pool.query(waiting)).rows[0].n < running.length) await setTimeout(5);
        await blocker.query("commit");
        return await Promise.all(running);
      } finally {
        blocker.release();
      }
    },
    query: async (text, values) => (await database.pool.query(text, values)).rows,
    browser,
    async owner(options) {
      const one = browser(options);
      const token = await feature.ensureSetupToken();
      const ask = () =>
        token === undefined
          ? one.call(accounts.login, { body: { email: OWNER.email, password: OWNER.password } })
          : one.call(accounts.completeSetup, { body: { ...OWNER, token } });
      let reply = await ask();
      // Where others use the machine it is no fault to be busy for a moment.
      for (let tries = 0; reply.code === "server.busy" && tries < 30; tries++) {
        await setTimeout(1_000);
        reply = await ask();
      }
      if (reply.status >= 300 || reply.body.step === "factor_needed")
        throw new Error(`${reply.status} ${reply.code}`);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await feature.stop?.();
      await database[Symbol.asyncDispose]();
    },
  };
}
