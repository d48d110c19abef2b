import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object } from "../schemas.ts";

/**
 * How far the recording of an event is on its way from the camera's own machine. `asked`: the machine has not answered.
 * `gone`: it has nothing of it any more. `silent`: it has not said anything for two minutes.
 */
export const EVENT_FETCH_STATES = ["asked", "coming", "done", "gone", "cancelled", "silent"] as const;
export const EventFetch = object({
  state: Type.Unsafe<(typeof EVENT_FETCH_STATES)[number]>(
    Type.Union(EVENT_FETCH_STATES.map((state) => Type.Literal(state))),
  ),
  /** Parts that the machine has of it, those that are still to come, and their bytes. */
  segments: Type.Integer(),
  left: Type.Integer(),
  bytesLeft: Type.Integer(),
});
export type EventFetch = Static<typeof EventFetch>;

const common = {
  path: "/api/v1/camera-events/:id/fetch",
  tag: "cameras",
  audience: "operator",
  params: IdParams,
  reply: EventFetch,
  resource: { kind: "camera_event", param: "id" },
} as const;

export const fetchEvent = endpoint({
  ...common,
  method: "POST",
  permission: "recording.export",
  records: ["clip.fetched"],
  summary: "Bring an event's recording here that is kept by its camera's own machine",
  errors: ["camera_event.not_found", "camera_event.not_kept", "camera.away"],
});
export const getEventFetch = endpoint({
  ...common,
  method: "GET",
  permission: "recording.view",
  summary: "How far it is",
  errors: ["camera_event.not_found", "camera_event.not_kept"],
});
export const cancelEventFetch = endpoint({
  ...common,
  method: "DELETE",
  permission: "recording.export",
  unrecorded: "what is on its way may still arrive; that it was asked for is recorded",
  summary: "Do not bring the rest of it",
  errors: ["camera_event.not_found", "camera_event.not_kept"],
});
