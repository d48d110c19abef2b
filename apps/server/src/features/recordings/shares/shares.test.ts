import { AppError, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { FILM, type ShareHouse, shareHouse, WISH } from "./testing/share-house.ts";

const START_MS = 1_795_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const clock = virtualClock(START_MS);
let house: ShareHouse;
let tenantId: Uuid;
let cameraId: Uuid;
let segmentId: Uuid;

beforeAll(async () => {
  house = await shareHouse(clock);
  tenantId = await house.addTenant();
  await house.shares.start?.();
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());
afterEach(() => {
  house.films.gate = Promise.resolve();
  house.films.failsWith = undefined;
  house.films.slowness = async () => undefined;
});

/** A link to half a minute of a camera of its own, with its film. */
async function share(wish: Partial<Parameters<typeof Object.assign>[0]> = {}) {
  cameraId = house.addCamera(tenantId);
  const fromMs = clock.nowMs() - 5 * MINUTE_MS;
  segmentId = await house.record(tenantId, cameraId, fromMs);
  const made = await house.ask(tenantId, "POST", `/api/v1/cameras/${cameraId}/shares`, {
    ...WISH,
    ...{ fromMs: fromMs + 10_000, toMs: fromMs + 40_000 },
    ...wish,
  });
  expect(made.status).toBe(200);
  await house.shares.idle();
  const { share: shown, url } = made.body as { share: cameras.Share; url: string };
  return { ...shown, url, token: url.split("#")[1] as string };
}

const find = (token: string) => house.ask(undefined, "POST", "/api/v1/shares/find", { token });
const open = (token: string, password?: string, from?: string) =>
  house.ask(
    undefined,
    "POST",
    "/api/v1/shares/open",
    { token, ...(password === undefined ? {} : { password }) },
    from,
  );
const film = (view: string, headers: Record<string, string> = {}, query = "") =>
  fetch(`${house.url}/api/v1/share-views/${view}/film${query}`, { headers });
const listed = async (id: Uuid): Promise<cameras.Share> => {
  const { body } = await house.ask(tenantId, "GET", "/api/v1/recordings/shares?limit=200");
  return body.items.find((one: cameras.Share) => one.id === id);
};
const revoke = (id: Uuid) => house.ask(tenantId, "POST", `/api/v1/recordings/shares/${id}/revoke`, {});
const restore = (id: Uuid) => house.ask(tenantId, "POST", `/api/v1/recordings/shares/${id}/restore`, {});
const NOTHING = { status: 404, code: "share.unavailable" };
const answerOf = ({ status, body }: { status: number; body: { code?: string } }) => ({
  status,
  code: body.code,
});

test("a link shows its clip to whoever has it, without a cookie, and says who shared what", async () => {
  const made = await share({ note: "For the insurance" });
  expect(made.url).toMatch(/^https:\/\/gatehouse\.example\/share#[A-Za-z0-9_-]{43}$/);
  expect(made).toMatchObject({ state: "active", openings: 0, cameraName: "gate-west", hasPassword: false });
  expect(await find(made.token)).toMatchObject({ status: 200, body: { hasPassword: false } });
  const opened = await open(made.token);
  expect(opened.headers.getSetCookie()).toEqual([]);
  expect(opened.body.clip).toEqual({
    ...{ organisation: "Harbour <West>", sharedBy: "Nadia Owner", camera: "gate-west" },
    ...{ number: made.number, note: "For the insurance", timeZone: "Europe/Paris", allowsDownload: true },
    ...{ fromMs: made.fromMs, toMs: made.toMs, expiresMs: made.expiresMs },
    film: { state: "ready", progress: 1, bytes: FILM.length },
  });
  const whole = await film(opened.body.view);
  expect(whole.status).toBe(200);
  expect(whole.headers.getSetCookie()).toEqual([]);
  expect(whole.headers.get("content-type")).toBe("video/mp4");
  expect(whole.headers.get("referrer-policy")).toBe("no-referrer");
  expect(whole.headers.get("x-robots-tag")).toBe("noindex, nofollow");
  expect(whole.headers.get("cache-control")).toBe("no-store");
  expect(Buffer.from(await whole.arrayBuffer()).equals(FILM)).toBe(true);
});

test("on the picture stand organisation, person, number and day; the order is for the clip alone", async () => {
  const made = await share();
  const order = house.films.orders.at(-1);
  const day = new Date(made.madeMs).toISOString().slice(0, 10);
  expect(order).toMatchObject({ tenantId, cameraId, fromMs: made.fromMs, toMs: made.toMs, fileId: made.id });
  expect(order?.watermark).toBe(`Harbour <West> · Nadia Owner · #${made.number} · ${day}`);
});

test("the film is sent by range, as players seek, and is a file to save where that is allowed", async () => {
  const made = await share();
  const { view } = (await open(made.token)).body;
  const part = await film(view, { range: "bytes=1000000-1000099" });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 1000000-1000099/3000000"]);
  expect(part.headers.get("content-length")).toBe("100");
  expect(Buffer.from(await part.arrayBuffer()).equals(FILM.subarray(1_000_000, 1_000_100))).toBe(true);
  const tail = await film(view, { range: "bytes=-7" });
  expect(Buffer.from(await tail.arrayBuffer()).equals(FILM.subarray(-7))).toBe(true);
  const beyond = await film(view, { range: "bytes=3000000-" });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */3000000"]);
  const saved = await film(view, {}, "?download=true");
  expect(saved.headers.get("content-disposition")).toMatch(/^attachment; filename="clip-2026-11-\d\d\.mp4"$/);
  await saved.body?.cancel();
  const shown = await share({ allowsDownload: false, showsCamera: false });
  const other = (await open(shown.token)).body;
  expect(other.clip).not.toHaveProperty("camera");
  const kept = await film(other.view, {}, "?download=true");
  expect(kept.headers.get("content-disposition")).toBeNull();
  await kept.body?.cancel();
});

test("every opening is in the audit log before anything is shown, by the link and from nowhere", async () => {
  const made = await share();
  const before = house.trail.events.length;
  await find(made.token);
  expect(house.trail.events.length).toBe(before);
  await open(made.token);
  await open(made.token);
  expect(house.trail.events.slice(before)).toMatchObject(
    [1, 2].map((opening) => ({
      kind: "recording.viewed",
      tenantId,
      actor: { kind: "link", id: made.id },
      subject: { kind: "device", id: cameraId },
      data: { via: "link", link: made.number, fromMs: made.fromMs, toMs: made.toMs, opening },
    })),
  );
  expect(await listed(made.id)).toMatchObject({ openings: 2, lastOpenedMs: clock.nowMs() });
  const shared = house.trail.events.find(
    ({ kind, data }) => kind === "recording.shared" && data?.link === made.number,
  );
  expect(shared).toMatchObject({ tenantId, subject: { id: cameraId }, data: { hasPassword: false } });
  expect(JSON.stringify(house.trail.events)).not.toContain(made.token);
});

test("neither the token nor the password stands in the database", async () => {
  const made = await share({ password: "seven old lanterns" });
  const { view } = (await open(made.token, "seven old lanterns")).body;
  const { rows } = await house.database.pool.query(
    "select (select json_agg(s) from recording_shares s)::text || (select json_agg(v) from recording_share_views v)::text as all",
  );
  for (const secret of [made.token, view, "lanterns"]) expect(rows[0].all).not.toContain(secret);
});

test("whatever does not work is answered alike: wrong, expired, revoked and used up", async () => {
  const [expired, revoked, used] = [
    await share({ lifeMs: HOUR_MS }),
    await share(),
    await share({ maxOpenings: 1 }),
  ];
  expect((await open(used.token)).status).toBe(200);
  await revoke(revoked.id);
  clock.advance(HOUR_MS);
  const wrong = "A".repeat(43);
  for (const ask of [find, open]) {
    const answers = await Promise.all(
      [wrong, expired.token, revoked.token, used.token].map((token) => ask(token)),
    );
    expect(answers.map(answerOf)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING]);
    const bodies = answers.map(({ body: { instance: _own, ...rest } }) => rest);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  }
  expect((await listed(expired.id)).state).toBe("expired");
  expect((await listed(revoked.id)).state).toBe("revoked");
  expect((await listed(used.id)).state).toBe("used_up");
  expect((await film("B".repeat(43))).status).toBe(404);
});

test("what was opened before a link was used up plays on; for no longer than some hours", async () => {
  const made = await share({ maxOpenings: 1 });
  const { view } = (await open(made.token)).body;
  expect((await film(view, { range: "bytes=0-0" })).status).toBe(206);
  clock.advance(4 * HOUR_MS);
  expect((await film(view)).status).toBe(404);
  expect((await house.ask(undefined, "GET", `/api/v1/share-views/${view}`)).status).toBe(404);
});

test("of many who open at once no more get in than may", async () => {
  const made = await share({ maxOpenings: 3 });
  const answers = await Promise.all(Array.from({ length: 10 }, () => open(made.token)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect((await listed(made.id)).openings).toBe(3);
});

test("a revoked link ends at once, also in the middle of a film; for ten minutes that can be undone", async () => {
  const made = await share();
  const { view } = (await open(made.token)).body;
  house.films.slowness = () => new Promise((resolve) => setTimeout(resolve, 100));
  const running = await film(view);
  const reader = running.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  const readOn = async () => {
    for (;;) if ((await reader?.read())?.done !== false) return "whole";
  };
  const end = readOn().catch(() => "cut");
  const sinceMs = performance.now();
  expect((await revoke(made.id)).body).toMatchObject({
    state: "revoked",
    restorableMs: clock.nowMs() + 10 * MINUTE_MS,
  });
  expect(await end).toBe("cut");
  expect(performance.now() - sinceMs).toBeLessThan(1_000);
  house.films.slowness = async () => undefined;
  expect((await film(view)).status).toBe(404);
  expect((await revoke(made.id)).body.code).toBe("share.ended");
  expect((await restore(made.id)).body).toMatchObject({ state: "active" });
  expect((await film(view, { range: "bytes=0-9" })).status).toBe(206);
  expect(house.trail.kinds().slice(-2)).toEqual(["recording.share_revoked", "recording.shared"]);
  await revoke(made.id);
  clock.advance(10 * MINUTE_MS + 1);
  expect((await restore(made.id)).body.code).toBe("share.ended");
  await upkeep();
  expect(house.films.kept.has(made.id)).toBe(false);
});

const upkeep = () => house.shares.jobs?.[0]?.run({}, new AbortController().signal);

test("when recordings are erased their links say so and have nothing, also what was opened before", async () => {
  const made = await share();
  const { view } = (await open(made.token)).body;
  await house.eraseSegment(segmentId);
  const gone = { status: 410, code: "share.erased" };
  expect(answerOf(await find(made.token))).toEqual(gone);
  expect((await film(view)).status).toBe(410);
  await house.followErasure(tenantId, cameraId);
  expect(house.films.kept.has(made.id)).toBe(false);
  expect(answerOf(await open(made.token))).toEqual(gone);
  expect((await listed(made.id)).state).toBe("erased");
  expect((await restore(made.id)).body.code).toBe("share.ended");
  const again = await house.ask(tenantId, "POST", `/api/v1/cameras/${cameraId}/shares`, {
    ...WISH,
    ...{ fromMs: made.fromMs, toMs: made.toMs },
  });
  expect(again.body.code).toBe("segment.erased");
});

test("a password is asked for, wrong ones make one wait, and nobody learns anything before the right one", async () => {
  const made = await share({ password: "seven old lanterns" });
  expect((await find(made.token)).body).toEqual({ hasPassword: true });
  const refused = { status: 403, code: "share.password_wrong" };
  const from = "203.0.113.9";
  expect(answerOf(await open(made.token, undefined, from))).toEqual(refused);
  const wrong = await open(made.token, "lantern", from);
  expect(answerOf(wrong)).toEqual(refused);
  expect(JSON.stringify(wrong.body)).not.toMatch(/Harbour|Nadia|gate-west/);
  for (let n = 0; n < 2; n++) await open(made.token, "lantern", from);
  const throttled = await open(made.token, "seven old lanterns", from);
  expect(answerOf(throttled)).toEqual({ status: 429, code: "auth.throttled" });
  expect(throttled.headers.get("retry-after")).toBe("1");
  clock.advance(1_000);
  expect((await open(made.token, "seven old lanterns", from)).status).toBe(200);
  expect((await listed(made.id)).openings).toBe(1);
});

test("a link is tried sixty times in an hour and no more, from wherever", async () => {
  const made = await share({ password: "seven old lanterns" });
  const answers = [];
  for (let n = 0; n < 61; n++) {
    answers.push((await open(made.token, "x")).status);
  }
  expect(answers).toEqual([...Array(60).fill(403), 429]);
  clock.advance(HOUR_MS);
  expect((await open(made.token, "seven old lanterns")).status).toBe(200);
}, 30_000);

test("another organisation has no such link, and whoever has no session lists none", async () => {
  const made = await share();
  const other = await house.addTenant();
  for (const act of ["revoke", "restore"]) {
    const path = `/api/v1/recordings/shares/${made.id}/${act}`;
    expect(answerOf(await house.ask(other, "POST", path, {}))).toEqual({
      status: 404,
      code: "share.not_found",
    });
    expect((await house.ask(undefined, "POST", path, {})).status).toBe(401);
  }
  expect((await house.ask(other, "GET", "/api/v1/recordings/shares")).body).toEqual({ items: [], total: 0 });
  expect((await house.ask(undefined, "GET", "/api/v1/recordings/shares")).status).toBe(401);
  const foreign = { ...WISH, fromMs: made.fromMs, toMs: made.toMs };
  const path = `/api/v1/cameras/${cameraId}/shares`;
  expect((await house.ask(other, "POST", path, foreign)).body.code).toBe("device.not_found");
  expect((await open(made.token)).status).toBe(200);
});

test("a suspended organisation shows nobody anything, from that moment on", async () => {
  const made = await share();
  const { view } = (await open(made.token)).body;
  house.films.slowness = () => new Promise((resolve) => setTimeout(resolve, 100));
  const running = await film(view);
  const whole = running.arrayBuffer().then(
    () => "whole",
    () => "cut",
  );
  house.suspended.add(tenantId);
  house.bus.publish("tenant.suspended", { tenantId });
  expect(await whole).toBe("cut");
  expect(answerOf(await open(made.token))).toEqual(NOTHING);
  expect((await film(view)).status).toBe(404);
  house.suspended.clear();
});

test("only what is recorded can be shared, an hour of it at most, and where films can be made", async () => {
  const made = await share();
  const path = `/api/v1/cameras/${cameraId}/shares`;
  const codeOf = async (wish: object) =>
    (
      await house.ask(tenantId, "POST", path, {
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
  house.films.isPossible = false;
  expect(await codeOf({})).toBe("ffmpeg.missing");
  house.films.isPossible = true;
});

test("while the film is made its progress is told; one that failed is tried again when the link is opened", async () => {
  const gate = Promise.withResolvers<void>();
  house.films.gate = gate.promise;
  house.films.failsWith = new AppError("server.disk_full");
  const waiting = share();
  await vi.waitFor(() => expect(house.films.orders.at(-1)?.cameraId).toBe(cameraId));
  const { items } = (await house.ask(tenantId, "GET", "/api/v1/recordings/shares?limit=1")).body;
  expect(items[0].film).toEqual({ state: "rendering", progress: 0.25 });
  gate.resolve();
  const made = await waiting;
  expect((await listed(made.id)).film).toEqual({ state: "failed", progress: 0, failure: "server.disk_full" });
  house.films.failsWith = undefined;
  clock.advance(30_000);
  const { view } = (await open(made.token)).body;
  await house.shares.idle();
  expect((await house.ask(undefined, "GET", `/api/v1/share-views/${view}`)).body.film.state).toBe("ready");
  house.films.kept.delete(made.id);
  expect((await film(view)).status).toBe(409);
  await house.shares.idle();
  expect((await film(view, { range: "bytes=0-1" })).status).toBe(206);
});

test("a film that a stop cut off is made after the next start; of a revoked link none", async () => {
  house.films.gate = new Promise(() => undefined);
  const [cut, revoked] = await Promise.all([unmade(), unmade()]);
  await revoke(revoked.id);
  await house.shares.stop?.();
  expect(await listed(cut.id)).toMatchObject({ film: { state: "waiting" } });
  house.films.gate = Promise.resolve();
  const again = house.make();
  await again.start?.();
  await again.idle();
  expect([house.films.kept.has(cut.id), house.films.kept.has(revoked.id)]).toEqual([true, false]);
  await again.stop?.();
});

/** A link whose film waits. */
async function unmade(): Promise<cameras.Share> {
  const camera = house.addCamera(tenantId);
  const fromMs = clock.nowMs() - 5 * MINUTE_MS;
  await house.record(tenantId, camera, fromMs);
  const wish = { ...WISH, fromMs, toMs: fromMs + 1_000 };
  return (await house.ask(tenantId, "POST", `/api/v1/cameras/${camera}/shares`, wish)).body.share;
}

test("when a link expires its film goes, and after 90 days its row", async () => {
  const made = await unmade();
  const before = house.films.kept.size;
  house.films.kept.set(made.id, FILM);
  await house.database.pool.query(
    "update recording_shares set film_state = 'ready', film_bytes = 3000000 where id = $1",
    [made.id],
  );
  clock.advance(8 * 24 * HOUR_MS);
  await upkeep();
  expect(house.films.kept.size).toBeLessThanOrEqual(before);
  expect(house.films.kept.has(made.id)).toBe(false);
  expect(await listed(made.id)).toMatchObject({ state: "expired" });
  clock.advance(90 * 24 * HOUR_MS);
  await upkeep();
  expect(await listed(made.id)).toBeUndefined();
});
