import { AppError, type Clock, isAppError, type UnixMs } from "@gatehouse/base";
import { LIMITS } from "@gatehouse/contract";
import type { Upward } from "./adapters/index.ts";
import { readNumber, readSwitch } from "./bare-values.ts";
import type { InboundPacket } from "./broker.ts";
import type { Connection, Peer } from "./connection.ts";
import type { TenantRates } from "./counters.ts";
import type { Envelopes } from "./envelopes.ts";
import { type Entity, readAnnounced } from "./home-assistant/entity.ts";
import type { Intake } from "./intake.ts";
import { readEvent, readLog } from "./log-lines.ts";
import type { Pacer } from "./pacer.ts";
import { decodeJson } from "./payload.ts";
import type { TopicUse } from "./permissions.ts";
import type { CommandSource, DeviceLogSink, GatewaySettings, SecureChannel } from "./ports.ts";
import { type Source, sourceOf, toReading } from "./readings.ts";
import type { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";
import { readSamples, type Sample, type TimeWindow, timeWindow } from "./samples.ts";
import { isTopicName } from "./topic.ts";

type Done = (error?: Error | null) => void;

export interface InboundParts {
  readonly clock: Clock;
  readonly intake: Intake;
  readonly pacer: Pacer;
  readonly refusals: Refusals;
  readonly accepted: TenantRates;
  readonly settings: GatewaySettings;
  readonly deviceLog: DeviceLogSink;
  readonly commands: CommandSource;
  readonly channel: SecureChannel;
  readonly envelopes: Envelopes;
  /** Sends a frame of the secure channel down the connection it was asked on. */
  answer(connection: Connection, frame: Uint8Array): void;
  /** A session of the secure channel is live: what waits for its device can go down. */
  sessionBegan(connection: Connection): void;
  /** True when this QoS 2 message was taken before and only its handshake is repeated. */
  isRepeated(connection: Connection, packet: InboundPacket): boolean;
  /** Hands a message to the subscribers of its tenant, durable first; only when somebody listens if it was read by us. */
  route(connection: Connection, peer: Peer, packet: InboundPacket, done: Done, alreadyRead: boolean): void;
  discover(connection: Connection, peer: Peer, packet: InboundPacket): Promise<Refused | undefined>;
}

/**
 * What happens to a PUBLISH: topic, rate, payload, store, acknowledge. `done()` lets aedes acknowledge, an error
 * ends the connection without it. A message that is refused for what it says is acknowledged and counted,
 * because a device that resends it for ever helps nobody; a forbidden topic ends the connection.
 */
export class Inbound {
  readonly #parts: InboundParts;
  readonly #sources = new WeakMap<Peer, Source>();

  constructor(parts: InboundParts) {
    this.#parts = parts;
  }

  receive(connection: Connection, packet: InboundPacket, done: Done) {
    const { peer } = connection;
    if (peer === undefined || connection.isEnded) return done(new AppError("device.credentials_invalid"));
    const use = peer.permissions.forPublish(packet.topic);
    if (use.use === "forbidden") {
      const code = isTopicName(packet.topic) ? "message.topic_forbidden" : "message.topic_invalid";
      this.refuse(connection, new Refused(code, packet.topic));
      return done(new AppError(code));
    }
    if (packet.qos === 2 && this.#parts.isRepeated(connection, packet)) return done();
    const { deviceId } = peer.identity;
    if (this.#parts.pacer.take(deviceId)) return this.#handle(connection, peer, packet, use, done);
    if (packet.qos === 0) {
      this.refuse(connection, new Refused("message.rate_limited"));
      return done();
    }
    if (!this.#parts.pacer.isWaiting(deviceId))
      this.refuse(connection, new Refused("message.rate_limited", "slowed down, nothing lost"));
    connection.hold(this.#parts.clock.monotonicMs());
    this.#parts.pacer.wait(deviceId, () => {
      connection.release(this.#parts.clock.monotonicMs());
      if (connection.client.closed) done(new AppError("server.busy"));
      else this.#handle(connection, peer, packet, use, done);
    });
  }

  refuse(connection: Connection, refused: Refused) {
    const { tenantId, deviceId } = connection.peer?.identity ?? {};
    this.#parts.refusals.add(refused, {
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(deviceId === undefined ? {} : { deviceId }),
      via: connection.via,
      address: connection.address,
    });
  }

  #handle(connection: Connection, peer: Peer, packet: InboundPacket, use: TopicUse, done: Done) {
    switch (use.use) {
      case "up":
        return this.#up(connection, peer, packet, use.upward, done);
      case "announced":
        return this.#announced(connection, peer, packet, use.entities, done);
      case "answer":
        peer.permissions.forget(packet.topic);
        return this.#wait(connection, packet, this.#answer(peer, use.commandId, true, undefined), done);
      case "route":
      case "discovery":
        return this.#route(connection, peer, packet, use.use === "discovery", done);
      default:
        this.refuse(connection, new Refused("message.topic_unknown", packet.topic));
        done();
    }
  }

  #route(connection: Connection, peer: Peer, packet: InboundPacket, isDiscovery: boolean, done: Done) {
    if (packet.payload.length > LIMITS.payloadBytes) return this.#refuseAndAck(connection, TOO_LARGE, done);
    if (!isDiscovery) {
      this.#parts.accepted.add(peer.identity.tenantId);
      return this.#parts.route(connection, peer, packet, done, false);
    }
    const announced = this.#parts.discover(connection, peer, packet).then((refused) => {
      if (refused !== undefined) this.refuse(connection, refused);
      // What we cannot follow, a Home Assistant on this broker may; what is another device's goes nowhere.
      if (refused?.code === "message.topic_forbidden") return undefined;
      return new Promise<void>((resolve, reject) =>
        this.#parts.route(connection, peer, packet, (error) => (error ? reject(error) : resolve()), false),
      );
    });
    this.#wait(connection, packet, announced, done);
  }

  #up(connection: Connection, peer: Peer, packet: InboundPacket, upward: Upward, done: Done) {
    const receivedMs = this.#parts.clock.nowMs();
    const payload = packet.payload as Buffer;
    const { kind } = upward;
    if (kind === "sx") return this.#envelope(connection, peer, payload, packet, done);
    if (this.#parts.channel.isRequired(peer.identity))
      return this.#refuseAndAck(connection, new Refused("channel.required"), done);
    if (kind === "telemetry" || kind === "state") {
      const json = decodeJson(payload);
      if (json instanceof Refused) return this.#refuseAndAck(connection, json, done);
      const samples = readSamples(json.value, this.#window(peer, receivedMs));
      return this.#submitAll(
        connection,
        this.#sourceOf(peer),
        packet,
        samples,
        receivedMs,
        this.#then(connection, peer, packet, done),
      );
    }
    if (kind === "event" || kind === "log")
      return this.#log(connection, peer, packet, kind, receivedMs, done);
    const value = kind === "number" ? readNumber(payload) : readSwitch(payload);
    if (value instanceof Refused) return this.#refuseAndAck(connection, value, done);
    const sample = { tsMs: receivedMs, values: { [upward.metric ?? "value"]: value } };
    this.#submitAll(
      connection,
      this.#sourceOf(peer),
      packet,
      [sample],
      receivedMs,
      this.#then(connection, peer, packet, done),
    );
  }

  /** After our own reading of a message, it goes to those who were granted the topic. */
  #then(connection: Connection, peer: Peer, packet: InboundPacket, done: Done): Done {
    return (error) => {
      if (error) done(error);
      else this.#parts.route(connection, peer, packet, done, true);
    };
  }

  #announced(
    connection: Connection,
    peer: Peer,
    packet: InboundPacket,
    entities: readonly Entity[],
    done: Done,
  ) {
    const receivedMs = this.#parts.clock.nowMs();
    const announced = readAnnounced(entities, packet.payload as Buffer);
    if (announced instanceof Refused) return this.#refuseAndAck(connection, announced, done);
    const then = this.#then(connection, peer, packet, done);
    if (announced.length === 0) return then();
    let left = announced.length;
    let failed: Error | undefined;
    for (const { source, values } of announced) {
      this.#submitAll(connection, source, packet, [{ tsMs: receivedMs, values }], receivedMs, (error) => {
        failed ??= error ?? undefined;
        if (--left === 0) then(failed);
      });
    }
  }

  #log(
    connection: Connection,
    peer: Peer,
    packet: InboundPacket,
    kind: "event" | "log",
    receivedMs: UnixMs,
    done: Done,
  ) {
    const window = this.#window(peer, receivedMs);
    const payload = packet.payload as Buffer;
    const read = kind === "event" ? readEvent(payload, window) : readLog(payload, window);
    if (read instanceof Refused) return this.#refuseAndAck(connection, read, done);
    const stored =
      "ok" in read
        ? this.#answer(peer, read.id, read.ok, read.reason)
        : this.#parts.deviceLog.append(peer.identity, read);
    this.#wait(connection, packet, stored, this.#then(connection, peer, packet, done));
  }

  #envelope(connection: Connection, peer: Peer, frame: Buffer, packet: InboundPacket, done: Done) {
    const { channel, envelopes } = this.#parts;
    const { deviceId, tenantId } = peer.identity;
    connection.link ??= channel.connect(peer.identity);
    const { link, via, address } = connection;
    const hadSession = link.hasSession(deviceId);
    const taken = envelopes.take(link, frame, { via, address, tenantId, deviceId }).then((outcome) => {
      if (outcome.result === "answer") this.#parts.answer(connection, outcome.frame);
      if (!hadSession && link.hasSession(deviceId)) this.#parts.sessionBegan(connection);
    });
    this.#hold(connection, packet, taken, done);
  }

  #answer({ identity }: Peer, commandId: string, ok: boolean, reason: string | undefined): Promise<void> {
    return this.#parts.commands.answered(identity.deviceId, commandId, ok, reason);
  }

  #submitAll(
    connection: Connection,
    source: Source,
    packet: InboundPacket,
    samples: readonly (Sample | Refused)[],
    receivedMs: UnixMs,
    done: Done,
  ) {
    const { intake } = this.#parts;
    let left = samples.length;
    let failed: AppError | undefined;
    const settled = (error?: AppError): void => {
      connection.release(this.#parts.clock.monotonicMs());
      if (error === undefined) this.#parts.accepted.add(source.tenantId);
      else if (!this.#isTaken(connection, packet, error)) failed ??= error;
      if (--left === 0) done(failed);
    };
    for (const sample of samples) {
      connection.hold(this.#parts.clock.monotonicMs());
      const reading = sample instanceof Refused ? sample : toReading(source, sample, receivedMs);
      if (reading instanceof Refused) settled(asError(reading));
      else if (packet.qos !== 0) intake.submit(reading, settled);
      else if (!intake.trySubmit(reading, settled)) settled(new AppError("server.busy"));
    }
  }

  /** Holds the acknowledgement until `stored` resolves; then the message counts as accepted. */
  #wait(connection: Connection, packet: InboundPacket, stored: Promise<unknown>, done: Done) {
    // Who it is, before the connection can be gone.
    const { tenantId } = (connection.peer as Peer).identity;
    this.#hold(
      connection,
      packet,
      stored.then(() => this.#parts.accepted.add(tenantId)),
      done,
    );
  }

  #hold(connection: Connection, packet: InboundPacket, finished: Promise<unknown>, done: Done) {
    connection.hold(this.#parts.clock.monotonicMs());
    finished.then(
      () => {
        connection.release(this.#parts.clock.monotonicMs());
        done();
      },
      (error: unknown) => {
        connection.release(this.#parts.clock.monotonicMs());
        const known = isAppError(error) ? error : new AppError("server.internal", {}, { cause: error });
        done(this.#isTaken(connection, packet, known) ? null : known);
      },
    );
  }

  /** Counts the refusal; true when the device must not send the message again. */
  #isTaken(connection: Connection, packet: InboundPacket, error: AppError): boolean {
    const { detail } = error.fields;
    this.refuse(connection, new Refused(error.code, typeof detail === "string" ? detail : undefined));
    return packet.qos === 0 || error.row.fault === "caller";
  }

  #refuseAndAck(connection: Connection, refused: Refused, done: Done) {
    this.refuse(connection, refused);
    done();
  }

  #window({ identity }: Peer, receivedMs: UnixMs): TimeWindow {
    return timeWindow(receivedMs, this.#parts.settings.get(identity.tenantId).maxTimestampPastDays);
  }

  #sourceOf(peer: Peer): Source {
    const known = this.#sources.get(peer);
    if (known !== undefined) return known;
    const source = sourceOf(peer.identity);
    this.#sources.set(peer, source);
    return source;
  }
}

const TOO_LARGE = new Refused("message.too_large");

const asError = ({ code, detail }: Refused): AppError =>
  new AppError(code, detail === undefined ? {} : { detail });
