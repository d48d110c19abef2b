import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isAppError } from "@gatehouse/base";
import { afterEach, describe, expect, it } from "vitest";
import { fetchPinned, type PinnedOptions } from "./fetch-pinned.ts";
import type { Lookup } from "./resolve.ts";

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const loopback: Lookup = async () => [{ address: "127.0.0.1", family: 4 }];
const options: PinnedOptions = { allowPrivate: true, timeoutMs: 20_000, maxBytes: 1000, lookup: loopback };

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isAppError(error) ? error.fields.reason : error;
}

describe("a pinned request", () => {
  it("goes to the address that was checked, under the name of the URL", async () => {
    const port = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        response.writeHead(202, { "x-seen": "yes" });
        response.end(`${request.method} ${request.headers.host} ${request.url} ${body}`);
      });
    });
    const reply = await fetchPinned(
      `http://hooks.example:${port}/a?b=1`,
      { method: "POST", headers: { "content-type": "text/plain", Host: "forged" }, body: "hello" },
      options,
    );
    expect(reply.status).toBe(202);
    expect(reply.headers["x-seen"]).toBe("yes");
    expect(Buffer.from(reply.body).toString()).toBe(`POST hooks.example:${port} /a?b=1 hello`);
  });

  it("asks the name server once: a name that changes afterwards gains nothing", async () => {
    const port = await serve((_, response) => response.end("the checked one"));
    let calls = 0;
    const rebinding: Lookup = async () => {
      calls += 1;
      return [{ address: calls === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    };
    const reply = await fetchPinned(`http://rebind.example:${port}/`, {}, { ...options, lookup: rebinding });
    expect(Buffer.from(reply.body).toString()).toBe("the checked one");
    expect(calls).toBe(1);
  });

  it("opens no connection to an address that is not allowed", async () => {
    let connections = 0;
    const port = await serve((_, response) => response.end());
    servers[0]?.on("connection", () => {
      connections += 1;
    });
    const work = fetchPinned(`http://hooks.example:${port}/`, {}, { ...options, allowPrivate: false });
    expect(await reasonOf(work)).toBe("address_private");
    expect(connections).toBe(0);
  });

  it("hands a redirect back and does not follow it", async () => {
    let hits = 0;
    const port = await serve((_, response) => {
      hits += 1;
      response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    });
    expect((await fetchPinned(`http://hooks.example:${port}/`, {}, options)).status).toBe(302);
    expect(hits).toBe(1);
  });

  it("gives up on an answer that is too long", async () => {
    const port = await serve((_, response) => response.end("x".repeat(1001)));
    expect(await reasonOf(fetchPinned(`http://hooks.example:${port}/`, {}, options))).toBe("too_large");
  });

  it("gives up on a server that never answers, one that never ends, and a name that is never found", async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_, response) => response.write("…"));
    const soon = { ...options, timeoutMs: 50 };
    expect(await reasonOf(fetchPinned(`http://hooks.example:${silent}/`, {}, soon))).toBe("timeout");
    expect(await reasonOf(fetchPinned(`http://hooks.example:${endless}/`, {}, soon))).toBe("timeout");
    const never: Lookup = () => new Promise(() => undefined);
    expect(await reasonOf(fetchPinned("http://hooks.example/", {}, { ...soon, lookup: never }))).toBe(
      "timeout",
    );
  });

  it("says when nobody listens, and stops when the caller stops", async () => {
    const port = await serve(() => undefined);
    servers.splice(0)[0]?.close();
    expect(await reasonOf(fetchPinned(`http://hooks.example:${port}/`, {}, options))).toBe("connection");
    const stopped = AbortSignal.abort(new Error("stopping"));
    expect(await reasonOf(fetchPinned("http://hooks.example/", { signal: stopped }, options))).toEqual(
      new Error("stopping"),
    );
  });

  it("does not trust a TLS server that is none", async () => {
    const port = await serve((_, response) => response.end());
    expect(await reasonOf(fetchPinned(`https://hooks.example:${port}/`, {}, options))).toBe("connection");
  });
});
