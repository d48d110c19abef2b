import { connect, createServer, type Socket } from "node:net";

/** A wire that somebody listens on: a TCP relay that keeps what passes. */
export interface Tap {
  readonly port: number;
  /** Everything that passed in both directions, as Latin-1 text. */
  heard(): string;
  close(): Promise<void>;
}

/**
 * Whether a text, eight characters at least, stands in what was heard, also in a WebSocket frame of a client: their mask of
 * four bytes (RFC 6455 §5.3) hides nothing from who listens. All of the text is under one mask, so what lies between it and
 * the bytes repeats after four.
 */
export function isLegible(heard: string, text: string): boolean {
  if (text.length < 8) throw new RangeError("too short to be told from chance");
  const maskAt = (start: number, i: number): number => heard.charCodeAt(start + i) ^ text.charCodeAt(i);
  const isAt = (start: number): boolean => {
    for (let i = 4; i < text.length; i++) if (maskAt(start, i) !== maskAt(start, i - 4)) return false;
    return true;
  };
  for (let start = 0; start + text.length <= heard.length; start++) if (isAt(start)) return true;
  return false;
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
