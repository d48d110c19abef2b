/** Background work on pg-boss: survives restarts, runs at most once at a time per queue unless told. */
export interface JobDefinition<T extends object = object> {
  /** `<feature>.<what>`, e.g. `telemetry.rollup`. */
  readonly name: string;
  /** Cron (UTC, 5 fields) for recurring work. */
  readonly cron?: string;
  readonly retryLimit?: number;
  readonly retryDelaySeconds?: number;
  readonly retryBackoff?: boolean;
  readonly expireInSeconds?: number;
  /** Jobs run at the same time; 1 unless told. */
  readonly concurrency?: number;
  run(data: T, signal: AbortSignal): Promise<void>;
}

export interface Jobs {
  /** Enqueues now or after `delaySeconds`; with `singletonKey` a second one with the same key is dropped while the first waits. */
  send<T extends object>(
    name: string,
    data: T,
    options?: { delaySeconds?: number; singletonKey?: string },
  ): Promise<void>;
}
