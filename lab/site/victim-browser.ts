import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Site } from "./site.ts";
import type { Visitor } from "./visitor.ts";

// Two names of one domain, as an installation and a forum beside it would have: another origin, but the same site, so
// that a cookie's SameSite attribute lets pass what one makes a browser send to the other. Chromium takes every name
// below localhost for this machine.
const CONSOLE_NAME = "gate.localhost";
const FORUM_NAME = "forum.gate.localhost";
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const TELL_WITHIN_MS = 30_000;
const END_WITHIN_MS = 5_000;

export interface Trap {
  /** What a page of the forum runs: JavaScript with `site`, the console's address, and `tell(text)`. */
  readonly script: string;
  /** Sends the same without a browser: with the headers that one would give it. Answers what `tell` would be told. */
  forge(headers: Readonly<Record<string, string>>): Promise<string>;
}

export interface Caught {
  /** What the page told the attacker. */
  readonly told: string;
  readonly browser: "Chromium" | "none";
}

/** Somebody who is logged in to the console opens the attacker's page. */
export async function lure(site: Site, victim: Visitor, trap: Trap): Promise<Caught> {
  const consoleUrl = `http://${CONSOLE_NAME}:${new URL(site.url).port}`;
  const program = PROGRAMS.find((path) => existsSync(path));
  const told = program && (await openInBrowser(program, site, victim, pageOf(consoleUrl, trap.script)));
  if (told !== undefined) return { told, browser: "Chromium" };
  const origin = `http://${FORUM_NAME}`;
  const headers = { cookie: victim.cookieHeader, origin, "sec-fetch-site": "same-site" };
  return { told: await trap.forge(headers), browser: "none" };
}

/** Undefined when the browser does not come up. */
async function openInBrowser(
  program: string,
  site: Site,
  victim: Visitor,
  page: string,
): Promise<string | undefined> {
  const forum = await serveForum(victim, page);
  const browser = await startBrowser(program, site, `http://${CONSOLE_NAME}:${forum.port}/log-in`);
  const gone = new Promise<undefined>((resolve) => {
    browser.once("error", () => resolve(undefined)).once("exit", () => resolve(undefined));
  });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the victim's browser did not tell")), TELL_WITHIN_MS);
  try {
    return await Promise.race([forum.told, gone, late]);
  } finally {
    clearTimeout(timer);
    await endBrowser(browser, gone);
    forum.server.closeAllConnections();
    forum.server.close();
  }
}

/** Under the console's name it gives the browser the victim's cookies, which know no port; under its own, the trap. */
async function serveForum(
  victim: Visitor,
  page: string,
): Promise<{ readonly server: Server; readonly port: number; readonly told: Promise<string> }> {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const server = createServer((request: IncomingMessage, reply: ServerResponse) => {
    const { port } = server.address() as { port: number };
    if (request.url === "/log-in") {
      const cookies = victim.cookieHeader
        .split("; ")
        .map((pair) => `${pair}; Path=/; HttpOnly; SameSite=Strict`);
      reply.writeHead(302, { "set-cookie": cookies, location: `http://${FORUM_NAME}:${port}/` }).end();
    } else if (request.url === "/tell") {
      let text = "";
      request.on("data", (part: Buffer) => {
        text = (text + part.toString()).slice(0, 10_000);
      });
      request.on("end", () => {
        reply.end();
        resolve(text);
      });
    } else reply.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, port: (server.address() as { port: number }).port, told };
}

const pageOf = (consoleUrl: string, script: string): string => `<!doctype html><title>Forum</title><script>
const site = ${JSON.stringify(consoleUrl)};
const tell = (text) => fetch("/tell", { method: "POST", body: String(text) });
${script}
</script>`;

/** Ends with the pipe that it is told by, however this process ends; writes in the site's folder and asks nobody outside. */
async function startBrowser(program: string, { scratchDir }: Site, url: string): Promise<ChildProcess> {
  await mkdir(scratchDir, { recursive: true });
  const home = await mkdtemp(join(scratchDir, "b"));
  const isRoot = process.getuid?.() === 0;
  const args = [
    "--headless=new",
    "--remote-debugging-pipe",
    `--user-data-dir=${home}`,
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-gpu",
    ...(isRoot ? ["--no-sandbox"] : []),
    url,
  ];
  const env = { HOME: home, TMPDIR: home };
  return spawn(program, args, { env, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
}

async function endBrowser(browser: ChildProcess, gone: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => browser.kill("SIGKILL"), END_WITHIN_MS);
  for (const pipe of browser.stdio.slice(3) as (Duplex | null)[]) pipe?.destroy();
  await gone;
  clearTimeout(timer);
}
