import { connect, createServer, type Socket } from "node:net";

/** A wire that somebody listens on: a TCP relay that keeps what passes. */
export interface Tap {
  readonly port: number;
  /** Everything that passed in both directions, as Latin-1 text. */
  heard(): string;
  close(): Promise<void>;
}

const MAX_KEPT_BYTES = 4 * 1024 * 1024;

export async function tapWire(toPort: number): Promise<Tap> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  const sockets = new Set<Socket>();
  const keep = (chunk: Buffer): void => {
    if (keptBytes + chunk.length > MAX_KEPT_BYTES) return;
    keptBytes += chunk.length;
    kept.push(chunk);
  };
  const server = createServer((near) => {
    const far = connect(toPort, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", keep);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    heard: () => Buffer.concat(kept).toString("latin1"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
