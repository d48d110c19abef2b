import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { freePort } from "@gatehouse/base/testing";
import { expect, test } from "vitest";
import { LabSite } from "./site.ts";

test("a site whose port another program took meanwhile starts on others", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  // Of HTTP first, then of MQTT.
  const ports = [port, await freePort(), await freePort(), port];
  const site = await LabSite.make(true, async () => ports.shift() ?? freePort());
  try {
    await site.startWith(undefined);
    expect(ports).toEqual([]);
    expect([new URL(site.url).port, String(site.mqttPort)]).not.toContain(String(port));
    expect((await site.addDevice("thermometer")).id).toBeDefined();
  } finally {
    await site.end();
    other.close();
  }
}, 240_000);
