import { setTimeout as sleep } from "node:timers/promises";
import * as contract from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Asker, type House, openHouse } from "../lib/organisations.ts";
import { takePulse } from "../lib/pulse.ts";
import { until } from "../lib/until.ts";

// Part of an organisation, programs, and second persons, over the real server.

type Named = Asker & { readonly personId: string };
interface Listed<T> {
  readonly items: readonly T[];
}

let house: House;
let owner: Named;

beforeAll(async () => {
  house = await openHouse();
  owner = await house.person(house.host.tenantId, "owner");
});
afterAll(() => house.end());

const north = () => house.host.sites[0];
const atNorth = (role: contract.Role) =>
  house.person(house.host.tenantId, role, {
    everywhere: false,
    grants: [{ role, scope: { kind: "site", siteId: north() } }],
  });
const idsOf = async (asker: Asker, path: string): Promise<string[]> =>
  (await asker.get<Listed<{ id: string }>>("GET", `/api/v1/${path}`)).items.map(({ id }) => id);

test("whoever is of one site finds that site in every list, and no trace of the others", async () => {
  const { first, second, sites } = house.host;
  const clerk = await atNorth("operator");
  expect(await idsOf(clerk, "sites")).toEqual([sites[0]]);
  const kinds = { devices: "device", boards: "board", rules: "rule", alerts: "alert" } as const;
  for (const [path, kind] of Object.entries(kinds)) {
    const ids = await idsOf(clerk, path);
    expect([path, ids]).toEqual([path, expect.arrayContaining([first[kind]])]);
    expect(ids).not.toContain(second[kind]);
  }
  expect(await idsOf(clerk, "meter-reads")).toEqual([first.meter_read]);
  expect(await idsOf(clerk, "enrolment-groups")).toEqual([first.enrolment_group]);
  const overview = await clerk.get<contract.operations.Overview>("GET", "/api/v1/overview");
  expect(overview).toMatchObject({ devices: { total: 3 }, alerts: { open: 1 } });
  const series = await clerk.get<Listed<{ deviceId: string }>>("GET", "/api/v1/telemetry/series");
  expect(series.items.some(({ deviceId }) => deviceId === second.device)).toBe(false);
  const facets = await clerk.get<{ total: number }>("GET", "/api/v1/devices/facets");
  expect(facets.total).toBe(3);
  const history = { series: [`${second.device}:power`], fromMs: 0, toMs: 1_000 };
  const refused: readonly (readonly [string, string, object, string])[] = [
    ["POST", "/api/v1/telemetry/history", history, "telemetry.series_not_found"],
    ["POST", "/api/v1/devices", { name: "x", typeId: "plug", siteId: sites[1] }, "site.not_found"],
    ["PATCH", `/api/v1/devices/${first.device}`, { siteId: sites[1] }, "site.not_found"],
    ["POST", "/api/v1/gateways/assign", { deviceIds: [second.device], gatewayId: null }, "device.not_found"],
    ["POST", "/api/v1/meter-reads", { siteId: sites[1], deadlineSeconds: 60 }, "site.not_found"],
    ["POST", "/api/v1/sites", { name: "New", timeZone: "UTC" }, "auth.forbidden"],
  ];
  for (const [method, path, body, code] of refused)
    expect([path, (await clerk.ask(method, path, body)).code]).toEqual([path, code]);
  const board = { name: "b", charts: [{ title: "t", series: [`${second.device}:power`] }], rangeMs: 60_000 };
  expect((await clerk.ask("POST", "/api/v1/boards", board)).code).toBe("telemetry.series_not_found");
});

test("a device granted alone is all that its holder finds, with its site's name", async () => {
  const { second, sites } = house.host;
  const grants = [{ role: "customer", scope: { kind: "device", deviceId: second.device } }] as const;
  const holder = await house.person(house.host.tenantId, "customer", {
    grants: grants as never,
  });
  expect(await idsOf(holder, "devices")).toEqual([second.device]);
  expect(await holder.get("GET", "/api/v1/sites")).toMatchObject({
    items: [{ id: sites[1], deviceCount: 1 }],
  });
  expect(await idsOf(holder, "alerts")).toEqual([second.alert]);
  const me = await holder.get<contract.accounts.Me>("GET", "/api/v1/auth/me");
  expect(me.access["device.read"]).toEqual({ sites: [], devices: [second.device] });
  expect(me.permissions).not.toContain("device.write");
});

