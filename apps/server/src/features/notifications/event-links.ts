import { AppError, type Clock, type Logger, type Uuid } from "@gatehouse/base";
import { alerts } from "@gatehouse/contract";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import { type Route, route } from "../../platform/http/route.ts";
import { createShortLinks } from "../../platform/secrets/index.ts";
import type { LinkedEvents } from "./ports.ts";

const LINK_MS = 7 * 86_400_000;

export interface EventLinks {
  /** Of the console; it leads to the event after logging in, for a week. */
  urlOf(this: void, eventId: Uuid): string;
  readonly routes: readonly Route[];
  /** Since start. */
  stats(): { readonly opened: number; readonly refused: number };
}

export function createEventLinks(deps: {
  readonly key: Uint8Array;
  readonly events: LinkedEvents;
  publicUrl(): string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly controls?: Controls;
}): EventLinks {
  const { clock, controls = ALL_ON, events, log } = deps;
  const links = createShortLinks(deps.key, controls.linkSignature);
  let opened = 0;
  let refused = 0;

  /** Whatever is wrong with it, the answer is the same: also for an event of another organisation. */
  const open = async (tenantId: Uuid, personId: Uuid, token: string): Promise<Uuid> => {
    const eventId = links.open(token, clock.nowMs());
    const event = eventId === undefined ? undefined : await events.find(eventId);
    if (eventId === undefined || event?.tenantId !== tenantId) {
      refused++;
      log.info({ personId }, "event_link.refused");
      throw new AppError("link.invalid");
    }
    opened++;
    log.info({ personId, eventId }, "event_link.opened");
    return eventId;
  };

  return {
    urlOf: (eventId) =>
      `${deps.publicUrl()}${alerts.EVENT_LINK_PATH}${links.make(eventId, clock.nowMs() + LINK_MS)}`,
    routes: [
      route(alerts.openEventLink, async ({ principal, params }) => ({
        eventId: await open(principal.tenantId, principal.personId, params.token),
      })),
    ],
    stats: () => ({ opened, refused }),
  };
}
