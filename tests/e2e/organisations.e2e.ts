import { setTimeout as sleep } from "node:timers/promises";
import * as contract from "@gatehouse/contract";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Asker, addressOf, type House, openHouse } from "../lib/organisations.ts";
import { takePulse } from "../lib/pulse.ts";
import { until } from "../lib/until.ts";

// Two organisations in one installation with things of the same names: nothing of one is seen, named, changed or heard
// from the other. Which routes answer whom is in permission-matrix.e2e.ts; here are bodies, lists, topics and the hub.

interface Added {
  readonly device: { readonly id: string };
  readonly key: { readonly apiKey: string };
}

let house: House;
let owner: Asker;
let guest: Asker & { readonly personId: string };

beforeAll(async () => {
  house = await openHouse();
  owner = await house.person(house.host.tenantId, "owner");
  guest = await house.person(house.guest.tenantId, "owner");
});
afterAll(() => house.end());

const operatorRoutes: readonly contract.AnyEndpoint[] = Object.values(contract)
  .flatMap((group) => (typeof group === "object" && group !== null ? Object.values(group as object) : []))
  .filter(
    (value): value is contract.AnyEndpoint =>
      typeof value === "object" && value !== null && "audience" in value && value.audience === "operator",
  );

/** Every id and name that the host's organisation has and the guest's has not. */
async function foreignIds(): Promise<string[]> {
  const { rows } = await house.database.query<{ id: string }>(
    `select id from devices where tenant_id = $1 union select id from sites where tenant_id = $1
     union select id from rules where tenant_id = $1 union select id from boards where tenant_id = $1
     union select id from alerts where tenant_id = $1 union select id from channels where tenant_id = $1
     union select id from deliveries where tenant_id = $1 union select id from people where tenant_id = $1
     union select id from roles where tenant_id = $1 union select id from grants where tenant_id = $1
     union select id from api_tokens where tenant_id = $1 union select id from approvals where tenant_id = $1
     union select id from meter_reads where tenant_id = $1 union select id from channel_groups where tenant_id = $1
     union select id from lab_runs where tenant_id = $1 union select id from invitations where tenant_id = $1
     union select id from offsite_targets where tenant_id = $1
     union select id from offsite_inboxes where tenant_id = $1
     union select id from detectors where tenant_id = $1`,
    [house.host.tenantId],
  );
  return [...rows.map(({ id }) => id), house.host.tenantId];
}

test("no list, figure or export of one organisation names anything of the other", async () => {
  const foreign = await foreignIds();
  expect(foreign.length).toBeGreaterThan(30);
  const now = Date.now();
  const queries: Record<string, string> = {
    "/api/v1/telemetry/export": `?format=csv&series=${house.guest.first.device}:power&from=${now - 3_600_000}&to=${now}`,
  };
  let read = 0;
  for (const endpoint of operatorRoutes) {
    if (endpoint.method !== "GET" || endpoint.path === "/metrics") continue;
    const path = addressOf(endpoint, house.guest.first) + (queries[endpoint.path] ?? "");
    const { status, text } = await guest.ask("GET", path);
    const named = foreign.filter((id) => text.includes(id));
    expect([path, named]).toEqual([path, []]);
    if (status === 200) read++;
  }
  expect(read).toBeGreaterThan(40);
});