test("a change of rights reaches the open connection within a second, and the next request at once", async () => {
  await using pulse = takePulse();
  const guard = await atNorth("guard");
  const socket = new WebSocket(house.server.url.replace("http", "ws") + contract.LIVE_PATH, {
    headers: { cookie: guard.headers.cookie },
  });
  const frames: string[] = [];
  let toldMs: number | undefined;
  socket.on("message", (data) => {
    frames.push(String(data));
    if (String(data).includes('"ask_again"')) toldMs ??= Date.now();
  });
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ op: "watch", values: "all", details: [] }));
  const { device } = house.host.first;
  const sender = house.nobody({ authorization: `Bearer ${house.host.deviceKey}` });
  const seen = () => frames.filter((frame) => frame.includes(`"${device}"`)).length;
  await sender.get("POST", "/api/v1/ingest", { values: { power: 1 } });
  await until("a reading", async () => seen() > 0);

  const person = `/api/v1/people/${guard.personId}`;
  const { grants } = await owner.get<contract.access.PersonAccess>("GET", `${person}/access`);
  expect(grants).toMatchObject([
    { role: "guard", scope: { kind: "site", siteId: north() }, scopeName: "North" },
  ]);
  const takenMs = Date.now();
  await owner.get("DELETE", `${person}/grants/${grants[0]?.id}`);
  expect((await guard.ask("GET", `/api/v1/devices/${device}`)).code).toBe("auth.forbidden");
  expect(pulse.msBetween(takenMs, await until("it is told", async () => toldMs))).toBeLessThan(1_000);
  const before = seen();
  await sender.get("POST", "/api/v1/ingest", { values: { power: 2 } });
  await sleep(1_000);
  expect(seen()).toBe(before);
  socket.close();
});

test("nobody gives, makes or takes more than they may do themselves, nor changes their own", async () => {
  const { tenantId } = house.host;
  const permissions = ["role.read", "role.write", "device.read", "people.read"];
  const { ref } = await owner.get<contract.access.RoleInfo>("POST", "/api/v1/roles", {
    name: "Keeper",
    permissions,
  });
  const grants = [{ role: ref, scope: { kind: "tenant" } }] as never;
  const keeper = await house.person(tenantId, "customer", { grants });
  const victim = await house.person(tenantId, "customer");
  const other = `/api/v1/people/${victim.personId}`;
  const tenant = { scope: { kind: "tenant" } };
  const tries: readonly (readonly [string, string, object | undefined, string])[] = [
    ["POST", `/api/v1/people/${keeper.personId}/grants`, { role: "owner", ...tenant }, "account.own"],
    ["PUT", `/api/v1/people/${keeper.personId}/role`, { role: "owner", everywhere: true }, "account.own"],
    ["POST", `${other}/grants`, { role: "owner", ...tenant }, "role.exceeds_own"],
    ["PUT", `${other}/role`, { role: "operator", everywhere: true }, "role.exceeds_own"],
    ["POST", "/api/v1/roles", { name: "More", permissions: ["device.write"] }, "role.exceeds_own"],
    ["POST", "/api/v1/roles", { name: "Host", permissions: ["tenant.write"] }, "role.exceeds_own"],
    [
      "PUT",
      `/api/v1/people/${owner.personId}/role`,
      { role: "customer", everywhere: false },
      "role.exceeds_own",
    ],
    ["DELETE", `/api/v1/roles/${ref}`, undefined, "role.in_use"],
  ];
  for (const [method, path, body, code] of tries)
    expect([method, path, (await keeper.ask(method, path, body)).code]).toEqual([method, path, code]);
  expect((await keeper.ask("POST", `${other}/grants`, { role: ref, ...tenant })).status).toBe(201);
  expect((await keeper.ask("POST", `${other}/grants`, { role: ref, ...tenant })).code).toBe("grant.exists");
});

