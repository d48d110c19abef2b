import { systemClock, systemRandom } from "@gatehouse/base";
import { accounts, LIVE_PATH } from "@gatehouse/contract";
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { type LiveBatch, LiveHub, type LiveStatus, type Watch } from "./live-hub.ts";
import { call } from "./query.ts";

function socketUrl(): string {
  const url = new URL(LIVE_PATH, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The console's one live connection; the shell starts it after log-in and stops it at log-out. */
export const liveHub = new LiveHub({
  connect: () => new WebSocket(socketUrl()),
  beforeReconnect: () => call(accounts.getMe, {}),
  clock: systemClock,
  random: systemRandom,
});

const subscribeStatus = (listener: () => void) => liveHub.onStatus(listener);

/** Live, paused, lost …; renders again when the state changes, not with every frame. */
export function useLiveState(): LiveStatus["state"] {
  return useSyncExternalStore(subscribeStatus, () => liveHub.status.state);
}

/**
 * Hears live frames as long as the component is mounted. `onGap` names a span whose frames never came (after a
 * lost connection or a pause): read it from the history.
 */
export function useLive(
  watch: Watch,
  onBatch: (batch: LiveBatch) => void,
  onGap?: (fromMs: number, toMs: number) => void,
): void {
  const hearBatch = useEffectEvent(onBatch);
  const hearGap = useEffectEvent((fromMs: number, toMs: number) => onGap?.(fromMs, toMs));
  const wish = JSON.stringify(watch);
  useEffect(
    () =>
      liveHub.listen(JSON.parse(wish) as Watch, {
        onBatch: (batch) => hearBatch(batch),
        onGap: (fromMs, toMs) => hearGap(fromMs, toMs),
      }),
    [wish],
  );
}

const NOTHING: Watch = { values: [] };

/** Messages per second over all devices, as the server counts them; undefined before the first figure. */
export function useLiveRate(): number | undefined {
  const [perSecond, setPerSecond] = useState<number>();
  useLive(NOTHING, (batch) => {
    if (batch.rate !== undefined) setPerSecond(batch.rate.perSecond);
  });
  return perSecond;
}
