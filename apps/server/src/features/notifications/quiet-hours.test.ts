import type { alerts } from "@gatehouse/contract";
import { describe, expect, test } from "vitest";
import { assertQuietHours, hushOf } from "./quiet-hours.ts";
import { httpDouble } from "./testing/doubles.ts";
import { type OutboxHouse, openOutboxHouse } from "./testing/outbox-house.ts";
import { pushService } from "./testing/push-service.ts";
import { webhook } from "./testing/settings.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const NIGHT: alerts.QuietHours = {
  spans: [{ days: EVERY_DAY, fromMinute: 22 * 60, toMinute: 7 * 60 }],
  passes: "critical",
  rest: "summary",
};
/** Of a day in Paris, in winter (UTC + 1) unless told. */
const paris = (clock: string, day = "2026-01-15", offset = "+01:00") =>
  Date.parse(`${day}T${clock}:00${offset}`);

describe("whether it is quiet", () => {
  test("goes by the clock on the wall of the organisation, or of the zone that is named", () => {
    const at = (atMs: number, quiet = NIGHT) => hushOf(quiet, "warning", atMs, "Europe/Paris");
    expect(at(paris("21:59"))).toBe("none");
    expect(at(paris("22:00"))).toBe("deferred");
    expect(at(paris("06:59"))).toBe("deferred");
    expect(at(paris("07:00"))).toBe("none");
    // In the night in which the clocks go forward and back, too.
    expect(at(paris("06:30", "2026-03-29", "+02:00"))).toBe("deferred");
    expect(at(paris("07:00", "2026-10-25", "+01:00"))).toBe("none");
    const tokyo = { ...NIGHT, timeZone: "Asia/Tokyo" };
    expect(at(Date.parse("2026-01-15T22:30:00+09:00"), tokyo)).toBe("deferred");
    expect(at(paris("23:00"), tokyo)).toBe("none");
  });

  test("what is critical passes where that is chosen", () => {
    const critical = (quiet: alerts.QuietHours) => hushOf(quiet, "critical", paris("23:00"), "Europe/Paris");
    expect(critical(NIGHT)).toBe("none");
    expect(critical({ ...NIGHT, passes: "nothing" })).toBe("deferred");
    expect(critical({ ...NIGHT, passes: "nothing", rest: "drop" })).toBe("muted");
  });

  test("a span that begins where it ends is refused, and a zone that nobody knows", () => {
    const check = (part: Partial<alerts.QuietHours>) => () =>
      assertQuietHours({ ...NIGHT, ...part }, "channel.invalid");
    expect(check({})).not.toThrow();
    expect(check({ spans: [{ days: [1], fromMinute: 0, toMinute: 1440 }] })).not.toThrow();
    expect(check({ spans: [{ days: [1], fromMinute: 60, toMinute: 60 }] })).toThrow();
    expect(check({ timeZone: "Europe/Gatehouse" })).toThrow();
  });
});

/** From now until in three hours. */
const soon = (house: OutboxHouse, part: Partial<alerts.QuietHours> = {}): alerts.QuietHours => {
  const utc = new Date(house.nowMs());
  const minute = utc.getUTCHours() * 60 + utc.getUTCMinutes();
  const span = { days: EVERY_DAY, fromMinute: (minute + 1440 - 5) % 1440, toMinute: (minute + 180) % 1440 };
  return { ...NIGHT, spans: [span], timeZone: "UTC", ...part };
};
const states = async (house: OutboxHouse) => (await house.outbox()).map(({ state }) => state);
const told = ({ body }: { body: string }) =>
  JSON.parse(body) as { event: string; subject: string; text: string };

