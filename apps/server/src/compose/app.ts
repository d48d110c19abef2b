import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Clock, type Logger, systemClock, systemRandom } from "@gatehouse/base";
import { cameras, channel, LIVE_PATH } from "@gatehouse/contract";
import type { FastifyInstance } from "fastify";
import { MQTT_WEBSOCKET_PATH } from "../features/gateway/index.ts";
import { createBus } from "../platform/bus/bus.ts";
import { isLoopbackHost } from "../platform/config/load.ts";
import type { Config } from "../platform/config/schema.ts";
import { ALL_ON, type Controls } from "../platform/controls.ts";
import { migrate } from "../platform/database/index.ts";
import { callersBehind } from "../platform/http/caller.ts";
import { registerConsole } from "../platform/http/console.ts";
import { serveLocalSocket } from "../platform/http/local-socket.ts";
import { mount } from "../platform/http/mount.ts";
import { registerOpenApi } from "../platform/http/openapi.ts";
import { unrecordedTo } from "../platform/http/recorded.ts";
import { refusalsTo } from "../platform/http/refusals.ts";
import { createHttpServer, productVersion } from "../platform/http/server.ts";
import { createJobRunner } from "../platform/jobs/pg-boss.ts";
import { Lifecycle } from "../platform/lifecycle/lifecycle.ts";
import { createMetrics } from "../platform/metrics/metrics.ts";
import type { PassphraseSource } from "../platform/secrets/index.ts";
import { groupFingerprint, Tls } from "../platform/tls/index.ts";
import { createFeatures } from "./features.ts";
import { withLocalOwner } from "./local-owner.ts";
import { ALL_MIGRATIONS } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";
import { openKeyOf } from "./open-key.ts";
import { routeUpgrades } from "./upgrades.ts";

const CONSOLE_DIST = fileURLToPath(new URL("../../../web/dist", import.meta.url));

export interface Ready {
  readonly version: string;
  readonly url: string;
  /** Present until there is an owner. */
  readonly setupUrl?: string;
  readonly deviceUrls: readonly string[];
  readonly caFingerprint?: string;
  readonly tookMs: number;
}

export interface App {
  readonly ready: Ready;
  /** Resolves when a part without which nothing works is gone for good. */
  readonly failed: Promise<string>;
  /** Finishes what was accepted; at most a few seconds. */
  stop(): Promise<void>;
}

export interface ComposeOptions {
  readonly config: Config;
  readonly log: Logger;
  /** False: no listener but the local socket, for one command. */
  readonly network: boolean;
  readonly demo: boolean;
  /** Asked when the master key is sealed. */
  readonly passphrase?: PassphraseSource;
  /** For the attack lab alone. */
  readonly controls?: Controls;
}

