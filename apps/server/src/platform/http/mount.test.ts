import { AppError, silentLogger } from "@gatehouse/base";
import { endpoint, ROLES } from "@gatehouse/contract";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { afterEach, expect, test } from "vitest";
import { currentAsker } from "../audit/index.ts";
import { registerConsole } from "./console.ts";
import { mount } from "./mount.ts";
import { registerOpenApi } from "./openapi.ts";
import { route } from "./route.ts";
import { createHttpServer } from "./server.ts";
import { everywhere, testGates } from "./testing/gates.ts";

const Body = Type.Object({ name: Type.String({ maxLength: 5 }) }, { additionalProperties: false });
const Reply = Type.Object({ hello: Type.String() });
const open = endpoint({
  method: "POST",
  path: "/open",
  summary: "s",
  tag: "t",
  audience: "public",
  unrecorded: "changes nothing",
  body: Body,
  reply: Reply,
});
const kept = endpoint({
  method: "POST",
  path: "/kept",
  summary: "s",
  tag: "t",
  audience: "public",
  records: ["board.changed", "site.changed"],
  body: Body,
  reply: Reply,
});
const guardedChange = endpoint({
  method: "DELETE",
  path: "/guarded-change",
  summary: "s",
  tag: "t",
  audience: "operator",
  permission: "device.write",
  unrecorded: "changes nothing",
  reply: Reply,
});
const guarded = endpoint({
  method: "GET",
  path: "/guarded",
  summary: "s",
  tag: "t",
  audience: "operator",
  permission: "device.write",
  reply: Reply,
});
const named = endpoint({
  method: "GET",
  path: "/named/:name",
  summary: "s",
  tag: "t",
  audience: "public",
  params: Type.Object({ name: Type.String({ pattern: "^[^/]{1,12}$" }) }),
  query: Type.Object({ q: Type.String({ maxLength: 12 }) }, { additionalProperties: false }),
  reply: Reply,
});
const figures = endpoint({
  method: "GET",
  path: "/metrics",
  summary: "s",
  tag: "t",
  audience: "operator",
  permission: "installation.read",
  reply: Reply,
});
const forDevices = endpoint({
  method: "GET",
  path: "/for-devices",
  summary: "s",
  tag: "t",
  audience: "device",
  reply: Reply,
});

const tenantId = "00000000-0000-4000-8000-000000000001";
const unrecorded: string[] = [];
const gates = testGates({
  onUnrecorded: ({ path }) => void unrecorded.push(path),
  person: {
    authenticate: async (request) => {
      const role = request.headers["x-role"] as keyof typeof ROLES | undefined;
      if (role === undefined) return undefined;
      return {
        kind: "person",
        tenantId,
        personId: tenantId,
        sessionId: tenantId,
        name: "n",
        permissions: everywhere(ROLES[role]),
      };
    },
  },
});

let app: FastifyInstance | undefined;
afterEach(async () => app?.close());

async function start(): Promise<FastifyInstance> {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerOpenApi(app, "0.0.0");
  await app.register(async (scope) => {
    mount(
      scope,
      [
        route(open, async ({ body }) => ({ hello: body.name })),
        route(guarded, async ({ principal }) => ({ hello: principal.name })),
        route(named, async ({ params, query }) => ({ hello: `${params.name} ${query.q}` })),
        route(figures, async () => ({ hello: "figures" })),
        route(forDevices, async () => ({ hello: "device" })),
        route(kept, async ({ body }) => {
          expect(currentAsker()?.actor).toEqual({ kind: "anonymous" });
          if (body.name === "keep") currentAsker()?.recorded.add("board.changed");
          if (body.name === "none") throw new AppError("request.conflict");
          return { hello: body.name };
        }),
        route(guardedChange, async () => ({ hello: JSON.stringify(currentAsker()) })),
        route({ ...open, path: "/fails" }, async () => {
          throw new Error("secret detail");
        }),
        route({ ...open, path: "/throttled" }, async () => {
          throw new AppError("auth.throttled", { retryAfterSeconds: 7.2 });
        }),
      ],
      gates,
      silentLogger,
    );
  });
  await registerConsole(app, {
    distDir: "/nowhere",
    log: silentLogger,
    publicUrl: () => "http://localhost:8080",
  });
  await app.ready();
  return app;
}

const post = (server: FastifyInstance, url: string, payload: string, headers: Record<string, string> = {}) =>
  server.inject({
    method: "POST",
    url,
    payload,
    headers: { "content-type": "application/json", ...headers },
  });

test("checked input reaches the handler; anything else is one clear problem", async () => {
  const server = await start();
  expect((await post(server, "/open", '{"name":"ada"}')).json()).toEqual({ hello: "ada" });
  for (const bad of [
    '{"name":"too long"}',
    '{"name":"a","more":1}',
    "{",
    '{"name":1}',
    "",
    '{"__proto__":1,"name":"a"}',
  ]) {
    const reply = await post(server, "/open", bad);
    expect([reply.statusCode, reply.headers["content-type"], reply.json().code]).toEqual([
      400,
      "application/problem+json; charset=utf-8",
      "request.invalid",
    ]);
  }
  expect((await post(server, "/open", "[".repeat(10_000))).json().code).toBe("message.too_deep");
  expect((await post(server, "/open", `{"name":"${"x".repeat(70_000)}"}`)).json().code).toBe(
    "request.too_large",
  );
  expect((await post(server, "/open?extra=1", '{"name":"a"}')).statusCode).toBe(400);
  expect(
    (await post(server, "/open", "name=a", { "content-type": "application/x-www-form-urlencoded" }))
      .statusCode,
  ).toBe(415);
});