test("no body can name a thing of the other organisation", async () => {
  const { host } = house;
  const [site] = host.sites;
  const { device, meter_read: _read, ...rest } = host.first;
  const own = house.guest.first;
  const inADay = Date.now() + 86_400_000;
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
  const group = { name: "g", typeId: "plug", siteId: site, maxDevices: 1, expiresMs: inADay };
  const history = { series: [`${device}:power`], fromMs: 0, toMs: 1_000 };
  const person = `/api/v1/people/${own.person}`;
  const siteGrant = { role: "guard", scope: { kind: "site", siteId: site } };
  const deviceGrant = { role: "guard", scope: { kind: "device", deviceId: device } };
  const roleGrant = { role: rest.role, scope: { kind: "tenant" } };
  const token = { name: "t", permissions: ["device.read"], sites: [site], expiresMs: inADay };
  const invitation = { name: "N", email: "n@example.org", role: "guard", language: "en", siteIds: [site] };
  const cases: readonly (readonly [string, string, object, string])[] = [
    ["POST", "/api/v1/devices", { name: "x1", typeId: "plug", siteId: site }, "site.not_found"],
    ["PATCH", `/api/v1/devices/${own.device}`, { siteId: site }, "site.not_found"],
    ["POST", "/api/v1/gateways/assign", { deviceIds: [device], gatewayId: null }, "device.not_found"],
    ["POST", "/api/v1/meter-reads", { deviceIds: [device], deadlineSeconds: 60 }, "device.not_found"],
    ["POST", "/api/v1/meter-reads", { siteId: site, deadlineSeconds: 60 }, "site.not_found"],
    ["POST", "/api/v1/enrolment-groups", group, "site.not_found"],
    ["POST", "/api/v1/telemetry/history", history, "telemetry.series_not_found"],
    ["POST", "/api/v1/rules", { ...rule, channelIds: [rest.notification_channel] }, "channel.not_found"],
    ["POST", "/api/v1/rules", { ...rule, scope: { deviceIds: [device] } }, "rule.invalid"],
    ["POST", `${person}/grants`, siteGrant, "site.not_found"],
    ["POST", `${person}/grants`, deviceGrant, "device.not_found"],
    ["POST", `${person}/grants`, roleGrant, "role.not_found"],
    ["POST", "/api/v1/tokens", token, "site.not_found"],
    ["POST", "/api/v1/invitations", invitation, "site.not_found"],
  ];
  for (const [method, path, body, code] of cases) {
    const answer = await guest.ask(method, path, body);
    expect([path, answer.code, answer.text.slice(0, 200)]).toEqual([path, code, expect.any(String)]);
  }
  const exported = await guest.ask(
    "GET",
    `/api/v1/telemetry/export?format=csv&series=${device}:power&from=0&to=1000`,
  );
  expect(exported.code).toBe("telemetry.series_not_found");
  const { rows } = await house.database.query(
    "select 1 from devices where tenant_id = $1 and site_id in (select id from sites where tenant_id <> $1)",
    [house.guest.tenantId],
  );
  expect(rows).toEqual([]);
});

test("devices of the same name speak each for its own organisation, on the same topic", async () => {
  const granted = { granted: [{ pattern: "hall/#", publish: true, subscribe: true }] };
  const connect = async (asker: Asker, deviceId: string | undefined, username: string, password: string) => {
    await asker.get("PUT", `/api/v1/devices/${deviceId}/topics`, granted);
    const clientId = `${asker.name}-${username}`;
    const url = `mqtt://127.0.0.1:${house.server.mqttPort}`;
    return connectAsync(url, { username, password, clientId, reconnectPeriod: 0 });
  };
  const { host, guest: other } = house;
  const ours = await connect(owner, host.first.device, host.deviceName, host.deviceKey);
  const theirs = await connect(guest, other.first.device, other.deviceName, other.deviceKey);
  const body = { name: "lamp", typeId: "plug", siteId: other.sites[0] };
  const added = await guest.get<Added>("POST", "/api/v1/devices", body);
  const lamp = await connect(guest, added.device.id, "lamp", added.key.apiKey);
  const heard: string[] = [];
  theirs.on("message", (topic, payload) => heard.push(`${topic} ${payload}`));
  await theirs.subscribeAsync("hall/#", { qos: 1 });
  await ours.publishAsync("hall/door", "open", { qos: 1, retain: true });
  await ours.publishAsync(`gh/${house.host.deviceName}/up/telemetry`, JSON.stringify({ power: 42 }), {
    qos: 1,
  });
  await lamp.publishAsync("hall/lamp", "on", { qos: 1 });
  await until("its own", async () => heard.length > 0);
  await sleep(300);
  expect(heard).toEqual(["hall/lamp on"]);
  // A device of the one cannot write to a device of the other by its id either.
  theirs.publish(`gh/${house.host.first.device}/up/telemetry`, JSON.stringify({ power: 7 }));
  await sleep(500);
  const lastOf = async (asker: Asker, deviceId: string | undefined) =>
    (await asker.get<{ last: { metric: string; value: unknown }[] }>("GET", `/api/v1/devices/${deviceId}`))
      .last;
  expect(await lastOf(owner, house.host.first.device)).toMatchObject([{ metric: "power", value: 42 }]);
  expect(await lastOf(guest, house.guest.first.device)).toEqual([]);
  for (const client of [ours, theirs, lamp]) client.end(true);
});

