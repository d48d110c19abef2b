import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { Catalogue } from "../catalogue.ts";
import { CatalogueStore } from "../catalogue-store.ts";
import { directoryOf, openHouse, START_MS } from "../testing/house.ts";
import { listSeries } from "./series-list.ts";

test("series are what a device sent and what its type announces, with unit, name and newest value", async () => {
  await using house = await openHouse({ devices: 2 });
  await using other = await openHouse();
  await house.send(
    { numbers: [["x", 7]], states: [["door", "open"]] },
    { tsMs: START_MS - 1, numbers: [["x", 6]] },
  );
  const catalogue = new Catalogue(new CatalogueStore(house.database.pool));
  await catalogue.load();
  const directory = directoryOf(house.database.pool);
  const list = (filter: object) =>
    listSeries(catalogue, directory, access.wholeTenant(house.tenantId), filter);
  const device = house.deviceIds[0] as string;
  const own = await list({ device });
  expect(own.map(({ metric, kind, unit, last, lastMs }) => [metric, kind, unit, last, lastMs])).toEqual([
    ["door", "state", "", "open", START_MS],
    ["t", "number", "°C", undefined, undefined],
    ["x", "number", "", 7, START_MS],
  ]);
  expect(await list({})).toHaveLength(4);
  expect((await list({ metric: "t" })).map(({ metric }) => metric)).toEqual(["t", "t"]);
  expect((await list({ q: "CAFE temperature" })).map(({ metric }) => metric)).toEqual(["t", "t"]);
  expect(await list({ q: "café nothing" })).toEqual([]);
  expect(await list({ site: device })).toEqual([]);
  expect(await listSeries(catalogue, directory, access.wholeTenant(other.tenantId), { device })).toEqual([]);
});
