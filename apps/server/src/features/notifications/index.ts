import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Controls } from "../../platform/controls.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { deriveKey, type MasterKey } from "../../platform/secrets/index.ts";
import { type Caps, DEFAULT_CAPS } from "./caps.ts";
import { createChannelSecrets } from "./channel-secrets.ts";
import { createChannelService } from "./channel-service.ts";
import { createChannelStore } from "./channel-store.ts";
import { DayLimits } from "./day-limits.ts";
import { createWordSeal, type DirectCaps, type DirectMessage, type Medium } from "./direct-message.ts";
import { DirectSender } from "./direct-sender.ts";
import { createDirectStore } from "./direct-store.ts";
import { createEventLinks, type EventLinks } from "./event-links.ts";
import { notificationJobs } from "./jobs.ts";
import { queueDirect } from "./messenger.ts";
import { createNotifications as createTables } from "./migrations/001-notifications.ts";
import { addFailureCodes } from "./migrations/002-failure-codes.ts";
import { addDirectMessages } from "./migrations/003-direct-messages.ts";
import { addPushAndQuietHours } from "./migrations/004-push-and-quiet-hours.ts";
import { needsOf } from "./needs.ts";
import { createOutbox } from "./outbox.ts";
import { createOutboxQueryStore } from "./outbox-query-store.ts";
import { createOutboxService } from "./outbox-service.ts";
import { createOutboxStore, outboxStoreIn } from "./outbox-store.ts";
import type {
  AlertPictures,
  AlertTrail,
  Announcement,
  LinkedEvents,
  Morning,
  Notice,
  NotificationSettings,
  People,
  PushAudience,
} from "./ports.ts";
import { createPushPart, type PushPart } from "./push/push-part.ts";
import { QuietEnd } from "./quiet-end.ts";
import { notificationResources } from "./resource-store.ts";
import { notificationRoutes } from "./routes.ts";
import { Sender } from "./sender.ts";
import type { CallerTransaction, NotificationDatabase, SharedTransaction } from "./tables.ts";

export type { DirectMessage } from "./direct-message.ts";
export type {
  AlertPictures,
  AlertTrail,
  LinkedEvents,
  Notice,
  NotificationSettings,
  PushAudience,
} from "./ports.ts";
export type { NotificationTables } from "./tables.ts";

export const notificationsMigrations: FeatureMigrations = {
  feature: "notifications",
  migrations: [createTables, addFailureCodes, addDirectMessages, addPushAndQuietHours],
};

export interface NotificationsDeps {
  readonly db: NotificationDatabase;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly settings: NotificationSettings;
  readonly people: People;
  readonly audience: PushAudience;
  readonly trail: AlertTrail;
  readonly pictures: AlertPictures;
  readonly events: LinkedEvents;
  readonly audit: AuditTrail;
  readonly caps?: Caps;
  readonly controls?: Controls;
  directCaps(tenantId: Uuid, medium: Medium): DirectCaps;
  /** Time of one attempt. */
  readonly attemptMs?: number;
}

export interface NotificationsFeature extends Feature {
  readonly notifier: {
    /** Queues messages in the caller's transaction. */
    enqueue<Tables>(tx: CallerTransaction<Tables>, notice: Notice): Promise<void>;
    /** The same to every channel of the organisation, in the transaction of a feature that knows nothing of tables. */
    announce(tx: SharedTransaction, announcement: Announcement): Promise<void>;
    /** What happened before cameras yesterday, to the channels that are named. */
    greet(tx: SharedTransaction, morning: Morning): Promise<void>;
    /** After the commit: sends now rather than at the next look. */
    wake(): void;
    unknownChannels(tenantId: Uuid, channelIds: readonly Uuid[]): Promise<readonly Uuid[]>;
    channelNames(tenantId: Uuid): Promise<ReadonlyMap<Uuid, string>>;
  };
  readonly messenger: {
    /** Queues a message to a person in the caller's transaction. */
    send(tx: SharedTransaction, message: DirectMessage): Promise<void>;
    /** After the commit: sends now rather than at the next look. */
    wake(): void;
    /** Whether a day's limit would keep it from being sent; only for those who have proven whose the address is. */
    isUsedUp: DayLimits["isUsedUp"];
    /** Messages that a day's limit stopped since start. */
    capped(): DirectSender["capped"];
  };
  /** What is held here about people: for an account's export and its erasure. */
  readonly personalData: PushPart["personalData"];
  /** Short links of messages, since start. */
  eventLinkStats: EventLinks["stats"];
  needs(tenantId: Uuid): ReturnType<typeof needsOf>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
}