/** Makes everything, wires it, starts it in the order of need. What was started is stopped again when a later step fails. */
export async function composeApp(options: ComposeOptions): Promise<App> {
  const lifecycle = new Lifecycle(options.log);
  try {
    return await start(options, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function start(options: ComposeOptions, lifecycle: Lifecycle): Promise<App> {
  const { config, log, network, demo, controls = ALL_ON } = options;
  const clock = systemClock;
  const random = systemRandom;
  const startedMs = clock.monotonicMs();
  const failure = Promise.withResolvers<string>();
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });

  const database = await openDatabase(config, {
    log,
    attach: false,
    maxConnections: 20,
    onGone: failure.resolve,
  });
  lifecycle.onStop("database", () => database.close(), 3_000);
  await migrate(database.pool, ALL_MIGRATIONS, { log, clock });

  const masterKey = await openKeyOf(database.pool, config.dataDir, random, options.passphrase);
  const files =
    config.tls.certFile === "" ? undefined : { certFile: config.tls.certFile, keyFile: config.tls.keyFile };
  const tls = await Tls.open({
    dataDir: config.dataDir,
    masterKey,
    clock,
    random,
    log,
    hostNames: hostNames(config),
    files,
  });
  lifecycle.onStop("tls", async () => tls[Symbol.dispose]());
  const secure =
    config.tls.mode === "on" || (config.tls.mode === "auto" && !isLoopbackHost(config.http.host));
  let connectionsRefused = 0;
  const http = await createHttpServer({
    ...(secure ? { tls: tls.serverOptions("https") } : {}),
    trustedProxies: config.trustedProxies,
    perMinute: config.http.perMinute,
    maxConnections: config.http.maxConnections,
    perNetwork: {
      maxConnections: config.http.maxConnectionsPerAddress,
      onRefused: () => void connectionsRefused++,
    },
    log,
    controls,
  });
  if (secure) tls.keepCurrent(http.server as never, "https");

  const metrics = createMetrics();
  lifecycle.onStop("metrics", async () => metrics.stop());
  metrics.add({
    name: "gatehouse_http_connections_refused_total",
    help: "HTTP connections closed because their network had too many, since start",
    read: () => connectionsRefused,
  });
  const jobs = createJobRunner(database.pool, log);
  const bus = createBus(log);
  const version = productVersion();
  const address = { url: "" };
  const features = createFeatures({
    config,
    log,
    clock,
    random,
    bus,
    database,
    masterKey,
    tls,
    metrics,
    version,
    secure,
    http,
    controls,
    publicUrl: () => address.url,
    stopping: () => lifecycle.stopping,
  });

  await registerOpenApi(http, version);
  await http.register(async (scope) => {
    const person = withLocalOwner(features.personGate, features.firstTenantId, () => clock.nowMs());
    const { resources } = features;
    const acts = mount(
      scope,
      features.routes,
      {
        person,
        device: features.deviceGate,
        resources,
        secondPerson: features.secondPerson,
        nowMs: () => clock.nowMs(),
        metricsFromLoopback: config.metrics.loopback,
        controls,
        onUnrecorded: unrecordedTo(log, metrics),
        onRefused: refusalsTo(log, metrics, clock),
      },
      log,
    );
    features.useMounted({ acts, resources });
  });
  await registerConsole(http, { distDir: CONSOLE_DIST, log, publicUrl: () => address.url });
  const upgraded = routeUpgrades(
    http.server as Server,
    {
      [LIVE_PATH]: features.live.handleUpgrade,
      [cameras.CAMERAS_FEED_PATH]: features.cameras.cameras.handleFeedUpgrade,
      [cameras.CAMERAS_LIVE_PATH]: features.cameras.live.handleUpgrade,
      [MQTT_WEBSOCKET_PATH]: features.gateway.handleUpgrade,
      [channel.CHANNEL_PATH]: features.gateway.handleChannelUpgrade,
    },
    callersBehind(config.trustedProxies),
  );

  for (const feature of features.inOrder) {
    if (!network && feature.name === "gateway") continue;
    await feature.start?.();
    if (feature.stop !== undefined)
      lifecycle.onStop(feature.name, () => feature.stop?.() ?? Promise.resolve(), 4_000);
  }
  if (network) {
    await http.listen({ host: config.http.host, port: config.http.port });
    lifecycle.onStop("http", () => closeHttp(http, upgraded, clock), 2_000);
  } else await http.ready();
  address.url = config.publicUrl || urlOf(config, secure, http.server.address());
  await jobs.start(network ? features.jobs : []);
  lifecycle.onStop("jobs", () => jobs.stop(), 2_500);
  const local = await serveLocalSocket(http, config.dataDir);
  lifecycle.onStop("local socket", () => local.stop());
  if (network) await features.startDemo(demo);

  const setupToken = network ? await features.ensureSetupToken() : undefined;
  const ready: Ready = {
    version,
    url: address.url,
    ...(setupToken === undefined ? {} : { setupUrl: `${address.url}/setup#token=${setupToken}` }),
    deviceUrls: features
      .listeners()
      .filter(({ kind }) => kind !== "http" && kind !== "https")
      .map(({ url }) => url),
    ...(secure ? { caFingerprint: groupFingerprint(tls.authority.fingerprint) } : {}),
    tookMs: Math.round(clock.monotonicMs() - startedMs),
  };
  log.info({ url: ready.url, tookMs: ready.tookMs }, "server.ready");
  return { ready, failed: failure.promise, stop: () => lifecycle.stop() };
}

/** Longest wait for requests under way when the program stops. */
const REQUESTS_MAY_TAKE_MS = 1_000;

/** Takes no new request, lets those under way end, then cuts whatever is still open but WebSockets. */
async function closeHttp(http: FastifyInstance, upgraded: ReadonlySet<Duplex>, clock: Clock): Promise<void> {
  const deadlineMs = clock.monotonicMs() + REQUESTS_MAY_TAKE_MS;
  // It ends with the last WebSocket, which its feature closes after this.
  http.close().catch(() => undefined);
  const count = (): Promise<number> =>
    new Promise((resolve) => http.server.getConnections((_error, open) => resolve(open ?? 0)));
  while ((await count()) > upgraded.size && clock.monotonicMs() < deadlineMs)
    await new Promise<void>((resolve) => clock.after(10, resolve));
  http.server.closeAllConnections();
  // Refused, and not yet ended by their other side.
  for (const socket of upgraded) if (socket.writableEnded) socket.destroy();
}

/** Names that the certificate must carry beside the machine's own. */
function hostNames(config: Config): string[] {
  const fromUrl = config.publicUrl === "" ? [] : [new URL(config.publicUrl).hostname];
  return [...config.tls.hosts, ...fromUrl];
}

function urlOf(config: Config, secure: boolean, listening: string | { port: number } | null): string {
  const port = listening !== null && typeof listening === "object" ? listening.port : config.http.port;
  const anywhere = config.http.host === "0.0.0.0" || config.http.host === "::";
  const host = anywhere || isLoopbackHost(config.http.host) ? "localhost" : config.http.host;
  const named = host.includes(":") ? `[${host}]` : host;
  return `${secure ? "https" : "http"}://${named}:${port}`;
}
