import { type AppError, type Clock, ERRORS, type ErrorCode, type Logger } from "@gatehouse/base";
import type { AnyEndpoint } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import type { Metrics } from "../metrics/metrics.ts";
import { RollingBudget } from "../throttle/index.ts";
import type { DevicePrincipal, PersonPrincipal } from "./principal.ts";
import { isBeyondReach } from "./resources.ts";

/** A request that was refused for what it asked, and by whom as far as that was known. */
export interface Refused {
  readonly error: AppError;
  readonly endpoint: AnyEndpoint;
  readonly request: FastifyRequest;
  readonly principal: PersonPrincipal | DevicePrincipal | undefined;
}

/** Of a status that says "you may not" or "this is no request of ours"; a taken name or a missing thing says nothing. */
const TELLING_STATUS: ReadonlySet<number> = new Set([400, 403, 413, 415, 429]);
/** The console meets these every day and goes on from them. */
const EVERYDAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "approval.required",
  "auth.factor_required",
  "auth.step_up_required",
  "sign_up.closed",
]);
/** Each code by itself: whoever floods the log with bad bodies hides no try at what is somebody else's. */
const LINES_A_MINUTE = 30;

/**
 * Counts every refusal by its code, and writes a line for each that may be a try to get past a control: without
 * permission, beyond one's reach, across sites, not as the contract says, too large, too often.
 */
export function refusalsTo(log: Logger, metrics: Metrics, clock: Clock): (refused: Refused) => void {
  const counts = new Map<ErrorCode, number>();
  const lines = new RollingBudget(clock, LINES_A_MINUTE, 60_000);
  let leftOut = 0;
  metrics.add({
    name: "gatehouse_requests_refused_total",
    help: "Requests refused since start, by reason",
    labels: ["code"],
    read: () => [...counts].map(([code, value]) => ({ labels: { code }, value })),
  });
  metrics.add({
    name: "gatehouse_refusals_not_logged_total",
    help: "Refused requests that were counted without a line in the log, because there were too many",
    read: () => leftOut,
  });
  return ({ error, endpoint: { method, path }, request, principal }) => {
    const { code } = error;
    if (ERRORS[code].fault !== "caller") return;
    counts.set(code, (counts.get(code) ?? 0) + 1);
    const beyondReach = isBeyondReach(error);
    if (!beyondReach && !isTelling(code)) return;
    if (lines.takeOrWaitMs(code) > 0) {
      leftOut++;
      return;
    }
    const { ip: address, id: requestId } = request;
    log.warn(
      {
        code,
        method,
        path,
        requestId,
        address,
        ...(beyondReach ? { beyondReach } : {}),
        ...whoOf(principal),
      },
      "http.refused",
    );
  };
}

const isTelling = (code: ErrorCode): boolean =>
  code === "auth.token_invalid" || (TELLING_STATUS.has(ERRORS[code].status) && !EVERYDAY.has(code));

function whoOf(principal: Refused["principal"]): Readonly<Record<string, unknown>> {
  if (principal === undefined) return {};
  const { tenantId } = principal;
  if (principal.kind === "device") return { tenantId, deviceId: principal.deviceId };
  const { personId, sessionId, program } = principal;
  return program === undefined ? { tenantId, personId, sessionId } : { tenantId, tokenId: program.tokenId };
}
