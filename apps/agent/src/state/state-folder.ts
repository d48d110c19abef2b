import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type Random } from "@gatehouse/base";
import { ensurePrivateFolder, readPrivateFile, replacePrivateFile } from "@gatehouse/base/private-file";
import { type DeviceStore, type Identity, parseIdentity } from "@gatehouse/device-client";

/** Everything an agent keeps: 0700, each file 0600; refused when others can read it. */
export interface StateFolder extends DeviceStore {
  readonly path: string;
  readonly spoolFolder: string;
  readonly configPath: string;
  readonly socketName: string;
  /** Refuses `agent.not_enrolled`, and `secret.unreadable` when it is damaged. */
  getIdentity(): Promise<Identity>;
  /** Removes what was the business of an identity before: its settings, its commands, what it witnessed. */
  forgetDevice(): Promise<void>;
  read(name: StateFile): Promise<Uint8Array | undefined>;
  write(name: StateFile, bytes: Uint8Array): Promise<void>;
}

/** `remote.json`: the settings the server signed; `commands.json`: what was run, so that nothing runs twice. */
type StateFile =
  | "identity.json"
  | "counters.json"
  | "remote.json"
  | "commands.json"
  /** Of a camera's folder: where its pictures come from, password included. */
  | "source.json"
  /** What was wanted of it last, for a start without the server. */
  | "orders.json"
  /** Of what it records: the key over its segments' keys, the newest manifest, visits that the server has not heard of. */
  | "clip-key.bin"
  | "clip-chain.json"
  | "visits.json"
  /** As a witness of the server's log: its key, what it cosigned last, what it refused. */
  | "witness-key.json"
  | "witness.json"
  | "witness-evidence.json"
  /** Of the site-gateway role: its keys at the site, passwords of sensors, who is assigned, who is to be read. */
  | "gateway-keys.json"
  | "gateway-vouchers.json"
  | "gateway-logins.json"
  | "gateway-devices.json"
  | "gateway-requests.json";

/** Makes the folder when there is none; refuses `config.invalid` when others can enter it. */
export async function openStateFolder(path: string, random: Random): Promise<StateFolder> {
  await ensurePrivateFolder(path);
  const read = (name: StateFile): Promise<Uint8Array | undefined> => readPrivateFile(join(path, name));
  const write = (name: StateFile, bytes: Uint8Array): Promise<void> =>
    replacePrivateFile(join(path, name), bytes, random);
  return {
    path,
    spoolFolder: join(path, "spool"),
    configPath: join(path, "agent.json"),
    socketName: "agent.sock",
    read,
    write,
    loadIdentity: () => read("identity.json"),
    saveIdentity: (bytes) => write("identity.json", bytes),
    loadState: (name) => read(`${name}.json`),
    saveState: (name, bytes) => write(`${name}.json`, bytes),
    async forgetDevice() {
      for (const name of ["remote.json", "commands.json", "witness-key.json", "witness.json"])
        await rm(join(path, name), { force: true });
    },
    async getIdentity() {
      const bytes = await read("identity.json");
      if (bytes === undefined) throw new AppError("agent.not_enrolled", { stateDir: path });
      return parseIdentity(bytes);
    },
  };
}
