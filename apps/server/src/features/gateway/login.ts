import type { TLSSocket } from "node:tls";
import { type Clock, isAppError, type Logger, newUuid, type Random } from "@gatehouse/base";
import { LIMITS } from "@gatehouse/contract";
import type { AuthenticateError, Client, ConnectPacket } from "aedes";
import type { InboundPacket } from "./broker.ts";
import { type Connection, connectionOf, prefixOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { MQTT_LIMITS } from "./limits.ts";
import { Permissions } from "./permissions.ts";
import type { DeviceAuthenticator, DeviceClaim, DeviceIdentity } from "./ports.ts";
import { Refused } from "./refused.ts";
import { encodeSessionId } from "./session-id.ts";
import { isTopicName } from "./topic.ts";

export interface LoginParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly authenticator: DeviceAuthenticator;
  readonly connections: Connections;
  readonly certificateOf: (socket: TLSSocket) => DeviceClaim["certificate"];
  readonly refuse: (connection: Connection, refused: Refused) => void;
  readonly accepted: (connection: Connection) => void;
}

/** CONNACK codes of MQTT 3.1.1 §3.2.2.3. */
const CONNACK = { identifierRejected: 2, serverUnavailable: 3, badCredentials: 4, notAuthorized: 5 } as const;

/** Longest text of a user name or password that is looked at: an API key is 80, a token 300 characters. */
const CREDENTIAL_LENGTH = 1_024;

/**
 * CONNECT. The device is known before aedes names the session: so the client id can be put behind the device's,
 * and the will judged by the device's topics.
 */
export class Login {
  readonly #parts: LoginParts;
  /** Devices whose credentials ended, and when: a log-in that began before is not let in after. */
  readonly #endings = new Map<string, number>();

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  noteEnding(deviceId: string): void {
    const nowMs = this.#parts.clock.monotonicMs();
    this.#endings.set(deviceId, nowMs);
    for (const [id, atMs] of this.#endings) {
      if (nowMs - atMs < 2 * MQTT_LIMITS.connectTimeoutMs) break;
      this.#endings.delete(id);
    }
  }

