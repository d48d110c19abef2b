import type { AlertsFeature, CameraEvents } from "../features/alerts/index.ts";
import type { AlertPictures, LinkedEvents } from "../features/notifications/index.ts";
import type { CameraFeatures } from "./camera-wiring.ts";

type Cameras = Pick<CameraFeatures, "alarmPictures" | "events">;

/** What alerts ask of the events of cameras. */
export const cameraEventsOf = (cameras: () => Cameras): CameraEvents => ({
  find: (eventId) => cameras().events.find(eventId),
  alarmsSince: (sinceMs) => cameras().events.alarmsSince(sinceMs),
  eventsIn: (...asked) => cameras().events.eventsIn(...asked),
});

/** What messages about alerts ask of them. */
export const messagesAboutEvents = (
  alerts: () => Pick<AlertsFeature, "eventIdOf">,
  cameras: () => Cameras,
): { readonly pictures: AlertPictures; readonly events: LinkedEvents } => ({
  events: { find: (eventId) => cameras().events.find(eventId) },
  pictures: {
    async ofAlert(alertId) {
      const eventId = await alerts().eventIdOf(alertId);
      const event = eventId === undefined ? undefined : await cameras().events.find(eventId);
      return event && cameras().alarmPictures.of(event);
    },
  },
});
