import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below those that the kernel gives to whoever asks for any, to either end of a connection: nobody else takes them. */
const OWN_PORTS = { from: 12_000, to: 32_767 };
const givenPorts = new Set<number>();

/** A port of loopback on which nobody listens; never the same twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to + 1);
    if (givenPorts.has(port)) continue;
    givenPorts.add(port);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) =>
    server
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true))),
  );
}
