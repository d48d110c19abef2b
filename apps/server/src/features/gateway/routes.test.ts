import { AppError, silentLogger, systemClock } from "@gatehouse/base";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBus } from "../../platform/bus/bus.ts";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { testGates } from "../../platform/http/testing/gates.ts";
import { TenantRates } from "./counters.ts";
import { Intake } from "./intake.ts";
import { Pacer } from "./pacer.ts";
import { Refusals } from "./refusals.ts";
import { ingestRoute } from "./routes.ts";
import { deviceId, TENANT } from "./testing/database.ts";
import { FakeSink, until } from "./testing/gateway.ts";

let app: FastifyInstance;
const sink = new FakeSink();
const refused: string[] = [];
const bus = createBus(silentLogger);
bus.subscribe("message.refused", ({ code, detail }) =>
  refused.push(detail === undefined ? code : `${code} ${detail}`),
);

beforeAll(async () => {
  app = await createHttpServer({
    trustedProxies: [],
    perMinute: 100_000,
    maxConnections: 100,
    log: silentLogger,
  });
  const route = ingestRoute({
    clock: systemClock,
    intake: new Intake({ sink, clock: systemClock }),
    pacer: new Pacer({ clock: systemClock, perSecond: 2 }),
    refusals: new Refusals({ bus, clock: systemClock }),
    accepted: new TenantRates(systemClock),
    settings: { get: () => ({ maxTimestampPastDays: 7, acceptDiscovery: true }) },
  });
  const principal = {
    kind: "device" as const,
    tenantId: TENANT,
    credentialId: deviceId(2),
    typeId: "thermometer",
  };
  mount(
    app,
    [route],
    testGates({
      device: {
        authenticate: async ({ headers }) =>
          headers.authorization === undefined ? undefined : { ...principal, deviceId: headers.authorization },
      },
    }),
    silentLogger,
  );
});
afterAll(() => app.close());
let caller = 10;
beforeEach(() => {
  caller++;
  sink.readings.length = 0;
  sink.isHolding = false;
  sink.room = Number.POSITIVE_INFINITY;
  sink.error = undefined;
  refused.length = 0;
});

const post = (body: unknown, authorization: string | undefined = deviceId(caller)) =>
  app.inject({
    method: "POST",
    url: "/api/v1/ingest",
    headers: { "content-type": "application/json", ...(authorization === "" ? {} : { authorization }) },
    payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });

test("a reading is answered after it is committed", async () => {
  sink.isHolding = true;
  let isAnswered = false;
  const answer = post({ ts: systemClock.nowMs(), values: { temperature: 21.4 } }).then((reply) => {
    isAnswered = true;
    return reply;
  });
  await until(() => sink.held.length === 1);
  expect(isAnswered).toBe(false);
  sink.commit();
  expect((await answer).json()).toEqual({ accepted: 1, refused: [] });
  expect(sink.readings).toMatchObject([{ deviceId: deviceId(caller), numbers: [["temperature", 21.4]] }]);
});

test.each([
  { readings: [{ temperature: 1 }, { temperature: "hot" }, { ts: 0, temperature: 1 }, { temperature: 2 }] },
  [{ temperature: 1 }, { temperature: "hot" }, { ts: 0, temperature: 1 }, { temperature: 2 }],
])("a batch stores its good readings and names the others", async (body) => {
  const reply = await post(body);
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toMatchObject({
    accepted: 2,
    refused: [
      { index: 1, code: "message.schema", detail: "temperature" },
      { index: 2, code: "message.timestamp" },
    ],
  });
  expect(sink.readings).toHaveLength(2);
  expect(refused).toHaveLength(2);
});

test.each([
  [{ temperature: "hot" }, 422, "message.schema"],
  [{ temperature: 1e9 }, 422, "message.out_of_range"],
  [{ ts: 0, temperature: 1 }, 422, "message.timestamp"],
  [{ readings: [] }, 400, "message.malformed"],
  [7, 400, "message.malformed"],
  [Array(1_001).fill({ temperature: 1 }), 413, "message.too_large"],
  [`${"[".repeat(10_000)}${"]".repeat(10_000)}`, 400, "message.too_deep"],
  ['{"temperature": NaN}', 422, "message.not_finite"],
  ['{"temperature": -Infinity}', 422, "message.not_finite"],
  ['{"temperature": 1e999}', 422, "message.not_finite"],
  ['{"ts": 4102444800000, "temperature": 1}', 422, "message.timestamp"],
  ['{"temperature": ', 400, "request.invalid"],
  [Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 400, "message.invalid_utf8"],
  [`{"a": "${"x".repeat(1_048_576)}"}`, 413, "request.too_large"],
])(
  "a single bad body %# is refused with its status, and counted for the device",
  async (body, status, code) => {
    const reply = await post(body);
    expect([reply.statusCode, reply.json().code]).toEqual([status, code]);
    expect(sink.readings).toEqual([]);
    expect(refused.map((said) => said.split(" ")[0])).toEqual([code]);
  },
);

test("what nobody known sends is not counted for anybody", async () => {
  expect((await post('{"temperature": NaN}', "")).statusCode).toBe(401);
  expect(refused).toEqual([]);
});

test("without a credential nothing is read", async () => {
  const reply = await post({ temperature: 1 }, "");
  expect([reply.statusCode, reply.json().code]).toEqual([401, "device.credentials_invalid"]);
});

test("a full store answers 503 and when to come again", async () => {
  sink.room = 0;
  const reply = await post({ temperature: 1 });
  expect([reply.statusCode, reply.json().code, reply.headers["retry-after"]]).toEqual([
    503,
    "server.busy",
    "2",
  ]);
  expect(refused).toEqual(["server.busy"]);
});

test("a store that fails does not answer 200", async () => {
  sink.error = new AppError("database.unavailable");
  expect((await post({ temperature: 1 })).statusCode).toBe(503);
});

test("what the store refuses is named", async () => {
  sink.error = new AppError("message.too_many_metrics");
  expect((await post([{ temperature: 1 }])).json()).toEqual({
    accepted: 0,
    refused: [{ index: 0, code: "message.too_many_metrics" }],
  });
});

test("a device that posts too fast is told to slow down", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 130; i++) statuses.push((await post({ temperature: 1 })).statusCode);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(refused[0]).toBe("message.rate_limited");
});
