import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { Asker } from "../../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../../platform/controls.ts";
import type { Feature } from "../../../platform/feature.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { SocketDoor } from "../../../platform/http/socket-door.ts";
import { Audience } from "./audience.ts";
import { Channels } from "./channels.ts";
import { Places } from "./places.ts";
import type { NewestFound, ShownCameras, WatchingPeople } from "./ports.ts";
import { liveRoutes } from "./routes.ts";
import { type KeyFrames, Stills } from "./stills.ts";
import { Viewer } from "./viewer.ts";
import { Viewings, type ViewingsDeps } from "./viewings.ts";
import type { FrameSink, WatchWish } from "./watched.ts";
import { Watching } from "./watching.ts";

export type { NewestFound, ShownCamera, ShownCameras, WatchingPeople } from "./ports.ts";
export type { FrameSink, WatchWish } from "./watched.ts";

export interface CameraLiveDeps extends ViewingsDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly controls?: Controls;
  /** Whose session the upgrade's cookie is; undefined when there is none. */
  authenticate(request: IncomingMessage): Promise<PersonPrincipal | undefined>;
  readonly people: WatchingPeople;
  readonly cameras: ShownCameras;
  /** From memory; undefined before the first look, and where nothing is looked for. */
  found(cameraId: Uuid): NewestFound | undefined;
  readonly keyFrames: KeyFrames;
  /** Open sockets, and as many streams, in all and of one person. */
  readonly maxViewers: number;
  readonly maxViewersPerPerson: number;
}

export interface CameraLiveFeature extends Feature {
  /** Takes the upgrade at CAMERAS_LIVE_PATH; `address` is of whoever asks, behind proxies too. */
  handleUpgrade(this: void, request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void;
  /**
   * Frames for a program, from when the ledger has that it watches until the returned end is called. Fails with
   * camera.none when it may not see one of the cameras, and with server.busy.
   */
  watch(who: PersonPrincipal, wish: WatchWish, sink: FrameSink): Promise<() => void>;
  /** Open sockets, those still at the door among them. */
  viewerCount(): number;
}

const MAX_CLIENT_LENGTH = 200;

export function createCameraLive(deps: CameraLiveDeps): CameraLiveFeature {
  const { bus, clock, log, people, controls = ALL_ON, maxViewers, maxViewersPerPerson } = deps;
  const viewings = new Viewings(deps);
  const audience = new Audience(bus, clock, people);
  const places = new Places(maxViewers, maxViewersPerPerson);
  const watching = new Watching({ ...deps, viewings, audience, places });
  const viewerDeps = { ...deps, viewings, channels: new Channels(deps.cameras.frames) };
  const addresses = new WeakMap<IncomingMessage, string>();
  const askerOf = (request: IncomingMessage, { personId, tenantId }: PersonPrincipal): Asker => ({
    actor: { kind: "person", id: personId, tenantId },
    address: addresses.get(request),
    client: request.headers["user-agent"]?.slice(0, MAX_CLIENT_LENGTH),
    recorded: new Set(),
  });
  const door = new SocketDoor({
    authenticate: (request) => deps.authenticate(request),
    clock,
    log,
    controls,
    permission: "camera.view",
    maxConnections: maxViewers,
    maxPerPerson: maxViewersPerPerson,
    onOpen(socket, principal, request) {
      const viewer = new Viewer(socket, principal, askerOf(request, principal), viewerDeps);
      audience.add(viewer);
      socket.once("close", () => audience.remove(viewer));
    },
  });
  const unsubscribe = bus.subscribe("session.ended", ({ sessionId }) => door.sessionEnded(sessionId));
  return {
    name: "camera-live",
    routes: liveRoutes({
      ...deps,
      viewings,
      watching,
      stills: new Stills(deps.cameras.frames, deps.keyFrames),
    }),
    handleUpgrade(request, socket, head, address) {
      addresses.set(request, address);
      door.handleUpgrade(request, socket, head);
    },
    watch: (who, wish, sink) => watching.begin(who, wish, "grpc", () => sink),
    viewerCount: () => door.connections,
    async stop() {
      unsubscribe();
      door.stop();
      audience.stop();
    },
  };
}
