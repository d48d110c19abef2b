import { virtualClock } from "@gatehouse/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerOf, type ShareDesk, shareDesk } from "./testing/share-desk.ts";
import { FILM, WISH } from "./testing/share-house.ts";

const START_MS = 1_795_000_000_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NOTHING = { status: 404, code: "share.unavailable" };
const clock = virtualClock(START_MS);
let desk: ShareDesk;
beforeAll(async () => {
  desk = await shareDesk(clock);
}, 120_000);
afterAll(() => desk.house[Symbol.asyncDispose]());
afterEach(() => desk.house.films.reset());

test("whatever does not work is answered alike: wrong, expired, revoked and used up", async () => {
  const [expired, revoked, used] = [
    await desk.share({ lifeMs: HOUR_MS }),
    await desk.share(),
    await desk.share({ maxOpenings: 1 }),
  ];
  expect((await desk.open(used.token)).status).toBe(200);
  await desk.revoke(revoked.id);
  clock.advance(HOUR_MS);
  const wrong = "A".repeat(43);
  for (const ask of [desk.find, desk.open]) {
    const answers = await Promise.all(
      [wrong, expired.token, revoked.token, used.token].map((token) => ask(token)),
    );
    expect(answers.map(answerOf)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING]);
    const bodies = answers.map(({ body: { instance: _own, ...rest } }) => rest);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  }
  expect((await desk.listed(expired.id)).state).toBe("expired");
  expect((await desk.listed(revoked.id)).state).toBe("revoked");
  expect((await desk.listed(used.id)).state).toBe("used_up");
  expect((await desk.film("B".repeat(43))).status).toBe(404);
});

test("what was opened before a link was used up plays on; for no longer than some hours", async () => {
  const made = await desk.share({ maxOpenings: 1 });
  const { view } = (await desk.open(made.token)).body;
  expect((await desk.film(view, { range: "bytes=0-0" })).status).toBe(206);
  clock.advance(4 * HOUR_MS);
  expect((await desk.film(view)).status).toBe(404);
  expect((await desk.house.ask(undefined, "GET", `/api/v1/share-views/${view}`)).status).toBe(404);
});

test("when recordings are erased their links say so and have nothing, also what was opened before", async () => {
  const made = await desk.share();
  const { view } = (await desk.open(made.token)).body;
  await desk.house.eraseSegment(desk.segmentId);
  const gone = { status: 410, code: "share.erased" };
  expect(answerOf(await desk.find(made.token))).toEqual(gone);
  expect((await desk.film(view)).status).toBe(410);
  await desk.house.followErasure(desk.tenantId, desk.cameraId);
  expect(desk.house.films.kept.has(made.id)).toBe(false);
  expect(answerOf(await desk.open(made.token))).toEqual(gone);
  expect((await desk.listed(made.id)).state).toBe("erased");
  expect((await desk.restore(made.id)).body.code).toBe("share.ended");
  const again = await desk.house.ask(desk.tenantId, "POST", `/api/v1/cameras/${desk.cameraId}/shares`, {
    ...WISH,
    ...{ fromMs: made.fromMs, toMs: made.toMs },
  });
  expect(again.body.code).toBe("segment.erased");
});

test("a revoked link ends at once, also in the middle of a film; for ten minutes that can be undone", async () => {
  const made = await desk.share();
  const { view } = (await desk.open(made.token)).body;
  const goOn = desk.house.films.halt();
  const running = await desk.film(view);
  const reader = running.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  const readOn = async () => {
    for (;;) if ((await reader?.read())?.done !== false) return "whole";
  };
  const end = readOn().catch(() => "cut");
  expect((await desk.revoke(made.id)).body).toMatchObject({
    state: "revoked",
    restorableMs: clock.nowMs() + 10 * MINUTE_MS,
  });
  goOn();
  expect(await end).toBe("cut");
  desk.house.films.slowness = async () => undefined;
  expect((await desk.film(view)).status).toBe(404);
  expect((await desk.revoke(made.id)).body.code).toBe("share.ended");
  expect((await desk.restore(made.id)).body).toMatchObject({ state: "active" });
  expect((await desk.film(view, { range: "bytes=0-9" })).status).toBe(206);
  expect(desk.house.trail.kinds().slice(-2)).toEqual(["recording.share_revoked", "recording.shared"]);
  await desk.revoke(made.id);
  clock.advance(10 * MINUTE_MS + 1);
  expect((await desk.restore(made.id)).body.code).toBe("share.ended");
  await desk.upkeep();
  expect(desk.house.films.kept.has(made.id)).toBe(false);
});

test("a link that is revoked between the question and the film shows not one byte", async () => {
  const made = await desk.share();
  const { view } = (await desk.open(made.token)).body;
  const gate = Promise.withResolvers<void>();
  desk.house.films.opening = gate.promise;
  const asked = desk.film(view);
  await expect.poll(() => desk.house.films.opened).toBeGreaterThan(0);
  await desk.revoke(made.id);
  gate.resolve();
  const answer = await asked;
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
    404,
    "share.unavailable",
  ]);
});

test("a suspended organisation shows nobody anything, from that moment on", async () => {
  const made = await desk.share();
  const { view } = (await desk.open(made.token)).body;
  const goOn = desk.house.films.halt();
  const running = await desk.film(view);
  const whole = running.arrayBuffer().then(
    () => "whole",
    () => "cut",
  );
  desk.house.suspended.add(desk.tenantId);
  desk.house.bus.publish("tenant.suspended", { tenantId: desk.tenantId });
  goOn();
  expect(await whole).toBe("cut");
  expect(answerOf(await desk.open(made.token))).toEqual(NOTHING);
  expect((await desk.film(view)).status).toBe(404);
  desk.house.suspended.clear();
});

test("after a restore every link is revoked, until somebody says otherwise", async () => {
  const made = await desk.share();
  await desk.house.shares.endAll();
  expect(answerOf(await desk.open(made.token))).toEqual(NOTHING);
  expect((await desk.restore(made.id)).body.state).toBe("active");
});

test("when a link expires its film goes, and after 90 days its row", async () => {
  const made = await desk.unmade();
  const before = desk.house.films.kept.size;
  desk.house.films.kept.set(made.id, FILM);
  await desk.house.database.pool.query(
    "update recording_shares set film_state = 'ready', film_bytes = 3000000 where id = $1",
    [made.id],
  );
  clock.advance(8 * 24 * HOUR_MS);
  await desk.upkeep();
  expect(desk.house.films.kept.size).toBeLessThanOrEqual(before);
  expect(desk.house.films.kept.has(made.id)).toBe(false);
  expect(await desk.listed(made.id)).toMatchObject({ state: "expired" });
  clock.advance(90 * 24 * HOUR_MS);
  await desk.upkeep();
  expect(await desk.listed(made.id)).toBeUndefined();
});

test("a film that a stop cut off is made after the next start; of a revoked link none", async () => {
  desk.house.films.gate = new Promise(() => undefined);
  const [cut, revoked] = await Promise.all([desk.unmade(), desk.unmade()]);
  await desk.revoke(revoked.id);
  await desk.house.shares.stop?.();
  expect(await desk.listed(cut.id)).toMatchObject({ film: { state: "waiting" } });
  desk.house.films.gate = Promise.resolve();
  const again = desk.house.make();
  await again.start?.();
  await again.idle();
  expect([desk.house.films.kept.has(cut.id), desk.house.films.kept.has(revoked.id)]).toEqual([true, false]);
  await again.stop?.();
});
