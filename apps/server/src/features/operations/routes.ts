import { AppError, type Clock } from "@gatehouse/base";
import { operations } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { sortNeeds } from "./needs.ts";
import type { AboutSource, NetworkSource, OverviewSources, ReadinessChecks } from "./ports.ts";

export interface OperationsDeps {
  readonly clock: Clock;
  readonly overview: OverviewSources;
  readonly network: NetworkSource;
  readonly about: AboutSource;
  readonly readiness: ReadinessChecks;
  stopping(): boolean;
}

export function operationsRoutes({
  clock,
  overview,
  network,
  about,
  readiness,
  stopping,
}: OperationsDeps): Route[] {
  return [
    route(operations.getOverview, async ({ principal, scope }) => {
      const onlooker = { ...principal, scope };
      const [devices, refused, alerts, storage, needs] = await Promise.all([
        overview.devices(onlooker),
        overview.refused(onlooker),
        overview.alerts(onlooker),
        overview.storage(onlooker),
        overview.needs(onlooker),
      ]);
      return {
        devices,
        messages: overview.messages(onlooker),
        refused,
        alerts,
        ...(storage === undefined ? {} : { storage }),
        needsYou: sortNeeds(needs),
        atMs: clock.nowMs(),
      };
    }),
    route(operations.getNetwork, async ({ principal }) => {
      const ca = network.certificateAuthority();
      return {
        listeners: network.listeners(),
        publicUrl: network.publicUrl(),
        secure: network.secure(),
        ...(ca === undefined ? {} : { ca: { fingerprint: ca.fingerprint, expiresMs: ca.expiresMs } }),
        homeAssistant: network.homeAssistant(principal.tenantId),
      };
    }),
    route(operations.getCaCertificate, async ({ reply }) => {
      const ca = network.certificateAuthority();
      if (ca === undefined) throw new AppError("request.not_found");
      reply.header("content-disposition", 'attachment; filename="gatehouse-ca.pem"');
      return ca.pem;
    }),
    route(operations.getAbout, async () => {
      const [postgres, lastMs] = await Promise.all([about.postgresVersion(), about.lastBackupMs()]);
      return {
        version: about.version,
        node: process.version,
        postgres,
        startedMs: about.startedMs,
        dataDir: about.dataDir,
        embedded: about.embedded,
        memoryBytes: process.memoryUsage.rss(),
        eventLoopP99Ms: about.eventLoopP99Ms(),
        ingest: about.ingest(),
        backup: { ...(lastMs === undefined ? {} : { lastMs }), command: "npm run gatehouse -- backup" },
      };
    }),
    route(operations.metrics, async () => about.metricsText()),
    route(operations.healthz, async () => ({ ok: true })),
    route(operations.readyz, async () => {
      if (stopping()) throw new AppError("server.stopping");
      const checks = await runChecks(readiness);
      if (Object.values(checks).includes(false)) throw new AppError("database.unavailable", { checks });
      return { ok: true, checks };
    }),
  ];
}

async function runChecks(readiness: ReadinessChecks): Promise<Record<string, boolean>> {
  const results = await Promise.all(
    Object.entries(readiness).map(async ([name, check]) => [name, await check().catch(() => false)] as const),
  );
  return Object.fromEntries(results);
}
