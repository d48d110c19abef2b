import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { Feature } from "../../platform/feature.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { SocketDoor } from "../../platform/http/socket-door.ts";
import { Hub, type LivePeople } from "./hub.ts";
import { Viewer } from "./viewer.ts";

export interface LiveDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly controls?: Controls;
  /** Whose session the upgrade's cookie is; undefined when there is none. */
  authenticate(request: IncomingMessage): Promise<PersonPrincipal | undefined>;
  readonly people: LivePeople;
  /** Messages per second of the organisation now, and refusals since start. */
  rate(tenantId: Uuid): { readonly perSecond: number; readonly refused: number };
  readonly maxConnections?: number;
  readonly maxPerPerson?: number;
}

export interface LiveFeature extends Feature {
  /** Takes the upgrade at LIVE_PATH. */
  handleUpgrade(this: void, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Open connections, those still at the door among them. */
  viewerCount(): number;
}

const MAX_CONNECTIONS = 1_000;
/** Tabs and devices of one person. */
const MAX_PER_PERSON = 50;

export function createLive({
  bus,
  clock,
  log,
  authenticate,
  rate,
  people,
  controls = ALL_ON,
  ...limits
}: LiveDeps): LiveFeature {
  const hub = new Hub(bus, clock, rate, people);
  const door = new SocketDoor({
    authenticate,
    clock,
    log,
    controls,
    maxConnections: limits.maxConnections ?? MAX_CONNECTIONS,
    maxPerPerson: limits.maxPerPerson ?? MAX_PER_PERSON,
    onOpen(socket, principal) {
      const viewer: Viewer = new Viewer(socket, principal, { clock, siteOf: people.siteOf }, () =>
        hub.wishChanged(viewer),
      );
      hub.add(viewer);
      socket.once("close", () => hub.remove(viewer));
    },
  });
  const unsubscribe = bus.subscribe("session.ended", ({ sessionId }) => door.sessionEnded(sessionId));
  return {
    name: "live",
    handleUpgrade: (request, socket, head) => door.handleUpgrade(request, socket, head),
    viewerCount: () => door.connections,
    async stop() {
      unsubscribe();
      door.stop();
      hub.stop();
    },
  };
}
