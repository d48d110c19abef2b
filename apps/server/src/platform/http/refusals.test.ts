import { AppError } from "@gatehouse/base";
import { endpoint, RESOURCE_KINDS, ROLES } from "@gatehouse/contract";
import { recordingLogger, virtualClock } from "@gatehouse/testkit";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { afterEach, expect, test } from "vitest";
import type { MetricSource } from "../metrics/metrics.ts";
import { mount } from "./mount.ts";
import type { PersonPrincipal } from "./principal.ts";
import { refusalsTo } from "./refusals.ts";
import { route } from "./route.ts";
import { createHttpServer } from "./server.ts";
import { everywhere, testGates } from "./testing/gates.ts";

const tenantId = "00000000-0000-4000-8000-000000000001";
const foreignTenantId = "00000000-0000-4000-8000-000000000002";
const ownSite = "00000000-0000-4000-8000-00000000000a";
const foreignSite = "00000000-0000-4000-8000-00000000000b";
const guard: PersonPrincipal = {
  kind: "person",
  tenantId,
  personId: "00000000-0000-4000-8000-000000000003",
  sessionId: "00000000-0000-4000-8000-000000000004",
  name: "Guard",
  permissions: everywhere(ROLES.guard),
};

const params = Type.Object({ id: Type.String() }, { additionalProperties: false });
const reply = Type.Object({});
const shown = { summary: "s", tag: "t", audience: "operator", reply } as const;
const readSite = endpoint({
  ...shown,
  method: "GET",
  path: "/sites/:id",
  permission: "site.read",
  params,
  resource: { kind: "site", param: "id" },
});
const people = endpoint({ ...shown, method: "GET", path: "/people", permission: "people.write" });
const taken = endpoint({ ...shown, method: "GET", path: "/taken", permission: "site.read" });

let app: FastifyInstance | undefined;
afterEach(async () => app?.close());

async function start() {
  const log = recordingLogger();
  const clock = virtualClock();
  const sources = new Map<string, MetricSource>();
  const metrics = {
    add: (source: MetricSource) => void sources.set(source.name, source),
    text: async () => "",
    eventLoopP99Ms: () => 0,
    stop: () => undefined,
  };
  app = await createHttpServer({ trustedProxies: [], perMinute: 10_000, maxConnections: 10, log });
  const gates = testGates({
    person: { authenticate: async ({ headers }) => (headers["x-guard"] === "yes" ? guard : undefined) },
    resources: {
      site: (id) =>
        id === ownSite ? { tenantId } : id === foreignSite ? { tenantId: foreignTenantId } : undefined,
    },
    onRefused: refusalsTo(log, metrics, clock),
  });
  await app.register(async (scope) => {
    const routes = [
      route(readSite, async () => ({})),
      route(people, async () => ({})),
      route(taken, async () => {
        throw new AppError("site.name_taken");
      }),
    ];
    mount(scope, routes, gates, log);
  });
  await app.ready();
  const server = app;
  const get = async (url: string, headers: Record<string, string> = { "x-guard": "yes" }) =>
    (await server.inject({ url, headers })).json();
  const lines = () => log.lines.filter(({ event }) => event === "http.refused");
  const read = (name: string) => sources.get(name)?.read();
  return { get, lines, read, clock };
}

test("who tries what they may not do is in the log with what, whence and the answer's id", async () => {
  const { get, lines } = await start();
  const answer = await get("/people");
  expect(answer.code).toBe("auth.forbidden");
  expect(lines()).toMatchObject([
    {
      level: "warn",
      fields: {
        code: "auth.forbidden",
        method: "GET",
        path: "/people",
        address: "127.0.0.1",
        requestId: answer.instance,
        tenantId,
        personId: guard.personId,
        sessionId: guard.sessionId,
      },
    },
  ]);
});

test("another organisation's thing answers like one that is not there, and the log tells them apart", async () => {
  const { get, lines } = await start();
  const [foreign, none] = [
    await get(`/sites/${foreignSite}`),
    await get("/sites/00000000-0000-4000-8000-00000000000f"),
  ];
  expect([foreign.code, none.code]).toEqual([RESOURCE_KINDS.site, RESOURCE_KINDS.site]);
  expect({ ...foreign, instance: "" }).toEqual({ ...none, instance: "" });
  expect(lines().map(({ fields }) => fields)).toMatchObject([
    { beyondReach: true, personId: guard.personId },
  ]);
});

test("what people run into every day is counted and makes no line", async () => {
  const { get, lines, read } = await start();
  expect((await get("/people", {})).code).toBe("auth.required");
  expect((await get("/taken")).code).toBe("site.name_taken");
  expect(lines()).toEqual([]);
  expect(read("gatehouse_requests_refused_total")).toEqual([
    { labels: { code: "auth.required" }, value: 1 },
    { labels: { code: "site.name_taken" }, value: 1 },
  ]);
});

test("a flood of one kind fills no disk and hides no other kind", async () => {
  const { get, lines, read, clock } = await start();
  for (let i = 0; i < 40; i++) expect((await get("/people?nonsense=1")).code).toBe("auth.forbidden");
  expect((await get(`/sites/${ownSite}?nonsense=1`)).code).toBe("request.invalid");
  expect(lines()).toHaveLength(31);
  expect(lines().at(-1)?.fields).toMatchObject({ code: "request.invalid", path: "/sites/:id" });
  expect(read("gatehouse_refusals_not_logged_total")).toBe(10);
  clock.advance(60_000);
  await get("/people");
  expect(lines()).toHaveLength(32);
});
