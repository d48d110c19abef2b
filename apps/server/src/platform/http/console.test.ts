import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@gatehouse/base";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, expect, test } from "vitest";
import { registerConsole } from "./console.ts";
import { createHttpServer } from "./server.ts";

const distDir = mkdtempSync(join(tmpdir(), "gatehouse console "));
mkdirSync(join(distDir, "assets"));
writeFileSync(join(distDir, "index.html"), "<script nonce=__CSP_NONCE__></script>");
writeFileSync(join(distDir, "share.html"), '<p nonce="__CSP_NONCE__">a link</p>');
for (const name of ["sw.js", "manifest.webmanifest", "icon-192.png", "secret.txt"])
  writeFileSync(join(distDir, name), "{}");
afterAll(() => rmSync(distDir, { recursive: true }));

let app: FastifyInstance | undefined;
afterEach(async () => app?.close());

async function page(publicUrl: string, host: string, url = "/devices?q=a"): Promise<[number, unknown]> {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => publicUrl });
  const reply = await app.inject({ url, headers: { host, accept: "text/html" } });
  return [reply.statusCode, reply.headers.location];
}

const HOME = "http://localhost:8080";

test("every name of this computer leads to the one that was printed, where the session's cookies are", async () => {
  expect(await page(HOME, "127.0.0.1:8080")).toEqual([307, `${HOME}/devices?q=a`]);
  expect(await page(HOME, "[::1]:8080")).toEqual([307, `${HOME}/devices?q=a`]);
  expect(await page("http://127.0.0.1:8080", "localhost:8080", "/")).toEqual([307, "http://127.0.0.1:8080/"]);
  expect(await page(HOME, "127.0.0.1:8080", "//evil.example/")).toEqual([307, `${HOME}//evil.example/`]);
});

test("the first page answers a program that names no type, by HEAD too; other pages are for browsers", async () => {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => HOME });
  const ask = async (method: "GET" | "HEAD" | "POST", url: string, accept: string): Promise<unknown> => {
    const reply = await app?.inject({ method, url, headers: { host: "localhost:8080", accept } });
    return [reply?.statusCode, reply?.headers["content-type"]?.toString().split(";")[0]];
  };
  expect(await ask("GET", "/", "*/*")).toEqual([200, "text/html"]);
  expect(await ask("HEAD", "/", "*/*")).toEqual([200, "text/html"]);
  expect(await ask("HEAD", "/devices", "text/html")).toEqual([200, "text/html"]);
  expect(await ask("GET", "/devices", "*/*")).toEqual([404, "application/problem+json"]);
  expect(await ask("POST", "/", "text/html")).toEqual([404, "application/problem+json"]);
  expect(await ask("GET", "/api/nowhere", "text/html")).toEqual([404, "application/problem+json"]);
});

test("a link's page is one of its own, kept out of search engines, with nothing of the console", async () => {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => HOME });
  const reply = await app.inject({ url: "/share", headers: { host: "localhost:8080" } });
  expect([reply.statusCode, reply.headers["x-robots-tag"]]).toEqual([200, "noindex, nofollow"]);
  expect(reply.body).toMatch(/^<p nonce="[\w+/]{22}==">a link<\/p>$/);
  expect(reply.headers["set-cookie"]).toBeUndefined();
  expect([reply.headers["referrer-policy"], reply.headers["cache-control"]]).toEqual([
    "no-referrer",
    "no-store",
  ]);
  expect(reply.headers["content-security-policy"]).toContain("default-src 'none'");
});

test("an address of an asset never leads out of the folder of assets", async () => {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => HOME });
  for (const path of [
    "../index.html",
    "%2e%2e/index.html",
    "..%2findex.html",
    "..%5cindex.html",
    "%252e%252e/index.html",
    "./../index.html",
    "/etc/passwd",
    "a%00.js",
  ]) {
    const { statusCode, body } = await app.inject({ url: `/assets/${path}` });
    expect([path, statusCode === 200, body.includes("script nonce")]).toEqual([path, false, false]);
  }
});

test("the printed address itself, another port and names of a network are served where they are", async () => {
  for (const host of ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:9090", "gate.example:8080", ""])
    expect([host, ...(await page(HOME, host))]).toEqual([host, 200, undefined]);
  expect(await page("https://gate.example", "127.0.0.1:8080")).toEqual([200, undefined]);
});

test("what makes the console installable has its types, and its worker is in charge of every page", async () => {
  app = await createHttpServer({ trustedProxies: [], perMinute: 30, maxConnections: 100, log: silentLogger });
  await registerConsole(app, { distDir, log: silentLogger, publicUrl: () => HOME });
  const worker = await app.inject({ url: "/sw.js" });
  expect(worker.headers).toMatchObject({
    "content-type": "application/javascript; charset=utf-8",
    "service-worker-allowed": "/",
    "cache-control": "public, max-age=0",
    "content-security-policy": expect.stringMatching(/worker-src 'self'.*manifest-src 'self'/),
  });
  const manifest = await app.inject({ url: "/manifest.webmanifest" });
  expect(manifest.headers["content-type"]).toBe("application/manifest+json");
  const icon = await app.inject({ url: "/icon-192.png" });
  expect(icon.headers["content-type"]).toBe("image/png");
  expect((await app.inject({ url: "/secret.txt" })).statusCode).toBe(404);
});
