import { type Clock, isAppError, type Logger, type Uuid } from "@gatehouse/base";
import type { Outcome, PushAddress } from "../plugins/notifier-plugin.ts";
import type { PushSecrets } from "./push-secrets.ts";
import type { PushStore } from "./push-store.ts";

/** Where the browsers are, and what became of messages to them. */
export interface PushPost {
  /** As a part of a message; undefined for a browser that is gone, and one whose keys cannot be opened. */
  addressOf(tenantId: Uuid, deviceId: Uuid): Promise<{ readonly push: PushAddress } | undefined>;
  /** A browser that its push service does not know any more is forgotten (RFC 8030 §7.3). */
  note(deviceId: Uuid, outcome: Outcome): Promise<void>;
}

export function createPushPost(deps: {
  readonly store: PushStore;
  readonly pushSecrets: PushSecrets;
  readonly clock: Clock;
  readonly log: Logger;
}): PushPost {
  const { clock, log, pushSecrets, store } = deps;
  return {
    async addressOf(tenantId, deviceId) {
      const device = await store.find(tenantId, deviceId);
      if (device === undefined) return undefined;
      try {
        const subscription = pushSecrets.open(deviceId, device.sealed);
        return { push: { ...subscription, vapid: await pushSecrets.vapid() } };
      } catch (error) {
        if (!isAppError(error, "secret.unreadable")) throw error;
        return undefined;
      }
    },
    async note(deviceId, outcome) {
      if (outcome.ok) return store.noteSuccess(deviceId, clock.nowMs());
      if (outcome.code !== "target_gone") return store.noteFailure(deviceId);
      log.info({ pushDeviceId: deviceId }, "push.device_gone");
      await store.drop(deviceId);
    },
  };
}
