import * as contract from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashPassword } from "../../apps/server/src/platform/secrets/index.ts";
import { openDatabase } from "../../bench/lib/stored.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// Made from the contract: every route × {nobody, device, role without the permission, owner of another tenant, owner}.

const OTHER_TENANT = "00000000-0000-4000-8000-0000000000bb";
const PASSWORD = "copper-lantern-83-violin";

const endpoints: readonly contract.AnyEndpoint[] = [
  contract.accounts,
  contract.alerts,
  contract.channel,
  contract.devices,
  contract.lab,
  contract.operations,
  contract.telemetry,
].flatMap((group) =>
  Object.values(group).filter(
    (value): value is contract.AnyEndpoint =>
      typeof value === "object" && value !== null && "audience" in value,
  ),
);
/** /metrics answers loopback without a session and has a test of its own. */
const operatorRoutes = endpoints.filter(
  (endpoint) => endpoint.audience === "operator" && endpoint.path !== "/metrics",
);
const name = (endpoint: contract.AnyEndpoint): string => `${endpoint.method} ${endpoint.path}`;

let server: Gatehouse;
let device: { password: string; deviceId: string };
let auditor: string;
let stranger: string;
/** Things of the first tenant, by the first segment of their address. */
const things: Record<string, string> = {};

beforeAll(async () => {
  server = await startGatehouse();
  device = (await server.createDevices(1, "plug"))[0] as typeof device;
  const rule = {
    name: "r",
    enabled: true,
    severity: "info",
    scope: {},
    condition: { kind: "silence", forMs: 60_000 },
    holdMs: 0,
    channelIds: [],
    repeatMs: 0,
  };
  things.devices = device.deviceId;
  things.sites = (await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites")).items[0]?.id ?? "";
  things.rules = (await server.call<{ id: string }>("POST", "/api/v1/rules", rule)).id;
  things.boards = (
    await server.call<{ id: string }>("POST", "/api/v1/boards", { name: "b", charts: [], rangeMs: 60_000 })
  ).id;
  things.channels = (
    await server.call<{ id: string }>("POST", "/api/v1/channels", BODIES["PUT /api/v1/channels/:id"])
  ).id;
  things.channel = device.deviceId;
  const group = {
    name: "g",
    typeId: "plug",
    siteId: things.sites,
    maxDevices: 1,
    expiresMs: Date.now() + 60_000,
  };
  const made = await server.call<{ group: { id: string } }>("POST", "/api/v1/enrolment-groups", group);
  things["enrolment-groups"] = made.group.id;
  const database = await openDatabase(server.dataDir);
  const { rows } = await database.query<{ id: string; session: string }>(
    "select p.tenant_id as id, s.id as session from people p join sessions s on s.person_id = p.id",
  );
  things.sessions = rows[0]?.session ?? "";
  await database.query("insert into tenants values ($1, 'Others', now())", [OTHER_TENANT]);
  const hash = await hashPassword(PASSWORD);
  const add =
    "insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, created_at) values (gen_random_uuid(), $1, $2, $2, $2, $3, $4, 'en', now())";
  await database.query(add, [rows[0]?.id, "auditor@example.org", hash, "auditor"]);
  await database.query(add, [OTHER_TENANT, "stranger@example.org", hash, "owner"]);
  await database.end();
  auditor = await login("auditor@example.org");
  stranger = await login("stranger@example.org");
});
afterAll(() => server.end());

async function login(email: string): Promise<string> {
  const reply = await fetch(`${server.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(reply.status).toBe(200);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

/** Bodies that pass the schema, so that what refuses them is who asks and not how. */
const BODIES: Record<string, object> = {
  "PATCH /api/v1/sites/:id": { name: "taken over" },
  "PATCH /api/v1/devices/:id": { label: "taken over" },
  "POST /api/v1/devices/:id/keys": {},
  "POST /api/v1/devices/:id/claim-code": {},
  "POST /api/v1/devices/:id/certificate": { csrPem: "x".repeat(100) },
  "PUT /api/v1/devices/:id/topics": { granted: [], revision: 0 },
  "POST /api/v1/devices/:id/security/reset-pin": { reason: "taken over" },
  "PUT /api/v1/channel/exceptions/:id": { untilMs: Date.now() + 60_000, reason: "taken over" },
  "POST /api/v1/devices/:id/commands": { key: "set", params: { on: true } },
  "PUT /api/v1/boards/:id": { name: "taken over", charts: [], rangeMs: 60_000, updatedMs: 1 },
  "PUT /api/v1/rules/:id": {
    name: "x",
    enabled: true,
    severity: "info",
    scope: {},
    condition: { kind: "silence", forMs: 60_000 },
    holdMs: 0,
    channelIds: [],
    repeatMs: 0,
    updatedMs: 1,
  },
  "POST /api/v1/alerts/:id/acknowledge": {},
  "POST /api/v1/alerts/:id/snooze": { forMs: 0 },
  "PUT /api/v1/channels/:id": {
    name: "x",
    enabled: true,
    minSeverity: "info",
    allowPrivate: false,
    dailyCap: 5,
    settings: { kind: "webhook", url: "https://example.org/hook", secret: "a-secret-of-24-letters.." },
  },
  "POST /api/v1/channels/:id/test": {},
  "POST /api/v1/outbox/:id/retry": {},
};

interface Asked {
  readonly status: number;
  readonly code: string | undefined;
}

async function ask(endpoint: contract.AnyEndpoint, headers: Record<string, string>): Promise<Asked> {
  const kind = endpoint.path.split("/")[3] ?? "";
  const path = endpoint.path
    .replace(":id", things[kind] ?? "00000000-0000-4000-8000-00000000dead")
    .replace(":credentialId", "00000000-0000-4000-8000-00000000dead")
    .replace(":keyId", "00000000deadbeef");
  const body = endpoint.body === undefined ? undefined : JSON.stringify(BODIES[name(endpoint)] ?? {});
  const reply = await fetch(`${server.url}${path}`, {
    method: endpoint.method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await reply.text();
  const code =
    reply.status >= 400 && text.startsWith("{") ? (JSON.parse(text) as { code: string }).code : undefined;
  return { status: reply.status, code };
}

test("nobody and a device get no operator route", async () => {
  for (const endpoint of operatorRoutes) {
    expect([name(endpoint), await ask(endpoint, {})]).toEqual([
      name(endpoint),
      { status: 401, code: "auth.required" },
    ]);
    expect([name(endpoint), await ask(endpoint, { authorization: `Bearer ${device.password}` })]).toEqual([
      name(endpoint),
      { status: 401, code: "auth.required" },
    ]);
  }
});

test("a person's session opens no device route, and neither does nothing", async () => {
  for (const endpoint of endpoints.filter(({ audience }) => audience === "device")) {
    for (const headers of [
      {},
      { cookie: server.cookie },
      { authorization: "Bearer gh_0000000000_wrong" },
    ] as Record<string, string>[]) {
      expect([name(endpoint), await ask(endpoint, headers)]).toEqual([
        name(endpoint),
        { status: 401, code: "device.credentials_invalid" },
      ]);
    }
  }
});

test("a role gets exactly the routes whose permission it has", async () => {
  for (const endpoint of operatorRoutes) {
    if (
      endpoint.permission === undefined ||
      (endpoint.method === "DELETE" && endpoint.path === "/api/v1/sessions")
    )
      continue;
    const { code } = await ask(endpoint, { cookie: auditor });
    const granted = contract.roleGrants("auditor", endpoint.permission);
    expect([name(endpoint), code === "auth.forbidden"]).toEqual([name(endpoint), !granted]);
  }
});

test("another tenant's owner finds nothing and changes nothing", async () => {
  const own = operatorRoutes.filter(({ path }) => path.includes(":id"));
  for (const endpoint of own) {
    if (endpoint.body !== undefined) expect(BODIES, name(endpoint)).toHaveProperty([name(endpoint)]);
    const { status } = await ask(endpoint, { cookie: stranger });
    expect([name(endpoint), status]).toEqual([name(endpoint), 404]);
  }
  for (const path of [
    "/api/v1/devices",
    "/api/v1/sites",
    "/api/v1/rules",
    "/api/v1/boards",
    "/api/v1/channels",
    "/api/v1/alerts",
    "/api/v1/outbox",
    "/api/v1/enrolment-groups",
    "/api/v1/lab/runs",
    "/api/v1/telemetry/series",
  ]) {
    const reply = await fetch(`${server.url}${path}`, { headers: { cookie: stranger } });
    expect([path, ((await reply.json()) as { items: unknown[] }).items]).toEqual([path, []]);
  }
  const people = (await (
    await fetch(`${server.url}/api/v1/people`, { headers: { cookie: stranger } })
  ).json()) as { items: { email: string }[] };
  expect(people.items.map((person) => person.email)).toEqual(["stranger@example.org"]);
  const history = await fetch(`${server.url}/api/v1/telemetry/history`, {
    method: "POST",
    headers: { cookie: stranger, "content-type": "application/json" },
    body: JSON.stringify({ series: [`${device.deviceId}:power`], fromMs: 0, toMs: 1_000 }),
  });
  expect(history.status).toBe(404);
  expect((await server.call<{ label: string }>("GET", `/api/v1/devices/${device.deviceId}`)).label).toBe("");
});

test("the owner gets every operator route", async () => {
  for (const endpoint of operatorRoutes.filter(({ method }) => method === "GET")) {
    expect([name(endpoint), (await ask(endpoint, { cookie: server.cookie })).status]).not.toEqual([
      name(endpoint),
      401,
    ]);
    expect([name(endpoint), (await ask(endpoint, { cookie: server.cookie })).code]).not.toEqual([
      name(endpoint),
      "auth.forbidden",
    ]);
  }
});
