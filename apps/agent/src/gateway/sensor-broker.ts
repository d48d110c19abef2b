import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Clock, isAppError, type Logger } from "@gatehouse/base";
import { Aedes, type Client, type PublishPacket } from "aedes";
import type { AssignedDevice, Assignments } from "./assignments.ts";
import { PacketSizeGate } from "./packet-size-gate.ts";
import { controlEntry, type RelayEntry } from "./relay-entry.ts";
import type { SensorLogins } from "./sensor-logins.ts";
import { parseSensorReading } from "./sensor-reading.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface SensorBrokerParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly logins: SensorLogins;
  readonly assignments: Assignments;
  readonly serverNowMs: () => number;
  readonly keep: (entry: RelayEntry) => Promise<void>;
  readonly heard: (deviceId: string) => void;
}

const MAX_PACKET_BYTES = 8 * 1024;
const MAX_CLIENTS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
const RATE = { burst: 60, perSecond: 5 } as const;
/** MQTT 3.1.1 §3.2.2.3. */
const BAD_CREDENTIALS = 4;

interface Login {
  readonly device: AssignedDevice;
  readonly rate: TokenBucket;
}

/**
 * MQTT for plain sensors at the site, which have no keys: a password of this gateway's, one topic to publish to, and
 * nothing to subscribe to. What they say goes up as the gateway's own statement about them, on disk before the PUBACK.
 */
export class SensorBroker {
  readonly #parts: SensorBrokerParts;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #logins = new Map<Client, Login>();

  private constructor(parts: SensorBrokerParts) {
    this.#parts = parts;
    this.#aedes = new Aedes({
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxClientsIdLength: 128,
      // Nobody speaks for a sensor that has gone: wills are not taken.
      preConnect: (_client, packet, done) => {
        delete packet.will;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        this.#login(client, username ?? "", password ?? Buffer.alloc(0)).then(
          (isRight) =>
            isRight
              ? done(null, true)
              : done(Object.assign(new Error(), { returnCode: BAD_CREDENTIALS }), false),
          () => done(Object.assign(new Error(), { returnCode: BAD_CREDENTIALS }), false),
        );
      },
      authorizePublish: (client, packet, done) => {
        this.#publish(client, packet).then(
          () => done(null),
          (error: Error) => done(error),
        );
      },
      authorizeSubscribe: (_client, _subscription, done) =>
        done(new Error("there is nothing to subscribe to")),
    });
    this.#aedes.on("clientDisconnect", (client) => void this.#logins.delete(client));
    this.#aedes.on("clientError", (client) => void this.#logins.delete(client));
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CLIENTS;
  }

  /** Rejects when the address cannot be listened on. */
  static async listen(parts: SensorBrokerParts, host: string, port: number): Promise<SensorBroker> {
    const broker = new SensorBroker(parts);
    await broker.#aedes.listen();
    await new Promise<void>((resolve, reject) =>
      broker.#server.once("error", reject).listen(port, host, resolve),
    );
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  dismiss(isAssigned: (deviceId: string) => boolean): void {
    for (const [client, { device }] of this.#logins) if (!isAssigned(device.deviceId)) client.close();
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const gate = new PacketSizeGate(MAX_PACKET_BYTES);
    socket.on("error", () => socket.destroy());
    this.#aedes.handle(socket);
    socket.on("data", (chunk: Buffer) => {
      if (!gate.admits(chunk)) socket.destroy();
    });
  }

  async #login(client: Client, name: string, password: Uint8Array): Promise<boolean> {
    const { assignments, logins, clock } = this.#parts;
    const isRight = await logins.isRight(name, password);
    const device = assignments.named(name);
    if (!isRight || device === undefined) return false;
    const rate = new TokenBucket(RATE.burst, RATE.perSecond, clock.monotonicMs());
    this.#logins.set(client, { device, rate });
    return true;
  }

  /** Rejects what may not be said, which ends the connection; resolves when it is on the disk. */
  async #publish(client: Client | null, packet: PublishPacket): Promise<void> {
    const { assignments, clock, serverNowMs, keep, heard, log } = this.#parts;
    const login = client === null ? undefined : this.#logins.get(client);
    if (login === undefined || !login.rate.take(clock.monotonicMs())) throw new Error("too fast");
    const { deviceId, name } = login.device;
    if (assignments.find(deviceId) === undefined) throw new Error("not assigned any more");
    if (packet.topic !== `gh/${name}/up/telemetry`) throw new Error("not its topic");
    const reading = parseSensorReading(Buffer.from(packet.payload), serverNowMs());
    if (reading === undefined) throw new Error("not a reading");
    packet.retain = false;
    try {
      await keep(controlEntry({ kind: "readings", items: [{ deviceId, ...reading }] }));
    } catch (error) {
      if (!isAppError(error, "server.busy")) log.error({ reason: String(error) }, "gateway.not_kept");
      throw error;
    }
    heard(deviceId);
  }
}
