import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Uuid } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import type { GatewayFeature } from "../features/gateway/index.ts";
import type { AboutSource, NetworkSource } from "../features/operations/index.ts";
import type { TelemetryFeature } from "../features/telemetry/index.ts";
import { serverVersion } from "../platform/database/index.ts";
import { groupFingerprint } from "../platform/tls/index.ts";
import type { House } from "./house.ts";

export function networkSource({
  tls,
  secure,
  publicUrl,
  gateway,
  listeners,
  isBridgeOf,
}: House & {
  readonly gateway: GatewayFeature;
  listeners(): operations.NetworkInfo["listeners"];
  isBridgeOf(tenantId: Uuid): boolean;
}): NetworkSource {
  const { authority } = tls;
  return {
    listeners,
    publicUrl,
    secure: () => secure,
    certificateAuthority: () => ({
      pem: authority.certificatePem,
      fingerprint: groupFingerprint(authority.fingerprint),
      expiresMs: authority.notAfterMs,
    }),
    // One broker for the installation: only whose it is, sees how it does.
    homeAssistant: (tenantId) => (isBridgeOf(tenantId) ? gateway.homeAssistant() : { state: "off" }),
  };
}

export function aboutSource({
  version,
  clock,
  config,
  database,
  metrics,
  gateway,
  telemetry,
}: House & { readonly gateway: GatewayFeature; readonly telemetry: TelemetryFeature }): AboutSource {
  return {
    version,
    startedMs: clock.nowMs(),
    dataDir: config.dataDir,
    embedded: database.embedded,
    postgresVersion: () => serverVersion(database.pool),
    eventLoopP99Ms: () => metrics.eventLoopP99Ms(),
    ingest: () => ({
      queued: telemetry.stats().queued,
      accepted: telemetry.stats().accepted,
      refused: gateway.stats().refused.total,
    }),
    lastBackupMs: () => lastBackupMs(config.dataDir),
    metricsText: () => metrics.text(),
  };
}

/** When the newest whole backup below the data folder was finished. */
export async function lastBackupMs(dataDir: string): Promise<number | undefined> {
  const folder = join(dataDir, "backups");
  const names = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    names.map(
      async (name) => (await stat(join(folder, name, "manifest.json")).catch(() => undefined))?.mtimeMs,
    ),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.round(Math.max(...known));
}
