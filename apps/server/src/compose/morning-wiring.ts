import type { SearchPorts } from "../features/camera-events/index.ts";
import type { NotificationsFeature } from "../features/notifications/index.ts";
import type { SettingsFeature } from "../features/settings/index.ts";

/** How an organisation hears each morning of the day before. */
export const morningsOf = (
  choices: SettingsFeature["settings"],
  notifications: () => Pick<NotificationsFeature, "notifier">,
): SearchPorts["mornings"] => ({
  timeZoneOf: (tenantId) => choices.get(tenantId).timeZone,
  unknownChannels: (...asked) => notifications().notifier.unknownChannels(...asked),
  tell: (tx, { sites, ...word }) =>
    notifications().notifier.greet(tx, {
      ...word,
      kind: "morning",
      severity: "info",
      sites: sites.map(({ siteName, people, mostAtOnce, alarms, others, verdicts, cameras }) => ({
        ...{ name: siteName, people, mostAtOnce, alarms, others, open: verdicts.none + verdicts.undecided },
        silent: cameras.flatMap(({ name, silentMinutes = 0 }) =>
          silentMinutes >= LONG_SILENCE_MINUTES ? [name] : [],
        ),
      })),
    }),
  wake: () => notifications().notifier.wake(),
});

/** Shorter ones are restarts and bad radio. */
const LONG_SILENCE_MINUTES = 30;
