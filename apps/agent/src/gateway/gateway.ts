import { join } from "node:path";
import { AppError, type Clock, ERRORS, type ErrorCode, type Logger, type Random } from "@gatehouse/base";
import type { DeviceChannel, Receipt } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { Check } from "typebox/value";
import type { AgentConfig } from "../config/schema.ts";
import type { TimeKeeper } from "../run/time-keeper.ts";
import type { Values } from "../sensors/sensor.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { Assignments } from "./assignments.ts";
import { LocalKeys } from "./local-keys.ts";
import { SeenSequences } from "./local-link.ts";
import { LocalServer } from "./local-server.ts";
import {
  AssignedMessage,
  CancelMessage,
  ReadMessage,
  SiteKeysMessage,
  type VerdictItem,
} from "./messages.ts";
import { type Pace, ReadDesk } from "./read-desk.ts";
import { Relay } from "./relay.ts";
import { controlEntry } from "./relay-entry.ts";
import { RequestJournal } from "./request-journal.ts";
import { SensorBroker } from "./sensor-broker.ts";
import { SensorLogins } from "./sensor-logins.ts";
import { Site } from "./site.ts";
import { StateReporter } from "./state-reporter.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface GatewayParts {
  readonly state: StateFolder;
  readonly config: AgentConfig["gateway"];
  readonly channel: Pick<DeviceChannel, "send" | "pass" | "isConnected">;
  readonly time: TimeKeeper;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pace?: Partial<Pace>;
}

/** What is opened before the gateway can be put together. */
interface Opened {
  readonly relay: Relay;
  /** Open while the server knows, in this session, by which keys we are known here: what was said to others it refuses. */
  readonly gate: { isOpen: boolean };
  readonly assignments: Assignments;
  readonly keys: LocalKeys;
  readonly journal: RequestJournal;
}

/** A site that was cut off comes back within seconds, and a flood of HELLOs leaves the machine its breath. */
const HANDSHAKES = { burst: 400, perSecond: 100 } as const;
const ANNOUNCE_AGAIN_MS = 1_000;
const HEARD_WITHIN_MS = 10 * 60_000;

