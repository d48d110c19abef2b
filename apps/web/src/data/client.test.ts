import { accounts, devices, ledger } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { type ClientEvents, createClient, urlOf } from "./client.ts";

type Answer = () => Response | Promise<Response>;

/** A `fetch` that answers each path with the next of its answers and remembers what was asked. */
function scripted(answers: Record<string, Answer[]>) {
  const asked: string[] = [];
  const fetchFn = (async (url: string, init?: RequestInit) => {
    asked.push(`${init?.method} ${url}`);
    const next = answers[url]?.shift();
    if (next === undefined) throw new TypeError(`nothing answers ${url}`);
    return next();
  }) as typeof fetch;
  return { asked, fetchFn };
}

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers });
const problem = (code: string, status: number, more: object = {}) =>
  json({ type: "about:blank", title: "…", status, code, instance: "trace-1", ...more }, status);

const ME = "/api/v1/auth/me";
const REFRESH = "/api/v1/auth/refresh";
const unexpected = () => expect.fail("this was not to be heard");
const never: ClientEvents = {
  onSessionEnded: unexpected,
  confirmIdentity: unexpected,
  onFactorRequired: unexpected,
  onHeld: unexpected,
};

describe("the address of a call", () => {
  it("encodes parameters and query and leaves out what is undefined", () => {
    expect(
      urlOf(
        { path: "/a/:id/b/:key" },
        { params: { id: "x/y", key: "é" }, query: { q: "a b&c", site: undefined } },
      ),
    ).toBe("/a/x%2Fy/b/%C3%A9?q=a+b%26c");
  });
});

describe("a refused call", () => {
  it("carries the code, the trace id and the further members of the problem", async () => {
    const { fetchFn } = scripted({
      "/api/v1/devices/x": [problem("device.not_found", 404, { deviceId: "x" })],
    });
    const error = await createClient(fetchFn, never)
      .call(devices.getDevice, { params: { id: "x" } })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "device.not_found",
      status: 404,
      traceId: "trace-1",
      fields: { deviceId: "x" },
    });
    expect((error as ApiError).retry).toBe(false);
  });

  it("says how long to wait", async () => {
    const { fetchFn } = scripted({
      "/api/v1/auth/login": [json({ code: "auth.throttled", status: 429 }, 429, { "retry-after": "7" })],
    });
    const call = createClient(fetchFn, never).call(accounts.login, { body: { email: "a@b", password: "x" } });
    await expect(call).rejects.toMatchObject({ code: "auth.throttled", retryAfterMs: 7_000, retry: true });
  });

  it("is unexpected when the answer is not ours, and network when there is none", async () => {
    const { fetchFn } = scripted({ "/api/v1/setup": [() => new Response("<html>", { status: 502 })] });
    const client = createClient(fetchFn, never);
    await expect(client.call(accounts.getSetup, {})).rejects.toMatchObject({
      code: "unexpected",
      status: 502,
    });
    await expect(client.call(accounts.getSetup, {})).rejects.toMatchObject({
      code: "network",
      status: 0,
      retry: true,
    });
  });

  it("keeps the reason of an aborted signal", async () => {
    const { fetchFn } = scripted({});
    const reason = new Error("left the page");
    const call = createClient(fetchFn, never).call(accounts.getSetup, {}, AbortSignal.abort(reason));
    await expect(call).rejects.toBe(reason);
  });
});

it("a zip is handed over unread", async () => {
  const bytes = Uint8Array.of(0x50, 0x4b, 0xff);
  const { fetchFn } = scripted({ [ledger.exportLedger.path]: [() => new Response(bytes)] });
  const body = { reveal: false };
  const answer: unknown = await createClient(fetchFn, never).call(ledger.exportLedger, { body });
  expect(new Uint8Array(await (answer as Response).arrayBuffer())).toEqual(bytes);
});

