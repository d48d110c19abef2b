import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, Uuid } from "../schemas.ts";

/** Where the console opens a short link of a message: `/e/<token>`. */
export const EVENT_LINK_PATH = "/e/";

export const openEventLink = endpoint({
  method: "GET",
  path: "/api/v1/event-links/:token",
  tag: "notifications",
  audience: "operator",
  permission: "recording.view",
  partial: true,
  summary: "Which event of a camera the short link of a message leads to",
  params: object({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
  reply: object({ eventId: Uuid }),
  errors: ["link.invalid"],
  perMinute: 60,
});
