import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@gatehouse/base";
import { endpoint } from "@gatehouse/contract";
import type { FastifyInstance, InjectOptions } from "fastify";
import { Type } from "typebox";
import { afterAll, afterEach, expect, test } from "vitest";
import { registerConsole } from "./console.ts";
import { mount } from "./mount.ts";
import { registerOpenApi } from "./openapi.ts";
import { route } from "./route.ts";
import { createHttpServer } from "./server.ts";
import { testGates } from "./testing/gates.ts";

const root = mkdtempSync(join(tmpdir(), "gatehouse exposure "));
const distDir = join(root, "dist");
for (const folder of [join(distDir, "assets"), join(distDir, ".git"), join(root, ".git")])
  mkdirSync(folder, { recursive: true });
writeFileSync(join(distDir, "index.html"), "<title>console</title>");
writeFileSync(join(distDir, "assets", "a.js"), "1");
const HIDDEN = "[remote] url = secret";
for (const path of ["dist/.git/config", ".git/config", "dist/assets/.hidden", "master.key"])
  writeFileSync(join(root, path), HIDDEN);
afterAll(() => rmSync(root, { recursive: true }));

const base = { summary: "s", tag: "t", reply: Type.Object({}) } as const;
const list = endpoint({
  ...base,
  method: "GET",
  path: "/api/v1/list",
  audience: "public",
  query: Type.Object({ q: Type.Optional(Type.String()) }, { additionalProperties: false }),
});
const change = endpoint({
  ...base,
  method: "POST",
  path: "/api/v1/change/:name",
  audience: "public",
  unrecorded: "changes nothing",
  params: Type.Object({ name: Type.String() }, { additionalProperties: false }),
  body: Type.Object({ to: Type.String() }, { additionalProperties: false }),
});
const figures = endpoint({
  ...base,
  method: "GET",
  path: "/metrics",
  audience: "operator",
  permission: "installation.read",
});

let app: FastifyInstance | undefined;
afterEach(async () => app?.close());

async function start(): Promise<(options: InjectOptions) => Promise<Answer>> {
  app = await createHttpServer({
    trustedProxies: ["127.0.0.1"],
    perMinute: 1_000,
    maxConnections: 10,
    log: silentLogger,
  });
  await registerOpenApi(app, "0.0.0");
  const routes = [
    route(list, async ({ query }) => ({ heard: query })),
    route(change, async ({ params, body }) => ({ heard: [params.name, body.to] })),
    route(figures, async () => ({})),
  ];
  await app.register(async (scope) => void mount(scope, routes, testGates(), silentLogger));
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => "https://gate.example" });
  const server = app;
  return async (options) => {
    const { statusCode, body, headers } = await server.inject(options);
    return { status: statusCode, body, cache: headers["cache-control"] };
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly cache: unknown;
}

test("source control, hidden files, listings and what lies beside the console are not there", async () => {
  const ask = await start();
  for (const url of [
    "/.git/config",
    "/.git/HEAD",
    "/assets/",
    "/assets",
    "/assets/.hidden",
    "/assets/../.git/config",
    "/assets/%2e%2e/.git/config",
    "/assets/..%2f..%2fmaster.key",
    "/assets/....//master.key",
    "/icon.svg/../../master.key",
    "/index.html.bak",
    "/package.json",
  ]) {
    const { status, body } = await ask({ url });
    expect([url, status, body]).toEqual([
      url,
      expect.toSatisfy((code: number) => [400, 403, 404].includes(code)),
      expect.any(String),
    ]);
    expect(body).not.toContain("secret");
    expect(body).not.toContain("a.js");
  }
  expect((await ask({ url: "/assets/a.js" })).status).toBe(200);
});

test.each(["TRACE", "CONNECT", "PROPFIND", "OPTIONS", "PUT"])(
  "%s is offered nowhere that does not name it",
  async (method) => {
    const ask = await start();
    for (const url of ["/", "/api/v1/list", "/assets/a.js"]) {
      const { status, body } = await ask({
        method: method as "PUT",
        url,
        headers: { cookie: "a=secret", accept: "text/html" },
      });
      expect([404, 405, 415]).toContain(status);
      expect(body).not.toContain("secret");
    }
  },
);

test("a parameter given twice, as a list or in another place than its own is refused", async () => {
  const ask = await start();
  expect((await ask({ url: "/api/v1/list?q=a" })).body).toBe('{"heard":{"q":"a"}}');
  for (const url of ["?q=a&q=b", "?q[]=a", "?q[0]=a", "?q[x]=1", "?Q=a", "?q=a&to=b"])
    expect([url, (await ask({ url: `/api/v1/list${url}` })).status]).toEqual([url, 400]);
  const post = (url: string, payload: object) => ask({ method: "POST", url, payload });
  expect((await post("/api/v1/change/x", { to: "y" })).body).toBe('{"heard":["x","y"]}');
  expect((await post("/api/v1/change/x?to=z", { to: "y" })).status).toBe(400);
  expect((await post("/api/v1/change/x", { to: "y", name: "z" })).status).toBe(400);
  expect((await post("/api/v1/change/x", { to: ["y"] })).status).toBe(400);
  expect((await post("/api/v1/change/x", [{ to: "y" }])).status).toBe(400);
});

test("no answer of the API is kept by a browser or by anything on the way, refusals and pages neither", async () => {
  const ask = await start();
  const asked = [
    { url: "/api/v1/list" },
    { url: "/api/v1/list?nonsense=1" },
    { url: "/api/v1/nowhere" },
    { url: "/metrics", remoteAddress: "203.0.113.9" },
    { url: "/devices", headers: { accept: "text/html" } },
    { url: "/" },
  ];
  expect(await Promise.all(asked.map(async (one) => (await ask(one)).cache))).toEqual(
    asked.map(() => "no-store"),
  );
});

test("figures are for this machine itself: not for others, and not through a proxy on it", async () => {
  const ask = await start();
  const figuresFor = async (options: Partial<InjectOptions>) =>
    (await ask({ url: "/metrics", ...options })).status;
  expect(await figuresFor({ remoteAddress: "127.0.0.1" })).toBe(200);
  expect(await figuresFor({ remoteAddress: "203.0.113.9" })).toBe(401);
  const through = { remoteAddress: "127.0.0.1", headers: { "x-forwarded-for": "127.0.0.1" } };
  expect(await figuresFor(through)).toBe(401);
});