describe("an expired access cookie", () => {
  it("is refreshed once for all calls that wait, then each is repeated", async () => {
    const { fetchFn, asked } = scripted({
      [ME]: [problem("auth.required", 401), problem("auth.required", 401), json({ n: 1 }), json({ n: 2 })],
      [REFRESH]: [json({})],
    });
    const client = createClient(fetchFn, never);
    const replies = await Promise.all([client.call(accounts.getMe, {}), client.call(accounts.getMe, {})]);
    expect(replies).toHaveLength(2);
    expect(asked.filter((line) => line.includes(REFRESH))).toHaveLength(1);
  });

  it("ends the session when the refresh is refused", async () => {
    const { fetchFn } = scripted({
      [ME]: [problem("auth.required", 401)],
      [REFRESH]: [problem("auth.session_ended", 401)],
    });
    let ended = 0;
    const call = createClient(fetchFn, { ...never, onSessionEnded: () => ended++ }).call(accounts.getMe, {});
    await expect(call).rejects.toMatchObject({ code: "auth.session_ended" });
    expect(ended).toBe(1);
  });

  it("does not end the session when the server is only away", async () => {
    const { fetchFn } = scripted({ [ME]: [problem("auth.required", 401)] });
    await expect(createClient(fetchFn, never).call(accounts.getMe, {})).rejects.toMatchObject({
      code: "network",
    });
  });

  it("is not tried for a wrong password", async () => {
    const { fetchFn, asked } = scripted({ "/api/v1/auth/login": [problem("auth.invalid_credentials", 401)] });
    const call = createClient(fetchFn, never).call(accounts.login, { body: { email: "a@b", password: "x" } });
    await expect(call).rejects.toMatchObject({ code: "auth.invalid_credentials" });
    expect(asked).toHaveLength(1);
  });
});

describe("a call that needs a fresh second factor", () => {
  const EXPORT = "/api/v1/auth/me/erasure";
  const refused = problem("auth.step_up_required", 403);

  it("is repeated once the person has confirmed", async () => {
    const { fetchFn, asked } = scripted({ [EXPORT]: [refused, json({ state: "requested" })] });
    const client = createClient(fetchFn, { ...never, confirmIdentity: async () => true });
    await expect(client.call(accounts.requestErasure, { body: {} })).resolves.toEqual({ state: "requested" });
    expect(asked).toHaveLength(2);
  });

  it("stays refused when they would rather not", async () => {
    const { fetchFn, asked } = scripted({ [EXPORT]: [refused] });
    const client = createClient(fetchFn, { ...never, confirmIdentity: async () => false });
    await expect(client.call(accounts.requestErasure, { body: {} })).rejects.toMatchObject({
      code: "auth.step_up_required",
    });
    expect(asked).toHaveLength(1);
  });

  it("is asked about once, not again and again", async () => {
    const { fetchFn } = scripted({ [EXPORT]: [refused, refused] });
    let asked = 0;
    const client = createClient(fetchFn, { ...never, confirmIdentity: async () => asked++ === 0 });
    await expect(client.call(accounts.requestErasure, { body: {} })).rejects.toMatchObject({
      code: "auth.step_up_required",
    });
    expect(asked).toBe(1);
  });

  it("leads to the set-up when there is no second factor yet", async () => {
    const { fetchFn } = scripted({ [ME]: [problem("auth.factor_required", 403)] });
    let led = 0;
    const client = createClient(fetchFn, { ...never, onFactorRequired: () => led++ });
    await expect(client.call(accounts.getMe, {})).rejects.toMatchObject({ code: "auth.factor_required" });
    expect(led).toBe(1);
  });
});

describe("a call that needs a second person", () => {
  const ERASURE = "/api/v1/auth/me/erasure";
  const held = problem("approval.required", 409, { approvalId: "a-1", expiresMs: 5 });

  it("fails, and the page hears which request was kept", async () => {
    const { fetchFn } = scripted({ [ERASURE]: [held] });
    const heard: unknown[] = [];
    const client = createClient(fetchFn, { ...never, onHeld: ({ fields }) => void heard.push(fields) });
    await expect(client.call(accounts.requestErasure, { body: {} })).rejects.toMatchObject({
      code: "approval.required",
    });
    expect(heard).toEqual([{ approvalId: "a-1", expiresMs: 5 }]);
  });

  it("is heard of too when the second factor had to be given first", async () => {
    const { fetchFn } = scripted({ [ERASURE]: [problem("auth.step_up_required", 403), held] });
    let heard = 0;
    const events = { ...never, confirmIdentity: async () => true, onHeld: () => heard++ };
    await expect(createClient(fetchFn, events).call(accounts.requestErasure, { body: {} })).rejects.toThrow();
    expect(heard).toBe(1);
  });
});
