import { createServer } from "node:http";

export interface Passing {
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** Hands the request on, changed or not. */
  forward(body?: object): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Somebody between a device and its server who reads and changes JSON requests. */
export async function standBetween(
  url: string,
  onRequest: (passing: Passing) => Promise<Reply>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const path = incoming.url ?? "/";
      const body = JSON.parse(Buffer.concat(parts).toString() || "{}") as Record<string, unknown>;
      const forward = async (changed: object = body): Promise<Reply> => {
        const reply = await fetch(new URL(path, url), {
          method: incoming.method ?? "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(changed),
        });
        return { status: reply.status, body: (await reply.json()) as object };
      };
      onRequest({ path, body, forward })
        .catch((error: unknown): Reply => ({ status: 502, body: { code: String(error) } }))
        .then((reply) => {
          outgoing.writeHead(reply.status, { "content-type": "application/json" });
          outgoing.end(JSON.stringify(reply.body));
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