  /** aedes' `preConnect`: decides everything; what it refuses is answered by `authenticate`. */
  preConnect(client: Client, packet: ConnectPacket, done: (error: Error | null, ok: boolean) => void): void {
    const connection = connectionOf(client);
    const beganMs = this.#parts.clock.monotonicMs();
    if (
      packet.keepalive === undefined ||
      packet.keepalive === 0 ||
      packet.keepalive > MQTT_LIMITS.keepaliveSeconds
    )
      packet.keepalive = MQTT_LIMITS.keepaliveSeconds;
    void this.#identify(connection, packet)
      .then((identity) =>
        identity instanceof Refused ? identity : this.#admit(connection, packet, identity, beganMs),
      )
      .catch((error: unknown) => this.#failed(error))
      .then((refused) => {
        if (refused !== undefined) {
          // A name of aedes' own making: nothing of the client's choice is used before it is known.
          packet.clientId = "";
          packet.clean = true;
          delete packet.will;
          connection.loginRefused = refused;
          this.#parts.refuse(connection, refused);
        }
        done(null, !client.closed);
      });
  }

  authenticate(client: Client, done: (error: AuthenticateError | null, ok: boolean | null) => void): void {
    const refused = connectionOf(client).loginRefused;
    if (refused === undefined) done(null, true);
    else
      done(
        Object.assign(new Error(refused.code), { returnCode: connackCode(refused) }) as AuthenticateError,
        false,
      );
  }

  async #identify(connection: Connection, packet: ConnectPacket): Promise<DeviceIdentity | Refused> {
    const { clientId, username } = packet;
    if (!isClientId(clientId) || (clientId === "" && packet.clean !== true))
      return new Refused("message.malformed", "client id");
    const password = packet.password === undefined ? undefined : packet.password.toString();
    if ((username?.length ?? 0) > CREDENTIAL_LENGTH || (password?.length ?? 0) > CREDENTIAL_LENGTH)
      return new Refused("device.credentials_invalid");
    const socket = connection.client.conn as TLSSocket;
    const certificate = connection.via === "mqtts" ? this.#parts.certificateOf(socket) : undefined;
    const shownInVain = connection.via === "mqtts" && certificate === undefined && hasCertificate(socket);
    if (shownInVain) return new Refused("device.credentials_invalid", "certificate");
    const claim: DeviceClaim = {
      via: connection.via,
      address: connection.address,
      ...(clientId === "" ? {} : { clientId }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(certificate === undefined ? {} : { certificate }),
    };
    const identity = await this.#withinTime(this.#parts.authenticator.authenticate(claim));
    return identity ?? new Refused("device.credentials_invalid");
  }

  /** Undefined: let in. */
  #admit(
    connection: Connection,
    packet: ConnectPacket,
    identity: DeviceIdentity,
    beganMs: number,
  ): Refused | undefined {
    const { deviceId, tenantId } = identity;
    if ((this.#endings.get(deviceId) ?? Number.NEGATIVE_INFINITY) >= beganMs)
      return new Refused("device.credentials_invalid");
    const clientId =
      packet.clientId === "" ? `~${newUuid(this.#parts.clock, this.#parts.random)}` : packet.clientId;
    const sessionId = encodeSessionId(identity, clientId);
    const others = this.#parts.connections
      .ofDevice(deviceId)
      .filter((other) => other.client.id !== sessionId);
    if (others.length >= MQTT_LIMITS.connectionsPerDevice)
      return new Refused("limit.reached", "connections of this device");
    const permissions = new Permissions(identity);
    connection.peer = { identity, permissions, prefix: prefixOf(tenantId) };
    const refused = checkWill(packet, permissions);
    if (refused !== undefined) return refused;
    if (packet.will !== undefined) connection.will = packet.will as unknown as InboundPacket;
    packet.clientId = sessionId;
    this.#parts.accepted(connection);
    return undefined;
  }

  #withinTime<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = this.#parts.clock.after(MQTT_LIMITS.connectTimeoutMs, () =>
      reject(new Error("log-in timed out")),
    );
    return Promise.race([work, promise]).finally(() => timer.cancel());
  }

  #failed(error: unknown): Refused {
    if (isAppError(error) && error.row.fault === "caller") return new Refused(error.code);
    this.#parts.log.error({ err: error }, "mqtt.login_failed");
    return new Refused("server.busy");
  }
}

function checkWill({ will }: ConnectPacket, permissions: Permissions): Refused | undefined {
  if (will === undefined) return undefined;
  if ((will.payload?.length ?? 0) > LIMITS.payloadBytes) return new Refused("message.too_large", "will");
  if (!isTopicName(will.topic)) return new Refused("message.topic_invalid", will.topic);
  const { use } = permissions.forPublish(will.topic);
  return use === "forbidden" || use === "unknown"
    ? new Refused("message.topic_forbidden", will.topic)
    : undefined;
}

/** Anything printable within the limit: it is only ever used behind the device's id. */
const isClientId = (clientId: string): boolean =>
  Buffer.byteLength(clientId) <= MQTT_LIMITS.clientIdBytes &&
  (clientId === "" || isTopicName(clientId.replace(/[+#/]/g, "-")));

const hasCertificate = (socket: TLSSocket): boolean => socket.getPeerX509Certificate?.() !== undefined;

function connackCode({ code, detail }: Refused): number {
  if (code === "message.malformed" && detail === "client id") return CONNACK.identifierRejected;
  if (code === "server.busy" || code === "limit.reached") return CONNACK.serverUnavailable;
  return code === "device.credentials_invalid" ? CONNACK.badCredentials : CONNACK.notAuthorized;
}
