import type { Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_ACTIVE } from "./model.ts";
import { answerOf, type ShareDesk, shareDesk } from "./testing/share-desk.ts";
import { WISH } from "./testing/share-house.ts";

const clock = virtualClock(1_795_000_000_000);
let desk: ShareDesk;
beforeAll(async () => {
  desk = await shareDesk(clock);
}, 120_000);
afterAll(() => desk.house[Symbol.asyncDispose]());

/** Half a minute of each of three cameras. */
async function lend(wish: Partial<typeof WISH> = {}) {
  const { house, tenantId } = desk;
  const fromMs = clock.nowMs() - 300_000;
  const clips = [];
  for (let n = 0; n < 3; n++) {
    const cameraId = house.addCamera(tenantId);
    const segmentId = await house.record(tenantId, cameraId, fromMs);
    clips.push({ cameraId, segmentId, fromMs: fromMs + 10_000, toMs: fromMs + 40_000 });
  }
  const spans = clips.map(({ segmentId: _, ...span }) => span);
  const made = await house.shares.lending.lend({ tenantId, personId: tenantId }, spans, { ...WISH, ...wish });
  await house.shares.idle();
  return { clips, shares: made.shares, token: made.url.split("#")[1] as string };
}

interface Opened {
  readonly view: string;
  readonly more: readonly { readonly view: string; readonly clip: { readonly number: number } }[];
}

test("one link opens every clip that was lent with it, each with a watermarked film of its own", async () => {
  const { clips, shares, token } = await lend();
  const { body } = (await desk.open(token)) as { body: Opened };
  expect(body.more.map(({ clip }) => clip.number)).toEqual(shares.slice(1).map(({ number }) => number));
  for (const view of [body.view, ...body.more.map((one) => one.view)]) {
    const film = await desk.film(view);
    expect(film.status).toBe(200);
    await film.body?.cancel();
  }
  const marks = desk.house.films.orders.slice(-3).map(({ watermark }) => watermark);
  expect(marks).toEqual(shares.map(({ number }) => expect.stringContaining(`#${number} `)));
  const seen = desk.house.trail.events.filter(({ kind }) => kind === "recording.viewed").slice(-3);
  expect(seen.map(({ subject }) => subject?.id)).toEqual(clips.map(({ cameraId }) => cameraId));
  expect(new Set(seen.map(({ actor }) => actor?.id))).toEqual(new Set([shares[0]?.id]));
});

test("a link that is revoked shows none of its clips from then on, also to whoever opened it before", async () => {
  const { shares, token } = await lend();
  const { body } = (await desk.open(token)) as { body: Opened };
  const goOn = desk.house.films.halt();
  const last = body.more.at(-1)?.view as string;
  const film = await desk.film(last);
  expect((await desk.revoke(shares[0]?.id as Uuid)).status).toBe(200);
  goOn();
  await expect(film.arrayBuffer()).rejects.toThrow();
  desk.house.films.reset();
  for (const view of [body.view, last]) expect((await desk.film(view)).status).toBe(404);
  expect(answerOf(await desk.open(token))).toEqual({ status: 404, code: "share.unavailable" });
});

test("what was lent together works again together", async () => {
  const { shares, token } = await lend();
  await desk.revoke(shares[0]?.id as Uuid);
  await desk.restore(shares[0]?.id as Uuid);
  await desk.house.shares.idle();
  expect(((await desk.open(token)) as { body: Opened }).body.more).toHaveLength(2);
});

test("however many are lent at once, and restored, no more than two hundred work", async () => {
  const { house } = desk;
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  const fromMs = clock.nowMs() - 300_000;
  await house.record(tenantId, cameraId, fromMs);
  const clip = { cameraId, fromMs: fromMs + 10_000, toMs: fromMs + 40_000 };
  const lendOne = () => house.shares.lending.lend({ tenantId, personId: tenantId }, [clip], WISH);
  const id = (await lendOne()).shares[0]?.id as Uuid;
  await house.shares.idle();
  await house.database.pool.query(
    `insert into recording_shares
      select (jsonb_populate_record(s, jsonb_build_object(
        'id', gen_random_uuid(), 'token_sha256', gen_random_uuid(), 'number', 1000 + n))).*
      from recording_shares s, generate_series(1, $2::int) n where s.tenant_id = $1`,
    [tenantId, MAX_ACTIVE - 4],
  );
  const lent = await Promise.allSettled(Array.from({ length: 8 }, lendOne));
  const refused = lent.filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject(Array(5).fill({ reason: { code: "share.too_many" } }));
  await house.shares.lending.revoke(tenantId, id);
  await lendOne();
  const restored = await house.ask(tenantId, "POST", `/api/v1/recordings/shares/${id}/restore`, {});
  expect(answerOf(restored)).toEqual({ status: 409, code: "share.too_many" });
  await house.shares.idle();
});

test("a clip that was erased is missing, and the others are still shown", async () => {
  const { clips, token } = await lend();
  const [, erased] = clips;
  await desk.house.eraseSegment(erased?.segmentId as Uuid);
  await desk.house.followErasure(desk.tenantId, erased?.cameraId as Uuid);
  expect(((await desk.open(token)) as { body: Opened }).body.more).toHaveLength(1);
});

test("what was lent together is revoked together, or not at all", async () => {
  const { shares, token } = await lend();
  const { body } = (await desk.open(token)) as { body: Opened };
  const record = desk.house.trail.record.bind(desk.house.trail);
  let left = 2;
  desk.house.trail.record = async (...event) => {
    if (left-- === 0) throw new Error("the log is full");
    await record(...event);
  };
  expect((await desk.revoke(shares[0]?.id as Uuid)).status).toBe(500);
  desk.house.trail.record = record;
  expect(((await desk.open(token)) as { body: Opened }).body.more).toHaveLength(2);
  expect((await desk.revoke(shares[0]?.id as Uuid)).status).toBe(200);
  for (const { view } of body.more) expect((await desk.film(view)).status).toBe(404);
});

test("a link whose first clip was erased can be revoked for the others", async () => {
  const { clips, shares, token } = await lend();
  const { body } = (await desk.open(token)) as { body: Opened };
  const [first] = clips;
  await desk.house.eraseSegment(first?.segmentId as Uuid);
  await desk.house.followErasure(desk.tenantId, first?.cameraId as Uuid);
  expect((await desk.revoke(shares[0]?.id as Uuid)).status).toBe(200);
  for (const { view } of body.more) expect((await desk.film(view)).status).toBe(404);
});