test("the live hub says nothing of the other organisation", async () => {
  const url = house.server.url.replace("http", "ws") + contract.LIVE_PATH;
  const socket = new WebSocket(url, { headers: { cookie: guest.headers.cookie } });
  const frames: string[] = [];
  socket.on("message", (data) => frames.push(String(data)));
  await new Promise((resolve) => socket.once("open", resolve));
  const device = house.host.first.device as string;
  socket.send(JSON.stringify({ op: "watch", values: "all", details: [device] }));
  const headers = { authorization: `Bearer ${house.host.deviceKey}` };
  const sender = house.nobody(headers);
  const readings = Array.from({ length: 200 }, (_, i) => ({ ts: Date.now() - i, values: { power: 43 } }));
  await sender.get("POST", "/api/v1/ingest", { readings });
  await sender.get("POST", "/api/v1/logs/send", { logs: [{ message: "of the host's device" }] });
  await owner.get("POST", `/api/v1/alerts/${house.host.first.alert}/acknowledge`, {});
  const rates = () =>
    frames.flatMap((frame) => (JSON.parse(frame) as { rate?: { perSecond: number } }).rate ?? []);
  const before = rates().length;
  await until("two more rates", async () => rates().length >= before + 2);
  expect(frames.filter((frame) => frame.includes(device) || frame.includes("host's device"))).toEqual([]);
  // 200 readings are 20 a second over the ten that are averaged; this organisation's own are one or two.
  expect(Math.max(...rates().map(({ perSecond }) => perSecond))).toBeLessThan(2);
  socket.close();
});

test("figures of the installation are for its host alone", async () => {
  const storage = async (asker: Asker) =>
    (await asker.get<contract.operations.Overview>("GET", "/api/v1/overview")).storage;
  expect(await storage(owner)).toBeDefined();
  expect(await storage(guest)).toBeUndefined();
  for (const path of ["/api/v1/about", "/api/v1/tenants", "/api/v1/lab/runs"])
    expect([path, (await guest.ask("GET", path)).code]).toEqual([path, "auth.forbidden"]);
  const { items } = await owner.get<{ items: contract.access.Tenant[] }>("GET", "/api/v1/tenants");
  expect(items.map(({ name, host, sites, devices }) => [name, host, sites, devices])).toEqual([
    ["Bench", true, 3, 6],
    ["Guests", false, 3, 7],
  ]);
  const stranger = { email: "nobody-at-all@example.net", password: "some-wrong-password-1" };
  expect((await house.nobody().ask("POST", "/api/v1/auth/login", stranger)).code).toBe(
    "auth.invalid_credentials",
  );
  const refused = async (asker: Asker) =>
    (await asker.ask("GET", "/api/v1/ledger/entries?kind=login.refused")).text;
  await vi.waitFor(async () => expect(await refused(owner)).toContain(stranger.email), 60_000);
  expect(await refused(guest)).not.toContain(stranger.email);
  const taken = {
    name: "guests ",
    language: "en",
    owner: { name: "O", email: "o@example.org", language: "en" },
  };
  expect((await owner.ask("POST", "/api/v1/tenants", taken)).code).toBe("tenant.name_taken");
});

test("a suspended organisation is out, its devices too, and comes back as it was", async () => {
  const tenant = `/api/v1/tenants/${house.guest.tenantId}`;
  const connect = () =>
    connectAsync(`mqtt://127.0.0.1:${house.server.mqttPort}`, {
      username: house.guest.deviceName,
      password: house.guest.deviceKey,
      clientId: "suspended",
      reconnectPeriod: 0,
    });
  await using pulse = takePulse();
  const client = await connect();
  const closed = new Promise<number>((resolve) => client.once("close", () => resolve(Date.now())));
  const device = house.nobody({ authorization: `Bearer ${house.guest.deviceKey}` });
  expect(
    (await owner.ask("POST", `/api/v1/tenants/${house.host.tenantId}/suspend`, { reason: "x" })).code,
  ).toBe("tenant.host");
  const beganMs = Date.now();
  expect(await owner.get("POST", `${tenant}/suspend`, { reason: "unpaid" })).toMatchObject({
    suspendedReason: "unpaid",
  });
  expect(pulse.msBetween(beganMs, await closed)).toBeLessThan(2_000);
  await expect(connect()).rejects.toThrow();
  expect((await guest.ask("GET", "/api/v1/devices")).code).toBe("tenant.suspended");
  expect((await device.ask("POST", "/api/v1/ingest", { values: { power: 1 } })).code).toBe(
    "tenant.suspended",
  );
  await owner.get("POST", `${tenant}/resume`, {});
  expect((await guest.ask("GET", "/api/v1/devices")).status).toBe(200);
  expect((await device.ask("POST", "/api/v1/ingest", { values: { power: 1 } })).status).toBe(200);
  await (await connect()).endAsync();
});
