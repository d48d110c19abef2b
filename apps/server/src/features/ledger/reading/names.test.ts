import { access, type Permission } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import type { NameSource } from "../../../platform/names.ts";
import { Names, type Reader } from "./names.ts";

const id = (n: number): string => `0191a000-0000-7000-8000-00000000000${n}`;
const [TENANT, BOILER, CELLAR, GONE, SITE] = [id(1), id(2), id(3), id(4), id(5)];

const devices: NameSource = {
  kind: "device",
  permission: "device.read",
  list: ({ reach }) =>
    [
      { id: BOILER, name: "Chaufferie été" },
      { id: CELLAR, name: "cellar" },
    ].filter((device) => access.reaches(reach, { siteId: device.id === BOILER ? SITE : id(9) })),
};
const names = new Names(() => [devices]);
const readerWith = (...permissions: [Permission, access.Reach][]): Reader => ({
  tenantId: TENANT,
  permissions: new Map(permissions),
});
const everywhere = readerWith(["device.read", "all"]);
const atOneSite = readerWith(["device.read", { sites: new Set([SITE]), devices: new Set() }]);

const partyOf = (device: string) => ({ kind: "device", id: device });
async function seen(reader: Reader, device: string) {
  const party = partyOf(device);
  return (await names.resolver(reader, [party]))(party);
}

describe("what entries are about", () => {
  it("has its name of today, and says when it is gone", async () => {
    expect(await seen(everywhere, BOILER)).toEqual({ ...partyOf(BOILER), name: "Chaufferie été" });
    expect(await seen(everywhere, GONE)).toEqual({ ...partyOf(GONE), gone: true });
  });

  it("has no name for who may not see it, who cannot tell either whether it is gone", async () => {
    expect(await seen(atOneSite, BOILER)).toHaveProperty("name");
    expect(await seen(atOneSite, CELLAR)).toEqual(partyOf(CELLAR));
    expect(await seen(atOneSite, GONE)).toEqual(partyOf(GONE));
    expect(await seen(readerWith(), BOILER)).toEqual(partyOf(BOILER));
  });

  it("is found by a part of its name, whatever case and accents, by who may see it", async () => {
    expect(await names.search(everywhere, "ETE")).toEqual([BOILER]);
    expect(await names.search(everywhere, "cell")).toEqual([CELLAR]);
    expect(await names.search(atOneSite, "cell")).toEqual([]);
    expect(await names.search(readerWith(), "ete")).toEqual([]);
  });
});
