import { silentLogger } from "@gatehouse/base";
import { PERMISSIONS } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { everywhere, testGates } from "../../platform/http/testing/gates.ts";
import { type House, openHouse, START_MS } from "./testing/house.ts";

async function openApi(house: House) {
  const app = await createHttpServer({
    trustedProxies: [],
    perMinute: 10_000,
    maxConnections: 10,
    log: silentLogger,
  });
  const principal = {
    kind: "person" as const,
    tenantId: house.tenantId,
    personId: house.tenantId,
    sessionId: house.tenantId,
    name: "n",
    permissions: everywhere(PERMISSIONS),
  };
  const gates = testGates({
    person: { authenticate: async () => principal },
    resources: house.telemetry.resources ?? {},
  });
  mount(app, house.telemetry.routes ?? [], gates, silentLogger);
  await app.ready();
  return app;
}

test("series, history and export answer over HTTP as the contract says", async () => {
  await using house = await openHouse();
  await house.send({ numbers: [["t", 1.5]] }, { tsMs: START_MS + 1, numbers: [["t", 2.5]] });
  const app = await openApi(house);
  const ref = `${house.deviceIds[0]}:t`;
  const list = await app.inject({ url: "/api/v1/telemetry/series?q=temp&limit=10" });
  expect(list.json()).toMatchObject({ total: 1, items: [{ ref, last: 2.5 }] });
  expect(Object.keys(list.json().items[0])).not.toContain("deviceLabel");
  const body = { series: [ref], fromMs: START_MS, toMs: START_MS + 10 };
  const history = await app.inject({ method: "POST", url: "/api/v1/telemetry/history", payload: body });
  expect(history.json().items[0]).toMatchObject({ v: [1.5, 2.5], resolution: "raw" });
  const query = `format=csv&series=${ref}&from=${START_MS}&to=${START_MS + 10}`;
  const file = await app.inject({ url: `/api/v1/telemetry/export?${query}` });
  expect(file.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(file.body.split("\r\n")).toHaveLength(4);
  for (const series of [
    "nonsense",
    `${house.tenantId}:t`,
    Array(97)
      .fill(0)
      .map((_, i) => `${house.deviceIds[0]}:m${i}`)
      .join(),
  ]) {
    const refused = await app.inject({
      url: `/api/v1/telemetry/export?format=json&series=${series}&from=0&to=5`,
    });
    expect([refused.statusCode, refused.json().code]).toEqual([404, "telemetry.series_not_found"]);
  }
  const empty = await app.inject({ url: `/api/v1/telemetry/export?format=json&series=${ref}&from=5&to=5` });
  expect(empty.json().code).toBe("telemetry.range_invalid");
  await app.close();
});

test("a board is made, changed, guarded and deleted over HTTP", async () => {
  await using house = await openHouse();
  const app = await openApi(house);
  const url = "/api/v1/boards";
  const payload = {
    name: "Cellar",
    charts: [{ title: "", series: [`${house.deviceIds[0]}:t`] }],
    rangeMs: 60_000,
  };
  const made = await app.inject({ method: "POST", url, payload });
  expect(made.statusCode).toBe(201);
  const { id, updatedMs } = made.json();
  const change = () =>
    app.inject({ method: "PUT", url: `${url}/${id}`, payload: { ...payload, name: "Attic", updatedMs } });
  expect((await change()).json().name).toBe("Attic");
  expect((await change()).statusCode).toBe(409);
  expect((await app.inject({ url })).json().items).toHaveLength(1);
  expect((await app.inject({ method: "DELETE", url: `${url}/${id}` })).statusCode).toBe(200);
  expect((await app.inject({ url: `${url}/${id}` })).json().code).toBe("board.not_found");
  await app.close();
});
