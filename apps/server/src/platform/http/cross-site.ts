import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "@gatehouse/base";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site's page could make a browser send with our cookies: Fetch Metadata first
 * (Sec-Fetch-Site), else Origin against our own host. Programs send neither and carry no cookies of ours.
 */
export function assertSameSite(
  method: string,
  headers: IncomingHttpHeaders,
  ownHost: string | undefined,
): void {
  if (SAFE.has(method)) return;
  assertSameOrigin(headers, ownHost);
}

/** The same for a WebSocket upgrade, which browsers send across sites without asking. */
export function assertSameOrigin(headers: IncomingHttpHeaders, ownHost: string | undefined): void {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return;
    throw new AppError("request.cross_site");
  }
  const origin = headers.origin;
  if (origin === undefined) return;
  if (origin === "null" || hostOf(origin) !== ownHost) throw new AppError("request.cross_site");
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
