import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { type DevicesContext, getRecord } from "../context.ts";
import { likePattern } from "../inventory/search.ts";
import type { Alongside } from "./device-log.ts";
import { isStorable, type LogLine, type SentLine } from "./log-line.ts";
import { listLogLines } from "./log-store.ts";
import { RateLimiter } from "./rate-limiter.ts";

/** A device that says more than this has a fault, and its neighbours' lines matter too. */
const LINES_PER_SECOND = 50;
const LINES_AT_ONCE = 200;

/** Who sent log lines, and how. */
export interface LogSender {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly via: string;
  readonly address: string;
}

export interface AppendedLines {
  readonly accepted: number;
  readonly refused: number;
  /** Those of the refused that were beyond the rate. */
  readonly limited: number;
}

/** Log lines from devices, and the log of a device as people read it. */
export class LogService {
  readonly #context: DevicesContext;
  readonly #rate: RateLimiter;

  constructor(context: DevicesContext) {
    this.#context = context;
    this.#rate = new RateLimiter(context.clock, { perSecond: LINES_PER_SECOND, burst: LINES_AT_ONCE });
  }

  /**
   * Keeps the first lines that fit the device's rate and can be stored exactly; resolves when they are committed.
   * What is refused is published by reason and counted. `alongside` runs in the transaction of the lines, also when
   * none of them is kept.
   */
  async append(sender: LogSender, lines: readonly SentLine[], alongside?: Alongside): Promise<AppendedLines> {
    const { tenantId, deviceId } = sender;
    const granted = lines.slice(0, this.#rate.take(deviceId, lines.length));
    const kept = granted.filter(isStorable);
    if (granted.length < lines.length)
      this.#refuse(sender, "message.rate_limited", lines.length - granted.length);
    if (kept.length < granted.length) this.#refuse(sender, "message.schema", granted.length - kept.length);
    if (kept.length > 0 || alongside !== undefined)
      await this.#context.deviceLog.write(
        kept.map((line) => toLogLine({ tenantId, deviceId }, line)),
        alongside,
      );
    const limited = lines.length - granted.length;
    return { accepted: kept.length, refused: lines.length - kept.length, limited };
  }

  async list(
    tenantId: Uuid,
    deviceId: Uuid,
    page: {
      readonly beforeId: number | undefined;
      readonly limit: number;
      readonly kind?: string | undefined;
      readonly q?: string | undefined;
    },
  ): Promise<{ items: devices.DeviceLogEntry[]; next?: string }> {
    getRecord(this.#context, tenantId, deviceId);
    await this.#context.deviceLog.flush();
    const { beforeId, limit, kind, q } = page;
    const pattern = q === undefined || q === "" ? undefined : likePattern(q);
    const found = await listLogLines(this.#context.db, tenantId, deviceId, {
      beforeId,
      limit,
      kind,
      pattern,
    });
    return {
      items: found.items,
      ...(found.nextId === undefined ? {} : { next: String(found.nextId) }),
    };
  }

  sweep(): void {
    this.#rate.sweep();
  }

  #refuse(sender: LogSender, code: "message.rate_limited" | "message.schema", lines: number): void {
    const atMs: UnixMs = this.#context.clock.nowMs();
    for (let i = 0; i < lines; i++)
      this.#context.bus.publish("message.refused", { ...sender, code, detail: "log", atMs });
  }
}

function toLogLine(device: Pick<LogLine, "tenantId" | "deviceId">, line: SentLine): LogLine {
  const { kind = "log", level = "info", message, data, tsMs } = line;
  return { ...device, kind, level, message, tsMs, ...(data === undefined ? {} : { data }) };
}