export function createNotifications(deps: NotificationsDeps): NotificationsFeature {
  const { audit, bus, clock, db, log, masterKey, people, random, settings } = deps;
  const channels = createChannelStore(db);
  const deliveries = createOutboxStore(db);
  const queries = createOutboxQueryStore(db);
  const secrets = createChannelSecrets(deriveKey(masterKey, "notifications"), random);
  const eventLinks = createEventLinks({
    ...deps,
    key: deriveKey(masterKey, "notifications/event-links"),
    publicUrl: () => settings.publicUrl(),
  });
  const outbox = createOutbox({ settings, people, clock, random, eventUrl: eventLinks.urlOf });
  const push = createPushPart({ ...deps, channels, secrets, outbox, deliveries });
  const { spread, post } = push;
  const sender = new Sender({
    ...deps,
    outbox: deliveries,
    channels,
    secrets,
    spread,
    post,
    quietEnd: new QuietEnd({ db, deliveries, channels, outbox, spread, clock, log }),
    caps: deps.caps ?? DEFAULT_CAPS,
  });
  const seal = createWordSeal(deriveKey(masterKey, "notifications/direct"), random);
  const direct = createDirectStore(db);
  const directSender = new DirectSender({
    ...deps,
    outbox: deliveries,
    channels,
    secrets,
    direct,
    seal,
    caps: deps.directCaps,
  });
  const dayLimits = new DayLimits({ direct, seal, clock, caps: deps.directCaps });
  const channelService = createChannelService({
    channels,
    queries,
    outbox,
    sender,
    spread,
    secrets,
    clock,
    random,
    audit,
  });
  const outboxService = createOutboxService({
    deliveries,
    queries,
    outbox,
    sender,
    direct: directSender,
    seal,
    clock,
    audit,
  });
  let leave: (() => void)[] = [];
  return {
    name: "notifications",
    names: [
      {
        kind: "notification_channel",
        permission: "channel.read",
        list: ({ tenantId }) => channels.list(tenantId),
      },
    ],
    routes: [...notificationRoutes(channelService, outboxService), ...eventLinks.routes, ...push.routes],
    resources: notificationResources(db),
    jobs: notificationJobs({ queries, direct, settings, clock, log }),
    async start() {
      // An alert changed, so its messages are committed.
      leave = [bus.subscribe("alert.changed", () => sender.wake()), push.listen()];
      sender.start();
      directSender.start();
    },
    async stop() {
      for (const one of leave.splice(0)) one();
      await Promise.all([sender.stop(), directSender.stop()]);
    },
    notifier: {
      enqueue: (tx, notice) => outbox.enqueue(outboxStoreIn(tx), notice),
      greet: (tx, morning) => outbox.enqueue(createOutboxStore(tx), morning),
      announce: (tx, announcement) => outbox.enqueue(createOutboxStore(tx), announcement),
      wake: () => sender.wake(),
      channelNames: async (tenantId) =>
        new Map((await channels.list(tenantId)).map(({ id, name }) => [id, name])),
      async unknownChannels(tenantId, channelIds) {
        if (channelIds.length === 0) return [];
        const known = new Set((await channels.list(tenantId)).map(({ id }) => id));
        return channelIds.filter((id) => !known.has(id));
      },
    },
    messenger: {
      send: (tx, message) => queueDirect(createOutboxStore(tx), message, { seal, clock, random }),
      wake: () => directSender.wake(),
      isUsedUp: (message) => dayLimits.isUsedUp(message),
      capped: () => directSender.capped,
    },
    personalData: push.personalData,
    eventLinkStats: eventLinks.stats,
    needs: (tenantId) => needsOf(tenantId, { channels, queries, dayLimits }),
    async idle() {
      await Promise.all([sender.idle(), directSender.idle()]);
    },
  };
}
