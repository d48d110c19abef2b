import { AppError, type Clock } from "@gatehouse/base";
import { devices, LIMITS } from "@gatehouse/contract";
import type { DevicePrincipal } from "../../platform/http/principal.ts";
import { type Call, type Route, route } from "../../platform/http/route.ts";
import type { TenantRates } from "./counters.ts";
import type { Intake } from "./intake.ts";
import type { Pacer } from "./pacer.ts";
import type { GatewaySettings } from "./ports.ts";
import { type Source, sourceOf, toReading } from "./readings.ts";
import type { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";
import { isRecord, readSample, type TimeWindow, timeWindow } from "./samples.ts";

export interface HttpIngestParts {
  readonly clock: Clock;
  readonly intake: Intake;
  readonly pacer: Pacer;
  readonly refusals: Refusals;
  readonly accepted: TenantRates;
  readonly settings: GatewaySettings;
}

const RETRY_AFTER_SECONDS = 2;

/** `POST /api/v1/ingest`: what is answered with 200 is committed, and every reading that is not taken is named. */
export function ingestRoute(parts: HttpIngestParts): Route {
  const ingest = async ({ principal, body, address, reply }: Call<typeof devices.ingest>) => {
    const caller = { ...principal, via: "http", address };
    const refuse = (refused: Refused): Refused => {
      parts.refusals.add(refused, caller);
      return refused;
    };
    if (!parts.pacer.take(principal.deviceId)) {
      reply.header("retry-after", String(RETRY_AFTER_SECONDS));
      throw toError(refuse(new Refused("message.rate_limited")));
    }
    const batch = batchOf(body);
    if (batch instanceof Refused) throw toError(refuse(batch));
    const results = await storeAll(parts, principal, batch ?? [body]);
    const busy = results.find((result) => result instanceof AppError);
    if (busy !== undefined) {
      refuse(new Refused(busy.code));
      reply.header("retry-after", String(RETRY_AFTER_SECONDS));
      throw busy;
    }
    const refused = results.flatMap((result, index) =>
      result instanceof Refused ? [{ index, ...refuse(result) }] : [],
    );
    const [only] = refused;
    if (batch === undefined && only !== undefined) throw toError(new Refused(only.code, only.detail));
    return {
      accepted: results.length - refused.length,
      refused: refused.map(({ index, code, detail }) => ({
        index,
        code,
        ...(detail === undefined ? {} : { detail }),
      })),
    };
  };
  return route(devices.ingest, ingest, (device, address, code) =>
    parts.refusals.add(new Refused(code), { ...device, via: "http", address }),
  );
}

/** The readings of a batch; undefined when the body is a single reading. */
function batchOf(body: unknown): readonly unknown[] | Refused | undefined {
  const list = isRecord(body) && Array.isArray(body.readings) ? (body.readings as unknown[]) : body;
  if (!Array.isArray(list)) return undefined;
  if (list.length === 0) return new Refused("message.malformed", "empty list");
  if (list.length > LIMITS.batchReadings)
    return new Refused("message.too_large", `more than ${LIMITS.batchReadings} readings`);
  return list;
}

type Result = Refused | AppError | undefined;

/** Per reading: taken (undefined), refused for what it says, or the error that means "come again". */
function storeAll(
  parts: HttpIngestParts,
  principal: DevicePrincipal,
  items: readonly unknown[],
): Promise<Result[]> {
  const source = sourceOf({ ...principal, name: "" });
  const window = timeWindow(parts.clock.nowMs(), parts.settings.get(principal.tenantId).maxTimestampPastDays);
  return Promise.all(items.map((item) => storeOne(parts, source, item, window)));
}

async function storeOne(
  parts: HttpIngestParts,
  source: Source,
  item: unknown,
  window: TimeWindow,
): Promise<Result> {
  const sample = readSample(item, window);
  const reading = sample instanceof Refused ? sample : toReading(source, sample, window.receivedMs);
  if (reading instanceof Refused) return reading;
  return new Promise((resolve) => {
    const settled = (error?: AppError): void => {
      if (error === undefined) parts.accepted.add(source.tenantId);
      const isCallers = error?.row.fault === "caller";
      resolve(isCallers ? new Refused(error.code) : error);
    };
    if (!parts.intake.trySubmit(reading, settled))
      resolve(new AppError("server.busy", { retryAfterSeconds: RETRY_AFTER_SECONDS }));
  });
}

const toError = ({ code, detail }: Refused): AppError =>
  new AppError(code, detail === undefined ? {} : { detail });