/** The site-gateway role: what the devices assigned to this one say goes to the server, what the server asks goes to them. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #opened: Opened;
  readonly #site: Site;
  readonly #desk: ReadDesk;
  readonly #reporter: StateReporter;
  #server: LocalServer | undefined;
  #broker: SensorBroker | undefined;

  /** Listens when it resolves. */
  static async start(parts: GatewayParts): Promise<Gateway> {
    const { state, config, clock, random, time } = parts;
    const gate = { isOpen: false };
    const { channel } = parts;
    const relay = await Relay.open(join(state.path, "gateway-spool"), {
      ...parts,
      channel: {
        send: (message) => channel.send(message),
        pass: (envelope) => channel.pass(envelope),
        get isConnected() {
          return channel.isConnected && gate.isOpen;
        },
      },
      capBytes: config.capMegabytes * 1024 * 1024,
      sentMs: () => (time.isClockSet ? time.serverNowMs() : 0),
    });
    const gateway = new Gateway(parts, {
      relay,
      gate,
      assignments: await Assignments.open(state),
      keys: await LocalKeys.open(state, random),
      journal: await RequestJournal.open(state, clock),
    });
    await gateway.#listen();
    relay.start();
    return gateway;
  }

  private constructor(parts: GatewayParts, opened: Opened) {
    const { clock, log, time, channel } = parts;
    const { relay, assignments, journal } = opened;
    const serverNowMs = () => time.serverNowMs();
    this.#parts = parts;
    this.#opened = opened;
    this.#reporter = new StateReporter({
      clock,
      serverNowMs,
      queue: () => relay.queue,
      isConnected: () => channel.isConnected,
      send: (message) => this.#sendNow(message),
    });
    this.#site = new Site({
      serverNowMs,
      keep: (entry, saidBy) => relay.keep(entry, saidBy),
      heard: (deviceId, via, isReading) => {
        this.#reporter.heard(deviceId, via);
        if (isReading) this.#desk.answered(deviceId);
      },
      reachable: () => this.#desk.look(),
    });
    this.#desk = new ReadDesk({
      journal,
      clock,
      log,
      serverNowMs,
      isAssigned: (deviceId) => assignments.find(deviceId) !== undefined,
      isReachable: (deviceId) => this.#site.isReachable(deviceId),
      ask: (deviceId, message) => this.#site.ask(deviceId, message),
      report: (requestId, items) => this.#report(requestId, items),
      ...(parts.pace === undefined ? {} : { pace: parts.pace }),
    });
  }

  /** Where devices at the site find it. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  get mqttPort(): number | undefined {
    return this.#broker?.port;
  }

  get status(): object {
    const { relay, assignments, keys } = this.#opened;
    return {
      gatewayPort: this.port,
      ...(this.mqttPort === undefined ? {} : { gatewayMqttPort: this.mqttPort }),
      gatewayKeys: keys.published
        .map(({ suite, keyId }) => `${suite === 1 ? "C1" : "M1"} ${keyId}`)
        .join(", "),
      gatewayDevices: assignments.count,
      gatewayReachable: this.#site.reachableCount,
      gatewayRequests: this.#desk.openCount,
      gatewayRefused: this.#site.refusedCount,
      gatewayQueue: relay.queue.messages,
      gatewayDropped: relay.queue.dropped,
    };
  }

  /** Metrics of the gateway's own reading. */
  measure(): Values {
    return {
      devicesHeard: this.#reporter.heardWithin(HEARD_WITHIN_MS),
      linksOpen: this.#site.reachableCount,
    };
  }

  /** False when the message is none of the gateway's. */
  take(payload: Uint8Array): boolean {
    const message = jsonOf(payload);
    if (Check(AssignedMessage, message)) this.#follow(message);
    else if (Check(ReadMessage, message)) this.#logged(this.#desk.take(message));
    else if (Check(SiteKeysMessage, message)) this.#logged(this.#opened.keys.take(message));
    else if (Check(CancelMessage, message)) this.#logged(this.#desk.cancel(message.requestId));
    else return false;
    return true;
  }

  connected(): void {
    this.#opened.gate.isOpen = false;
    void this.#announce();
  }

  async stop(): Promise<void> {
    await this.#broker?.close();
    await this.#server?.close();
    this.#reporter.stop();
    await this.#desk.stop();
    await this.#opened.relay.stop();
  }

  async #listen(): Promise<void> {
    const { config, clock, random, log, state } = this.#parts;
    const { keys, assignments, relay } = this.#opened;
    const { host, port, mqttPort } = config;
    const seen = new SeenSequences();
    const handshakes = new TokenBucket(HANDSHAKES.burst, HANDSHAKES.perSecond, clock.monotonicMs());
    this.#server = await LocalServer.listen(
      { clock, random, log, keys, assignments, seen, handshakes, site: this.#site },
      host,
      port,
    );
    if (mqttPort !== 0)
      this.#broker = await SensorBroker.listen(
        {
          clock,
          log,
          logins: new SensorLogins(state),
          assignments,
          serverNowMs: () => this.#parts.time.serverNowMs(),
          keep: (entry) => relay.keep(entry, "proven"),
          heard: (deviceId) => this.#reporter.heard(deviceId, "mqtt"),
        },
        host,
        mqttPort,
      );
    const { count } = assignments;
    log.info({ host, port: this.port, mqttPort: this.mqttPort, devices: count }, "gateway.listening");
  }

  async #announce(): Promise<void> {
    const { keys, relay, gate } = this.#opened;
    const { channel, clock, log } = this.#parts;
    while (channel.isConnected && !gate.isOpen) {
      try {
        const { result, code } = await this.#send(keys.announcement);
        gate.isOpen = result !== "refused" || ERRORS[code as ErrorCode]?.retry !== true;
        if (result === "refused") log.warn({ code }, "gateway.keys_refused");
      } catch (error) {
        log.debug({ reason: String(error) }, "gateway.keys_not_announced");
      }
      if (!gate.isOpen) await new Promise<void>((resolve) => clock.after(ANNOUNCE_AGAIN_MS, resolve));
    }
    relay.nudge();
  }

  #follow(message: AssignedMessage): void {
    const { assignments } = this.#opened;
    const taken = assignments.take(message).then((isWhole) => {
      if (!isWhole) return;
      const isAssigned = (deviceId: string) => assignments.find(deviceId) !== undefined;
      this.#site.dismiss(isAssigned);
      this.#broker?.dismiss(isAssigned);
      this.#reporter.forget(isAssigned);
      this.#desk.look();
      const { version } = message;
      this.#parts.log.info({ version, devices: assignments.count }, "gateway.devices_assigned");
    });
    this.#logged(taken);
  }

  #report(requestId: string, items: readonly VerdictItem[]): Promise<void> {
    return this.#opened.relay.keep(controlEntry({ kind: "verdicts", requestId, items }), "own");
  }

  #send(message: object): Promise<Receipt> {
    const { time, channel } = this.#parts;
    return channel.send({
      contentType: CONTENT_TYPES.control,
      payload: Buffer.from(JSON.stringify(message)),
      sentMs: time.isClockSet ? time.serverNowMs() : 0,
    });
  }

  async #sendNow(message: object): Promise<void> {
    const { result, code } = await this.#send(message);
    if (result === "refused") throw new AppError("envelope.refused", { code });
  }

  #logged(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.#parts.log.error({ reason: String(error) }, "gateway.control_failed"),
    );
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}
