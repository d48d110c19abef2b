import { Aedes, type AedesOptions, type Client, type PublishPacket } from "aedes";
import { copyPacket } from "./packet.ts";

/** A PUBLISH after `authorizePublish`: only one that was marked goes on to subscribers. */
export type InboundPacket = PublishPacket & {
  routed?: boolean;
  brokerId?: string;
  brokerCounter?: number;
  clientId?: string;
};

interface Emitter {
  emit(packet: object, done: (error?: Error | null) => void): void;
}

/**
 * aedes without what this program does itself or better: telemetry is not matched against subscriptions, what
 * must be durable was stored before the acknowledgement, and `$SYS` topics do not exist.
 */
export class GatewayBroker extends Aedes {
  declare readonly mq: Emitter;
  declare counter: number;

  static async start(options: AedesOptions): Promise<GatewayBroker> {
    const broker = new GatewayBroker(options);
    await broker.listen();
    // We are alive as long as we run: aedes must never take our own clients' wills for those of a dead broker.
    (broker.brokers as Record<string, number>)[broker.id] = Number.POSITIVE_INFINITY;
    return broker;
  }

  /** Gives a packet the number by which queues and subscribers know it again, and lets it through. */
  markRouted(packet: InboundPacket, clientId: string): void {
    packet.routed = true;
    packet.clientId = clientId;
    packet.brokerId = this.id;
    packet.brokerCounter = ++this.counter;
  }

  override publish(
    packet: PublishPacket,
    clientOrDone: Client | ((error?: Error) => void) | null | undefined,
    done?: (error?: Error) => void,
  ): void {
    const finish = typeof clientOrDone === "function" ? clientOrDone : done;
    if ((packet as InboundPacket).routed) this.emitRouted(packet, finish);
    else finish?.();
  }

  /** Delivers to the clients that are connected now. */
  emitRouted(packet: InboundPacket, done?: (error?: Error) => void): void {
    this.mq.emit(copyPacket(packet, this), (error) => done?.(error ?? undefined));
  }
}