test("an address is decoded once, and checked after that", async () => {
  const server = await start();
  const ask = async (url: string): Promise<unknown> => {
    const reply = await server.inject({ url });
    return reply.statusCode === 200 ? reply.json().hello : reply.statusCode;
  };
  expect(await ask("/named/%252e%252f?q=%253Cb%253E")).toBe("%2e%2f %3Cb%3E");
  expect(await ask("/named/a%2fb?q=a")).toBe(400);
  expect(await ask("/named/a?q=a+b%2Bc")).toBe("a a b+c");
});

test("nobody, the wrong role and a device without a key are told apart", async () => {
  const server = await start();
  const get = async (url: string, headers = {}) => (await server.inject({ url, headers })).statusCode;
  expect(await get("/guarded")).toBe(401);
  expect(await get("/guarded", { "x-role": "auditor" })).toBe(403);
  expect(await get("/guarded", { "x-role": "owner" })).toBe(200);
  expect(await get("/for-devices")).toBe(401);
});

test("a change that succeeds and leaves nothing in the ledger is told of; one that is refused is not", async () => {
  const server = await start();
  unrecorded.length = 0;
  expect((await post(server, "/kept", '{"name":"keep"}')).statusCode).toBe(200);
  expect((await post(server, "/kept", '{"name":"none"}')).statusCode).toBe(409);
  expect(unrecorded).toEqual([]);
  expect((await post(server, "/kept", '{"name":"lose"}')).statusCode).toBe(200);
  expect(unrecorded).toEqual(["/kept"]);
});

test("whoever asks is known in everything that is done for them, and only there", async () => {
  const server = await start();
  const reply = await server.inject({
    method: "DELETE",
    url: "/guarded-change",
    headers: { "x-role": "owner", "user-agent": `Firefox ${"x".repeat(300)}` },
  });
  const asker = JSON.parse(reply.json().hello);
  expect(asker).toMatchObject({ actor: { kind: "person", id: tenantId, tenantId }, address: "127.0.0.1" });
  expect(asker.client).toHaveLength(200);
  expect(currentAsker()).toBeUndefined();
});

test("another site's request is refused before anything else", async () => {
  const server = await start();
  const reply = await post(server, "/open", '{"name":"a"}', { "sec-fetch-site": "cross-site" });
  expect([reply.statusCode, reply.json().code]).toEqual([403, "request.cross_site"]);
});

test("an unexpected failure tells its trace id and nothing else", async () => {
  const server = await start();
  const reply = await post(server, "/fails", '{"name":"a"}');
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain("secret detail");
  expect(reply.json().instance).toMatch(/^[0-9a-f-]{36}$/);
});

test("says when to come back, and limits what one address may ask", async () => {
  const server = await start();
  expect((await post(server, "/throttled", '{"name":"a"}')).headers["retry-after"]).toBe("8");
  let last = 0;
  for (let i = 0; i < 40; i++) last = (await server.inject({ url: "/guarded" })).statusCode;
  expect(last).toBe(429);
});

test("a whole IPv6 network of one subscriber has one budget, and another network its own", async () => {
  const server = await start();
  const ask = async (remoteAddress: string): Promise<number> =>
    (await server.inject({ url: "/guarded", remoteAddress })).statusCode;
  for (let i = 0; i < 30; i++) expect(await ask(`2001:db8:1:2::${i.toString(16)}`)).toBe(401);
  expect(await ask("2001:db8:1:2:ffff::1")).toBe(429);
  expect(await ask("2001:db8:1:3::1")).toBe(401);
});

test("figures are for this machine's own programs, not for a page whose name leads to it", async () => {
  const server = await start();
  const ask = async (host: string, headers: Record<string, string> = {}): Promise<number> =>
    (await server.inject({ url: "/metrics", headers: { host, ...headers } })).statusCode;
  for (const own of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
    expect([own, await ask(own)]).toEqual([own, 200]);
  for (const other of ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "x y"])
    expect([other, await ask(other)]).toEqual([other, 401]);
  expect(await ask("127.0.0.1:8080", { "x-forwarded-for": "192.0.2.1" })).toBe(401);
});

test("the strict policy carries a nonce that changes with every reply", async () => {
  const server = await start();
  const policies = await Promise.all(
    [1, 2].map(
      async () => (await server.inject({ url: "/none" })).headers["content-security-policy"] as string,
    ),
  );
  expect(policies[0]).toMatch(/script-src 'self' 'nonce-[^']+'.*require-trusted-types-for 'script'/);
  expect(policies[0]).not.toBe(policies[1]);
});

test("OpenAPI 3.1 is made from the contract", async () => {
  const server = await start();
  const document = (await server.inject({ url: "/api/docs/json" })).json();
  expect(document.openapi).toBe("3.1.0");
  const page = await server.inject({ url: "/api/docs" });
  expect([page.statusCode, page.headers["content-security-policy"]]).toEqual([
    200,
    expect.stringMatching(/script-src 'self';.*object-src 'none'; base-uri 'none';.*frame-ancestors 'none'/),
  ]);
  expect(document.paths["/guarded"].get.description).toContain("device.write");
});

test("an operator route without a permission stops the start", async () => {
  const { permission: _gone, ...bare } = guarded;
  const server = await createHttpServer({
    trustedProxies: [],
    perMinute: 30,
    maxConnections: 100,
    log: silentLogger,
  });
  expect(() => mount(server, [route(bare, async () => ({ hello: "" }))], gates, silentLogger)).toThrow(
    /needs a permission/,
  );
  await server.close();
});
