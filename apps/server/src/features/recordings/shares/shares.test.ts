import { AppError } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerOf, type ShareDesk, shareDesk } from "./testing/share-desk.ts";
import { FILM, WISH } from "./testing/share-house.ts";

const START_MS = 1_795_000_000_000;
const HOUR_MS = 3_600_000;
const clock = virtualClock(START_MS);
let desk: ShareDesk;
beforeAll(async () => {
  desk = await shareDesk(clock);
}, 120_000);
afterAll(() => desk.house[Symbol.asyncDispose]());
afterEach(() => desk.house.films.reset());

test("a link shows its clip to whoever has it, without a cookie, and says who shared what", async () => {
  const made = await desk.share({ note: "For the insurance" });
  expect(made.url).toMatch(/^https:\/\/gatehouse\.example\/share#[A-Za-z0-9_-]{43}$/);
  expect(made).toMatchObject({ state: "active", openings: 0, cameraName: "gate-west", hasPassword: false });
  expect(await desk.find(made.token)).toMatchObject({ status: 200, body: { hasPassword: false } });
  const opened = await desk.open(made.token);
  expect(opened.headers.getSetCookie()).toEqual([]);
  expect(opened.body.clip).toEqual({
    ...{ organisation: "Harbour <West>", sharedBy: "Nadia Owner", camera: "gate-west" },
    ...{ number: made.number, note: "For the insurance", timeZone: "Europe/Paris", allowsDownload: true },
    ...{ fromMs: made.fromMs, toMs: made.toMs, expiresMs: made.expiresMs },
    film: { state: "ready", progress: 1, bytes: FILM.length },
  });
  const whole = await desk.film(opened.body.view);
  expect(whole.status).toBe(200);
  expect(whole.headers.getSetCookie()).toEqual([]);
  expect(whole.headers.get("content-type")).toBe("video/mp4");
  expect(whole.headers.get("referrer-policy")).toBe("no-referrer");
  expect(whole.headers.get("x-robots-tag")).toBe("noindex, nofollow");
  expect(whole.headers.get("cache-control")).toBe("no-store");
  expect(Buffer.from(await whole.arrayBuffer()).equals(FILM)).toBe(true);
});

test("on the picture stand organisation, person, number and day; the order is for the clip alone", async () => {
  const made = await desk.share();
  const order = desk.house.films.orders.at(-1);
  const day = new Date(made.madeMs).toISOString().slice(0, 10);
  expect(order).toMatchObject({
    tenantId: desk.tenantId,
    cameraId: desk.cameraId,
    fromMs: made.fromMs,
    toMs: made.toMs,
    fileId: made.id,
  });
  expect(order?.watermark).toBe(`Harbour <West> · Nadia Owner · #${made.number} · ${day}`);
});

test("the film is sent by range, as players seek, and is a file to save where that is allowed", async () => {
  const made = await desk.share();
  const { view } = (await desk.open(made.token)).body;
  const part = await desk.film(view, { range: "bytes=1000000-1000099" });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 1000000-1000099/3000000"]);
  expect(part.headers.get("content-length")).toBe("100");
  expect(Buffer.from(await part.arrayBuffer()).equals(FILM.subarray(1_000_000, 1_000_100))).toBe(true);
  const tail = await desk.film(view, { range: "bytes=-7" });
  expect(Buffer.from(await tail.arrayBuffer()).equals(FILM.subarray(-7))).toBe(true);
  const beyond = await desk.film(view, { range: "bytes=3000000-" });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */3000000"]);
  const saved = await desk.film(view, {}, "?download=true");
  expect(saved.headers.get("content-disposition")).toMatch(/^attachment; filename="clip-2026-11-\d\d\.mp4"$/);
  await saved.body?.cancel();
  const shown = await desk.share({ allowsDownload: false, showsCamera: false });
  const other = (await desk.open(shown.token)).body;
  expect(other.clip).not.toHaveProperty("camera");
  const kept = await desk.film(other.view, {}, "?download=true");
  expect(kept.headers.get("content-disposition")).toBeNull();
  await kept.body?.cancel();
});

test("every opening is in the audit log before anything is shown, by the link and from nowhere", async () => {
  const made = await desk.share();
  const before = desk.house.trail.events.length;
  await desk.find(made.token);
  expect(desk.house.trail.events.length).toBe(before);
  await desk.open(made.token);
  await desk.open(made.token);
  expect(desk.house.trail.events.slice(before)).toMatchObject(
    [1, 2].map((opening) => ({
      kind: "recording.viewed",
      tenantId: desk.tenantId,
      actor: { kind: "link", id: made.id },
      subject: { kind: "device", id: desk.cameraId },
      data: { via: "link", link: made.number, fromMs: made.fromMs, toMs: made.toMs, opening },
    })),
  );
  expect(await desk.listed(made.id)).toMatchObject({ openings: 2, lastOpenedMs: clock.nowMs() });
  const shared = desk.house.trail.events.find(
    ({ kind, data }) => kind === "recording.shared" && data?.link === made.number,
  );
  expect(shared).toMatchObject({
    tenantId: desk.tenantId,
    subject: { id: desk.cameraId },
    data: { hasPassword: false },
  });
  expect(JSON.stringify(desk.house.trail.events)).not.toContain(made.token);
});

test("neither the token nor the password stands in the database", async () => {
  const made = await desk.share({ password: "seven old lanterns" });
  const { view } = (await desk.open(made.token, "seven old lanterns")).body;
  const { rows } = await desk.house.database.pool.query(
    "select (select json_agg(s) from recording_shares s)::text || (select json_agg(v) from recording_share_views v)::text as all",
  );
  for (const secret of [made.token, view, "lanterns"]) expect(rows[0].all).not.toContain(secret);
});

test("of many who open at once no more get in than may", async () => {
  const made = await desk.share({ maxOpenings: 3 });
  const answers = await Promise.all(Array.from({ length: 10 }, () => desk.open(made.token)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect((await desk.listed(made.id)).openings).toBe(3);
});

test("a password is asked for, wrong ones make one wait, and nobody learns anything before the right one", async () => {
  const made = await desk.share({ password: "seven old lanterns" });
  expect((await desk.find(made.token)).body).toEqual({ hasPassword: true });
  const refused = { status: 403, code: "share.password_wrong" };
  const from = "203.0.113.9";
  expect(answerOf(await desk.open(made.token, undefined, from))).toEqual(refused);
  const wrong = await desk.open(made.token, "lantern", from);
  expect(answerOf(wrong)).toEqual(refused);
  expect(JSON.stringify(wrong.body)).not.toMatch(/Harbour|Nadia|gate-west/);
  for (let n = 0; n < 2; n++) await desk.open(made.token, "lantern", from);
  const throttled = await desk.open(made.token, "seven old lanterns", from);
  expect(answerOf(throttled)).toEqual({ status: 429, code: "auth.throttled" });
  expect(throttled.headers.get("retry-after")).toBe("1");
  clock.advance(1_000);
  expect((await desk.open(made.token, "seven old lanterns", from)).status).toBe(200);
  expect((await desk.listed(made.id)).openings).toBe(1);
});

test("a link is tried sixty times in an hour and no more, from wherever", async () => {
  const made = await desk.share({ password: "seven old lanterns" });
  const answers = [];
  for (let n = 0; n < 61; n++) {
    answers.push((await desk.open(made.token, "x")).status);
  }
  expect(answers).toEqual([...Array(60).fill(403), 429]);
  clock.advance(HOUR_MS);
  expect((await desk.open(made.token, "seven old lanterns")).status).toBe(200);
});

test("another organisation has no such link, and whoever has no session lists none", async () => {
  const made = await desk.share();
  const other = await desk.house.addTenant();
  for (const act of ["revoke", "restore"]) {
    const path = `/api/v1/recordings/shares/${made.id}/${act}`;
    expect(answerOf(await desk.house.ask(other, "POST", path, {}))).toEqual({
      status: 404,
      code: "share.not_found",
    });
    expect((await desk.house.ask(undefined, "POST", path, {})).status).toBe(401);
  }
  expect((await desk.house.ask(other, "GET", "/api/v1/recordings/shares")).body).toEqual({
    items: [],
    total: 0,
  });
  expect((await desk.house.ask(undefined, "GET", "/api/v1/recordings/shares")).status).toBe(401);
  const foreign = { ...WISH, fromMs: made.fromMs, toMs: made.toMs };
  const path = `/api/v1/cameras/${desk.cameraId}/shares`;
  expect((await desk.house.ask(other, "POST", path, foreign)).body.code).toBe("device.not_found");
  expect((await desk.open(made.token)).status).toBe(200);
});

test("only what is recorded can be shared, an hour of it at most, and where films can be made", async () => {
  const made = await desk.share();
  const path = `/api/v1/cameras/${desk.cameraId}/shares`;
  const codeOf = async (wish: object) =>
    (
      await desk.house.ask(desk.tenantId, "POST", path, {
        ...WISH,
        ...{ fromMs: made.fromMs, toMs: made.toMs },
        ...wish,
      })
    ).body.code;
  expect(await codeOf({ toMs: made.fromMs })).toBe("segment.range_invalid");
  expect(await codeOf({ fromMs: made.toMs - HOUR_MS - 1 })).toBe("segment.range_invalid");
  expect(await codeOf({ toMs: clock.nowMs() + 1 })).toBe("segment.range_invalid");
  expect(await codeOf({ fromMs: made.fromMs - HOUR_MS, toMs: made.toMs - HOUR_MS })).toBe(
    "share.nothing_recorded",
  );
  expect(await codeOf({ lifeMs: HOUR_MS - 1 })).toBe("request.invalid");
  expect(await codeOf({ lifeMs: 31 * 24 * HOUR_MS })).toBe("request.invalid");
  expect(await codeOf({ password: "short" })).toBe("request.invalid");
  desk.house.films.isPossible = false;
  expect(await codeOf({})).toBe("ffmpeg.missing");
  desk.house.films.isPossible = true;
});

test("while the film is made its progress is told; one that failed is tried again when the link is opened", async () => {
  const gate = Promise.withResolvers<void>();
  desk.house.films.gate = gate.promise;
  desk.house.films.failsWith = new AppError("server.disk_full");
  const waiting = desk.share();
  await expect.poll(() => desk.house.films.orders.at(-1)?.cameraId).toBe(desk.cameraId);
  const { items } = (await desk.house.ask(desk.tenantId, "GET", "/api/v1/recordings/shares?limit=1")).body;
  expect(items[0].film).toEqual({ state: "rendering", progress: 0.25 });
  gate.resolve();
  const made = await waiting;
  expect((await desk.listed(made.id)).film).toEqual({
    state: "failed",
    progress: 0,
    failure: "server.disk_full",
  });
  desk.house.films.failsWith = undefined;
  clock.advance(30_000);
  const { view } = (await desk.open(made.token)).body;
  await desk.house.shares.idle();
  expect((await desk.house.ask(undefined, "GET", `/api/v1/share-views/${view}`)).body.film.state).toBe(
    "ready",
  );
  desk.house.films.kept.delete(made.id);
  expect((await desk.film(view)).status).toBe(409);
  await desk.house.shares.idle();
  expect((await desk.film(view, { range: "bytes=0-1" })).status).toBe(206);
});