test("a token allows what it names, less when its maker may less, and nothing once it has ended", async () => {
  const maker = await house.person(house.host.tenantId, "owner");
  const expiresMs = Date.now() + 3_600_000;
  const body = { name: "backup", permissions: ["device.read", "device.write"], sites: [north()], expiresMs };
  const { token, secret } = await maker.get<{ token: { id: string }; secret: string }>(
    "POST",
    "/api/v1/tokens",
    body,
  );
  expect(secret).toMatch(/^ghp_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/);
  const { rows } = await house.database.query<{ all: string }>("select t::text as all from api_tokens t");
  expect(rows.some(({ all }) => all.includes(secret.slice(15)))).toBe(false);
  const program = house.program("backup", secret);
  expect(await idsOf(program, "devices")).toContain(house.host.first.device);
  expect(await idsOf(program, "devices")).not.toContain(house.host.second.device);
  expect(
    (await program.ask("PATCH", `/api/v1/devices/${house.host.first.device}`, { label: "by program" }))
      .status,
  ).toBe(200);
  const changed = secret.slice(0, -1) + (secret.endsWith("x") ? "y" : "x");
  for (const wrong of [changed, "ghp_0000000000_nothing"])
    expect((await house.program("w", wrong).ask("GET", "/api/v1/devices")).code).toBe("auth.token_invalid");
  const bad = (change: object) => maker.ask("POST", "/api/v1/tokens", { ...body, ...change });
  expect((await bad({ permissions: ["people.read"] })).code).toBe("token.exceeds_own");
  expect((await bad({ permissions: ["self"] })).code).toBe("token.exceeds_own");
  expect((await bad({ expiresMs: Date.now() + 400 * 86_400_000 })).code).toBe("token.expiry_invalid");
  expect((await bad({ expiresMs: Date.now() - 1 })).code).toBe("token.expiry_invalid");

  await owner.get("PUT", `/api/v1/people/${maker.personId}/role`, { role: "auditor", everywhere: true });
  expect((await program.ask("GET", "/api/v1/devices")).status).toBe(200);
  expect(
    (await program.ask("PATCH", `/api/v1/devices/${house.host.first.device}`, { label: "x" })).code,
  ).toBe("auth.forbidden");
  await owner.get("DELETE", `/api/v1/tokens/${token.id}`);
  expect((await program.ask("GET", "/api/v1/devices")).code).toBe("auth.token_invalid");
});

interface Held {
  readonly approvalId: string;
  readonly aloneFromMs?: number;
}
const heldBy = async (asker: Asker, method: string, path: string, body?: object): Promise<Held> => {
  const answer = await asker.ask(method, path, body);
  expect([path, answer.code]).toEqual([path, "approval.required"]);
  return JSON.parse(answer.text) as Held;
};
const policy = (acts: readonly string[]) => ({ acts, delayHours: 24 });
/** Turns the policy off again, which itself needs a second person. */
async function withPolicy(second: Asker, acts: readonly string[], run: () => Promise<void>): Promise<void> {
  await owner.get("PUT", "/api/v1/approval-policy", policy(acts));
  try {
    await run();
  } finally {
    const { approvalId } = await heldBy(owner, "PUT", "/api/v1/approval-policy", policy([]));
    await second.get("POST", `/api/v1/approvals/${approvalId}/approve`, { reason: "end of the test" });
  }
}

