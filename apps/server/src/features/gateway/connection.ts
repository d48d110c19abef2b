import type { MonotonicMs, Uuid } from "@gatehouse/base";
import type { Client } from "aedes";
import type { InboundPacket } from "./broker.ts";
import type { Permissions } from "./permissions.ts";
import type { ChannelLink, DeviceIdentity } from "./ports.ts";
import type { Refused } from "./refused.ts";

/** How a client reached us. */
export type Via = "mqtt" | "mqtts" | "ws" | "wss";

/** What we know of a connection whose device has logged in. */
export interface Peer {
  identity: DeviceIdentity;
  permissions: Permissions;
  /** `<tenant>/`, put before every topic inside the broker, so that tenants never meet. */
  readonly prefix: string;
}

export const prefixOf = (tenantId: Uuid): string => `${tenantId}/`;

/** Our side of one client connection; `client.connection` points here. */
export class Connection {
  readonly client: Client;
  readonly via: Via;
  readonly address: string;
  peer: Peer | undefined;
  /** Why the log-in failed, until CONNACK has said so. */
  loginRefused: Refused | undefined;
  will: InboundPacket | undefined;
  /** Its sessions of the secure channel; from its first frame on. */
  link: ChannelLink | undefined;
  /** UNSUBSCRIBE packets that came before the log-in was decided. */
  readonly early: { unsubscriptions?: string[] }[] = [];
  /** Internal filters that were allowed and may be kept; those of grants are counted by the router. */
  readonly allowed = new Set<string>();
  readonly granted = new Set<string>();
  /** Internal filters of a bridge's own choice: not kept, and open to its own messages only. */
  readonly bridged = new Set<string>();
  /** Messages taken and not yet acknowledged. */
  held = 0;
  /** When a message was last finished or, with none held before, taken. */
  progressMs = 0;
  /** Commands written and not yet acknowledged, by message identifier. */
  readonly inFlight = new Map<number, string>();
  commandSequence = 0;
  /** Why it ended, for the device's page. */
  reason = "closed";
  /** Its credentials ended or its device is gone: nothing more is taken, not even its will. */
  isEnded = false;

  constructor(client: Client, via: Via, address: string) {
    this.client = client;
    this.via = via;
    this.address = address;
  }

  /** A message is on its way into the store. */
  hold(nowMs: MonotonicMs): void {
    if (this.held++ === 0) this.progressMs = nowMs;
  }

  release(nowMs: MonotonicMs): void {
    this.held--;
    this.progressMs = nowMs;
  }

  end(reason: string): void {
    this.isEnded = true;
    this.reason = reason;
    this.client.close();
  }
}

export const connectionOf = (client: Client): Connection =>
  (client as Client & { connection: Connection }).connection;

export function attach(client: Client, connection: Connection): void {
  (client as Client & { connection?: Connection }).connection = connection;
}