describe("a channel in its quiet hours", () => {
  test("sends what is critical, and the rest in one message at their end", async () => {
    await using double = await httpDouble();
    await using house = await openOutboxHouse();
    const quietHours = soon(house);
    const { id } = await house.addChannel(webhook(double.url), { quietHours });
    await house.notify([id], { ruleName: "Too warm" });
    await house.notify([id], { ruleName: "Too humid", severity: "info" });
    expect(double.received).toEqual([]);
    expect(await states(house)).toEqual(["deferred", "deferred"]);
    await house.notify([id], { severity: "critical" });
    expect(double.received).toHaveLength(1);
    await house.later(HOUR_MS);
    expect(double.received).toHaveLength(1);
    await house.later(3 * HOUR_MS);
    expect(double.received.slice(1).map(told)).toMatchObject([
      { event: "summary", severity: "warning", subject: "2 messages in quiet hours" },
    ]);
    const { text = "" } = double.received.slice(1).map(told)[0] ?? {};
    expect(text.split("\n")).toMatchObject([
      expect.stringContaining("Too warm: cellar-1"),
      expect.stringContaining("Too humid: cellar-1"),
    ]);
    expect((await states(house)).toSorted()).toEqual(["sent", "sent", "summed", "summed"]);
  });

  test("keeps what it holds over a crash, and tells a single message as it is", async () => {
    await using double = await httpDouble();
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook(double.url), { quietHours: soon(house) });
    await house.notify([id]);
    await house.feature.stop?.();
    const another = house.another();
    await another.start?.();
    await house.later(4 * HOUR_MS);
    await expect.poll(() => double.received.map(told)).toMatchObject([{ event: "alert.raised" }]);
    await another.idle();
    await another.stop?.();
  });

  test("drops the rest where that is chosen, visibly, and a person can send it all the same", async () => {
    await using double = await httpDouble();
    await using house = await openOutboxHouse();
    const { id } = await house.addChannel(webhook(double.url), { quietHours: soon(house, { rest: "drop" }) });
    await house.notify([id]);
    await house.later(4 * HOUR_MS);
    expect(double.received).toEqual([]);
    const [muted] = await house.outbox();
    expect(muted).toMatchObject({ state: "muted", error: { code: "quiet_hours" } });
    await house.call("POST /api/v1/outbox/:id/retry", { params: { id: muted?.id } });
    await house.settled();
    expect(double.received.map(told)).toMatchObject([{ event: "alert.raised" }]);
  });

  test("that is told to keep quiet no longer sends at once", async () => {
    await using double = await httpDouble();
    await using house = await openOutboxHouse();
    const settings = webhook(double.url);
    const { id } = await house.addChannel(settings, { quietHours: soon(house) });
    await house.notify([id]);
    const body = {
      name: "Hook",
      enabled: true,
      settings,
      minSeverity: "info",
      allowPrivate: true,
      dailyCap: 9,
    };
    const changed = await house.call<alerts.Channel>("PUT /api/v1/channels/:id", { params: { id }, body });
    expect(changed.quietHours).toBeUndefined();
    await house.later(6_000);
    expect(double.received.map(told)).toMatchObject([{ event: "alert.raised" }]);
  });
});

test("a person's own quiet hours hold on each of their browsers, and on nobody else's", async () => {
  await using service = await pushService();
  await using house = await openOutboxHouse();
  const { id } = await house.addChannel({ kind: "web_push", personIds: [] });
  const [ada, bob] = [1, 2].map((n) => ({
    personId: `0198f000-0000-7000-8000-00000000010${n}`,
    sessionId: `0198f000-0000-7000-8000-00000000020${n}`,
  }));
  for (const who of [ada, ada, bob])
    await house.call("POST /api/v1/push/devices", {
      body: { ...service.subscribe(), label: "Phone" },
      ...(who && { who }),
    });
  const choices = { minSeverity: "info", quietHours: soon(house) };
  await house.call("PUT /api/v1/push", { body: choices, ...(ada && { who: ada }) });
  await house.notify([id], { ruleName: "One" });
  await house.notify([id], { ruleName: "Two" });
  expect(service.messages.map(({ path }) => path)).toEqual(["/push/browser-3", "/push/browser-3"]);
  await house.later(4 * HOUR_MS);
  const summaries = service.messages.slice(2);
  expect(summaries.map(({ path }) => path).toSorted()).toEqual(["/push/browser-1", "/push/browser-2"]);
  expect(summaries[0]?.payload).toMatchObject({ title: "2 messages in quiet hours", url: "/alerts" });
});