test("an act that needs two is carried out once, as requested, and answers its requester alone", async () => {
  const second = await house.person(house.host.tenantId, "owner");
  const auditor = await house.person(house.host.tenantId, "auditor");
  const guard = await house.person(house.host.tenantId, "guard");
  const { device } = house.host.second;
  await withPolicy(second, ["device_credentials"], async () => {
    const { approvalId } = await heldBy(owner, "POST", `/api/v1/devices/${device}/keys`, {});
    const again = await heldBy(owner, "POST", `/api/v1/devices/${device}/keys`, {});
    expect(again.approvalId).toBe(approvalId);
    const at = `/api/v1/approvals/${approvalId}`;
    const reason = { reason: "checked with the site" };
    const seen = async (asker: Asker, query: string) =>
      (await idsOf(asker, `approvals?${query}`)).includes(approvalId);
    expect(await seen(second, "who=decider&act=device_credentials")).toBe(true);
    expect(await seen(owner, "who=decider")).toBe(false);
    expect(await seen(owner, "who=requester&state=open&q=OWNER")).toBe(true);
    expect(await seen(owner, "state=closed")).toBe(false);
    expect(await seen(second, "act=tokens")).toBe(false);
    expect(await seen(second, "q=%25")).toBe(false);
    expect(await auditor.get("GET", at)).toMatchObject({ state: "waiting", may: { approve: false } });
    expect((await guard.ask("GET", at)).code).toBe("approval.not_found");
    expect((await owner.ask("POST", `${at}/approve`, reason)).code).toBe("approval.own");
    expect((await auditor.ask("POST", `${at}/approve`, reason)).code).toBe("auth.forbidden");
    expect((await owner.ask("POST", `${at}/carry-out`, reason)).code).toBe("approval.own");
    const twice = await Promise.all([1, 2].map(() => second.ask("POST", `${at}/approve`, reason)));
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await owner.get("GET", at)).toMatchObject({
      state: "done",
      hasReply: true,
      reason: reason.reason,
    });
    expect(await second.get("GET", at)).toMatchObject({ hasReply: false });
    expect((await second.ask("POST", `${at}/reply`, {})).code).toBe("approval.not_found");
    const { reply } = await owner.get<{ reply: { apiKey: string } }>("POST", `${at}/reply`, {});
    expect(reply.apiKey).toMatch(/^gh_/);
    expect((await owner.ask("POST", `${at}/reply`, {})).code).toBe("approval.not_found");
    const { rows } = await house.database.query("select 1 from device_credentials where device_id = $1", [
      device,
    ]);
    expect(rows).toHaveLength(2);

    const refused = await heldBy(owner, "POST", `/api/v1/devices/${device}/keys`, { overlapSeconds: 1 });
    await second.get("POST", `/api/v1/approvals/${refused.approvalId}/refuse`, { reason: "not now" });
    const taken = await heldBy(owner, "POST", `/api/v1/devices/${device}/keys`, { overlapSeconds: 2 });
    await owner.get("POST", `/api/v1/approvals/${taken.approvalId}/withdraw`, {});
    for (const id of [refused.approvalId, taken.approvalId])
      expect((await second.ask("POST", `/api/v1/approvals/${id}/approve`, reason)).code).toBe(
        "approval.closed",
      );
  });
});

test("what a requester may not do any more is not carried out for them", async () => {
  const second = await house.person(house.host.tenantId, "owner");
  const operator = await house.person(house.host.tenantId, "operator");
  await withPolicy(second, ["device_removal"], async () => {
    const { device } = house.host.second;
    const { approvalId } = await heldBy(operator, "DELETE", `/api/v1/devices/${device}`);
    await owner.get("PUT", `/api/v1/people/${operator.personId}/role`, { role: "guard", everywhere: true });
    const done = await second.get("POST", `/api/v1/approvals/${approvalId}/approve`, { reason: "yes" });
    expect(done).toMatchObject({ state: "failed", code: "auth.forbidden" });
    expect((await owner.ask("GET", `/api/v1/devices/${device}`)).status).toBe(200);
  });
});

test("whoever alone is able waits for the delay instead of being locked out", async () => {
  const { tenantId, first } = house.guest;
  const sole = await house.person(tenantId, "owner");
  await house.database.query(
    "update people set state = 'disabled' where tenant_id = $1 and id <> $2 and role = 'owner'",
    [tenantId, sole.personId],
  );
  await sole.get("PUT", "/api/v1/approval-policy", policy(["device_credentials"]));
  const { approvalId, aloneFromMs } = await heldBy(sole, "POST", `/api/v1/devices/${first.device}/keys`, {});
  expect(aloneFromMs).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  const at = `/api/v1/approvals/${approvalId}/carry-out`;
  expect((await sole.ask("POST", at, { reason: "alone" })).code).toBe("approval.too_early");
  await house.database.query("update approvals set alone_from = now() where id = $1", [approvalId]);
  expect(await sole.get("POST", at, { reason: "alone" })).toMatchObject({ state: "done", hasReply: true });
});
