import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@gatehouse/base";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, expect, test } from "vitest";
import { newInstallation } from "../tls/testing/installation.ts";
import { registerConsole } from "./console.ts";
import { createHttpServer } from "./server.ts";

const distDir = mkdtempSync(join(tmpdir(), "gatehouse console "));
mkdirSync(join(distDir, "assets"));
writeFileSync(join(distDir, "index.html"), "<script nonce=__CSP_NONCE__></script>");
writeFileSync(join(distDir, "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
for (const name of ["a.js", "a.css"]) writeFileSync(join(distDir, "assets", name), "");
afterAll(() => rmSync(distDir, { recursive: true }));

let app: FastifyInstance;
afterEach(async () => app?.close());

async function start(trustedProxies: readonly string[] = []): Promise<FastifyInstance> {
  app = await createHttpServer({ trustedProxies, perMinute: 100, maxConnections: 100, log: silentLogger });
  app.get("/api/who", async ({ ip, host, protocol }) => ({ ip, host, protocol }));
  app.post("/api/take", async () => ({}));
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => "https://gate.example" });
  return app;
}

const EVERYWHERE = [
  ["/", 200, "text/html; charset=utf-8"],
  ["/icon.svg", 200, "image/svg+xml; charset=utf-8"],
  ["/assets/a.js", 200, "application/javascript; charset=utf-8"],
  ["/assets/a.css", 200, "text/css; charset=utf-8"],
  ["/api/who", 200, "application/json; charset=utf-8"],
  ["/api/nowhere", 404, "application/problem+json; charset=utf-8"],
  ["/api/%zz", 400, "application/problem+json; charset=utf-8"],
] as const;

test.each(EVERYWHERE)("%s says what it is and lets nothing else be made of it", async (url, status, type) => {
  const { headers, statusCode } = await (await start()).inject({
    url,
    headers: { origin: "https://evil.example" },
  });
  expect([statusCode, headers["content-type"]]).toEqual([status, type]);
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  });
  const policy = String(headers["content-security-policy"]).split(/; ?/);
  for (const directive of [
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
    expect(policy).toContain(directive);
  for (const header of ["access-control-allow-origin", "access-control-allow-credentials"])
    expect(headers).not.toHaveProperty(header);
});

test("over HTTPS browsers are told to come by HTTPS alone for a year, to every name below too", async () => {
  const told = async (trustedProxies: readonly string[], url: string): Promise<unknown> => {
    const server = await start(trustedProxies);
    const { headers } = await server.inject({ url, headers: { "x-forwarded-proto": "https" } });
    await server.close();
    return headers["strict-transport-security"];
  };
  for (const [url] of EVERYWHERE)
    expect([url, await told(["127.0.0.1"], url)]).toEqual([url, "max-age=31536000; includeSubDomains"]);
  for (const [url] of EVERYWHERE) expect([url, await told([], url)]).toEqual([url, undefined]);
});

test("what a proxy says of the caller is believed of the proxies that were named, and of nobody else", async () => {
  const forged = {
    "x-forwarded-for": "192.0.2.1, 198.51.100.7",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-real-ip": "192.0.2.1",
    host: "gate.example",
  };
  const seen = async (trustedProxies: readonly string[], remoteAddress: string): Promise<unknown> => {
    const server = await start(trustedProxies);
    const reply = await server.inject({ url: "/api/who", remoteAddress, headers: forged });
    await server.close();
    return reply.json();
  };
  const own = { ip: "203.0.113.9", host: "gate.example", protocol: "http" };
  expect(await seen([], "203.0.113.9")).toEqual(own);
  expect(await seen(["10.0.0.0/8"], "203.0.113.9")).toEqual(own);
  // The first address of the list is the caller's own word; the last is what the proxy saw.
  expect(await seen(["10.0.0.0/8"], "10.1.2.3")).toMatchObject({ ip: "198.51.100.7", protocol: "https" });
});

/** Everything the server says to these bytes until it closes the connection. */
async function talk(server: FastifyInstance, bytes: string): Promise<string> {
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as { port: number };
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("latin1").on("data", (text) => {
      heard += text;
    });
    socket.on("error", reject).on("close", () => resolve(heard));
  });
}

const post = (...headers: string[]): string =>
  [
    "POST /api/take HTTP/1.1",
    "host: gate.example",
    "content-type: application/json",
    ...headers,
    "",
    "",
  ].join("\r\n");
const HIDDEN = "GET /api/who HTTP/1.1\r\nhost: gate.example\r\nconnection: close\r\n\r\n";

test.each([
  ["a length beside chunks", `${post("content-length: 4", "transfer-encoding: chunked")}0\r\n\r\n${HIDDEN}`],
  ["two lengths", `${post("content-length: 2", `content-length: ${2 + HIDDEN.length}`)}{}${HIDDEN}`],
  ["a length that is no number", `${post("content-length: +2")}{}${HIDDEN}`],
  ["an encoding that only looks like chunked", `${post("transfer-encoding: xchunked")}0\r\n\r\n${HIDDEN}`],
  ["a chunk size that is no number", `${post("transfer-encoding: chunked")}0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ["a header folded over two lines", `${post("x-a: b", " content-length: 2")}{}${HIDDEN}`],
])(
  "a request that two programs could end at two places is refused with its connection: %s",
  async (_, bytes) => {
    const heard = await talk(await start(), bytes);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(heard.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(heard).toMatch(/\r\nx-content-type-options: nosniff\r\n/);
  },
);

test("plain HTTP to the port of HTTPS is answered by nothing, least of all by a redirect", async () => {
  const house = await newInstallation();
  try {
    const tls = await house.open();
    const options = {
      tls: tls.serverOptions("https"),
      trustedProxies: [],
      perMinute: 100,
      maxConnections: 10,
    };
    app = await createHttpServer({ ...options, log: silentLogger });
    app.get("/api/who", async () => ({}));
    expect(await talk(app, "GET /api/who HTTP/1.1\r\nhost: gate.example\r\n\r\n")).not.toMatch(
      /HTTP|location/i,
    );
    const { port } = app.server.address() as AddressInfo;
    const [reply] = (await once(
      get({
        host: "127.0.0.1",
        port,
        path: "/api/who",
        ca: tls.authority.certificatePem,
        servername: "localhost",
      }),
      "response",
    )) as [IncomingMessage];
    reply.resume();
    expect([reply.statusCode, reply.headers["strict-transport-security"]]).toEqual([
      200,
      "max-age=31536000; includeSubDomains",
    ]);
  } finally {
    await house.remove();
  }
});
