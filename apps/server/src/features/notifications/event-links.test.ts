import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpDouble } from "./testing/doubles.ts";
import { type OutboxHouse, openOutboxHouse } from "./testing/outbox-house.ts";

let house: OutboxHouse;
beforeEach(async () => {
  house = await openOutboxHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const DAY_MS = 86_400_000;
const open = (token: string, tenantId = house.tenantId) =>
  house.call<{ eventId: string }>("GET /api/v1/event-links/:token", { params: { token }, tenantId });
const refusal = expect.objectContaining({ code: "link.invalid", fields: {} });

/** Sends an alert about the event to a webhook; answers the token of the link in the message. */
async function tokenFor(eventId: string): Promise<string> {
  await using double = await httpDouble();
  const channel = await house.addChannel({ kind: "webhook", url: double.url, secret: "0123456789abcdef" });
  await house.notify([channel.id], {
    condition: { kind: "event", events: ["person"] },
    event: { id: eventId, kind: "person", startMs: 0, labels: ["person"], count: 1, score: 0.9, zones: [] },
  });
  await house.settled();
  const { link } = JSON.parse(double.received[0]?.body ?? "") as { link: string };
  expect(new URL(link).pathname.length).toBeLessThanOrEqual(60);
  expect(link).toMatch(/^https:\/\/gatehouse\.example\/e\//);
  return link.slice(link.lastIndexOf("/") + 1);
}

test("a short link of a message leads to its event for a week, and that is counted", async () => {
  const eventId = randomUUID();
  house.linked.set(eventId, { tenantId: house.tenantId });
  const token = await tokenFor(eventId);
  expect(await open(token)).toEqual({ eventId });
  await house.later(7 * DAY_MS + 1_000);
  await expect(open(token)).rejects.toEqual(refusal);
  expect(house.feature.eventLinkStats()).toEqual({ opened: 1, refused: 1 });
});

test("whatever is wrong with a link, the answer is the same", async () => {
  const eventId = randomUUID();
  house.linked.set(eventId, { tenantId: house.tenantId });
  const token = await tokenFor(eventId);
  const forged = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
  for (const wrong of ["x", forged, `${token}A`]) await expect(open(wrong)).rejects.toEqual(refusal);
  await expect(open(token, randomUUID())).rejects.toEqual(refusal);
  house.linked.delete(eventId);
  await expect(open(token)).rejects.toEqual(refusal);
  expect(house.feature.eventLinkStats()).toEqual({ opened: 0, refused: 5 });
});
