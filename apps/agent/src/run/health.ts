import type { Logger } from "@gatehouse/base";
import type { DeviceChannel } from "@gatehouse/device-client";
import { rounded, type Values } from "../sensors/sensor.ts";
import type { Spool } from "../spool/spool.ts";
import type { RemoteSettingsKeeper } from "./remote-settings.ts";
import type { TimeKeeper } from "./time-keeper.ts";

export interface HealthParts {
  readonly spool: Spool;
  readonly channel: Pick<DeviceChannel, "connects">;
  readonly time: TimeKeeper;
  readonly settings: RemoteSettingsKeeper;
  readonly log: Logger;
  /** Records that were neither sent nor dropped from the store: the disk or the server did not take them. */
  readonly lostElsewhere: () => number;
}

/** The agent's own state as metrics of its reading; says once when its store had to give records up. */
export class Health {
  readonly #parts: HealthParts;
  #toldDropped: number;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#toldDropped = parts.spool.stats.droppedCount;
  }

  measure(): Values {
    const { spool, channel, time, settings, lostElsewhere } = this.#parts;
    const { depth, sizeBytes, droppedCount } = spool.stats;
    this.#tellDropped(droppedCount);
    const { offsetMs } = time;
    return {
      queueDepth: depth,
      queueBytes: sizeBytes,
      queueDropped: droppedCount + lostElsewhere(),
      reconnects: Math.max(0, channel.connects - 1),
      agentMemory: rounded(process.memoryUsage.rss() / 1e6, 1),
      ...(offsetMs === undefined ? {} : { clockOffset: rounded(offsetMs / 1000, 1) }),
      clockSet: time.isClockSet,
      configVersion: settings.version,
    };
  }

  #tellDropped(droppedCount: number): void {
    const dropped = droppedCount - this.#toldDropped;
    if (dropped <= 0) return;
    this.#toldDropped = droppedCount;
    this.#parts.log.error({ dropped, droppedCount }, "store.dropped");
  }
}
