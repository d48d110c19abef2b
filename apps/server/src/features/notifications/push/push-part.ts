import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Route } from "../../../platform/http/route.ts";
import { deriveKey, type MasterKey } from "../../../platform/secrets/index.ts";
import type { AttemptDeps } from "../attempt.ts";
import type { Outbox } from "../outbox.ts";
import type { OutboxStore } from "../outbox-store.ts";
import type { NotificationSettings, PushAudience } from "../ports.ts";
import type { NotificationDatabase, SharedTransaction } from "../tables.ts";
import { createPushPost, type PushPost } from "./push-post.ts";
import { pushRoutes } from "./push-routes.ts";
import { createPushSecrets } from "./push-secrets.ts";
import { createPushService } from "./push-service.ts";
import { createPushSpread, type PushSpread } from "./push-spread.ts";
import { createPushStore } from "./push-store.ts";

interface Person {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
}

/** Messages to browsers, and the people who asked for them. */
export interface PushPart {
  readonly routes: readonly Route[];
  readonly spread: PushSpread;
  readonly post: PushPost;
  /** What is held about a person: their browsers and what they chose. */
  readonly personalData: {
    readonly name: string;
    read(person: Person): AsyncIterable<unknown>;
    erase(tx: SharedTransaction, person: Person): Promise<readonly string[]>;
  };
  /** Browsers whose session ends are told nothing more; answers how to stop listening. */
  listen(): () => void;
}

export function createPushPart(
  deps: Omit<AttemptDeps, "log"> & {
    readonly db: NotificationDatabase;
    readonly bus: Bus;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly masterKey: MasterKey;
    readonly audit: AuditTrail;
    readonly settings: NotificationSettings;
    readonly audience: PushAudience;
    readonly outbox: Outbox;
    readonly deliveries: OutboxStore;
  },
): PushPart {
  const { bus, db, log, masterKey, settings } = deps;
  const store = createPushStore(db);
  const key = deriveKey(masterKey, "notifications/push");
  const pushSecrets = createPushSecrets({ ...deps, store, key, publicUrl: () => settings.publicUrl() });
  const post = createPushPost({ ...deps, store, pushSecrets });
  const service = createPushService({ ...deps, store, pushSecrets, post });
  return {
    routes: pushRoutes(service),
    spread: createPushSpread({ ...deps, store }),
    post,
    personalData: {
      name: "push",
      async *read({ tenantId, personId }) {
        const choices = await store.choices(tenantId, [personId]);
        for (const choice of choices.values()) yield { choices: choice };
        for (const { label, createdMs, lastOkMs } of await store.ofPerson(tenantId, personId))
          yield { browser: label, since: createdMs, lastToldMs: lastOkMs };
      },
      async erase(tx, { tenantId, personId }) {
        await createPushStore(tx).dropPerson(tenantId, personId);
        return [];
      },
    },
    listen: () =>
      bus.subscribe("session.ended", ({ sessionId }) => {
        store.dropSession(sessionId).catch((err: unknown) => log.warn({ err }, "push.session_not_dropped"));
      }),
  };
}
