import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type Clock, silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { openMasterKey } from "../../secrets/index.ts";
import { type ListenerKind, Tls, type TlsSettings } from "../index.ts";

export const DAY_MS = 24 * 3600 * 1000;

/** A data folder of its own and a clock that runs ahead of the real one by `passedMs`. */
export async function newInstallation() {
  const dataDir = await mkdtemp(join(tmpdir(), "gatehouse tls "));
  const masterKey = await openMasterKey(dataDir, systemRandom);
  const time = { passedMs: 0 };
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + time.passedMs,
    every(_, run) {
      ticks.push(run);
      return { cancel: () => ticks.splice(ticks.indexOf(run), 1) };
    },
  };
  const servers: Server[] = [];
  const machine = { names: ["box", "192.0.2.7", "2001:db8::7"] };
  return {
    dataDir,
    time,
    ticks,
    machine,
    open: (settings: Partial<TlsSettings> = {}) =>
      Tls.open({
        dataDir,
        masterKey,
        clock,
        random: systemRandom,
        log: silentLogger,
        hostNames: ["gate.example"],
        machineNames: () => machine.names,
        ...settings,
      }),
    /** A real listener on loopback that answers every connection with one line. */
    async listen(
      tls: Tls,
      kind: ListenerKind,
      greet: (socket: TLSSocket) => string,
    ): Promise<{ port: number }> {
      const server = createServer(tls.serverOptions(kind), (socket) => {
        socket.on("error", () => {});
        socket.end(`${greet(socket)}\n`);
      });
      servers.push(server);
      tls.keepCurrent(server, kind);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return server.address() as AddressInfo;
    },
    async remove() {
      for (const server of servers) server.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Runs the machine's openssl; `output` is everything it printed. */
export async function openssl(...args: string[]): Promise<{ readonly ok: boolean; readonly output: string }> {
  const child = spawn("openssl", args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { ok: code === 0, output };
}

export function connect(port: number, ...args: string[]) {
  return openssl(
    "s_client",
    "-connect",
    `127.0.0.1:${port}`,
    "-servername",
    "localhost",
    "-ign_eof",
    ...args,
  );
}
