import fc from "fast-check";
import { expect, test } from "vitest";
import { HOST_PERMISSIONS, PERMISSIONS, type Permission } from "../permissions.ts";
import {
  type Access,
  coversScope,
  effectiveAccess,
  type GrantScope,
  type HeldRole,
  intersectAccess,
  isNowhere,
  type Place,
  type Reach,
  reaches,
  reachesAll,
  sitesOf,
} from "./reach.ts";

const SITES = ["s1", "s2", "s3"];
/** Devices d1 to d6 lie two at each site. */
const PLACES: readonly Place[] = SITES.flatMap((siteId, i) =>
  [1, 2].map((n) => ({ siteId, deviceId: `d${i * 2 + n}` })),
);
const siteOf = (deviceId: string): string | undefined =>
  PLACES.find((place) => place.deviceId === deviceId)?.siteId;

const permission = fc.constantFrom<Permission>("device.read", "device.write", "alert.handle", "lab.run");
const scope: fc.Arbitrary<GrantScope> = fc.oneof(
  fc.constant({ kind: "tenant" } as const),
  fc.constantFrom(...SITES).map((siteId) => ({ kind: "site", siteId }) as const),
  fc
    .constantFrom(...PLACES)
    .map(({ deviceId }) => ({ kind: "device", deviceId: deviceId as string }) as const),
);
const held: fc.Arbitrary<HeldRole[]> = fc.array(fc.record({ permissions: fc.array(permission), scope }), {
  maxLength: 6,
});
const reach: fc.Arbitrary<Reach> = fc.oneof(
  fc.constant("all" as const),
  fc.record({
    sites: fc.subarray(SITES).map((ids) => new Set(ids)),
    devices: fc.subarray(PLACES.map(({ deviceId }) => deviceId as string)).map((ids) => new Set(ids)),
  }),
);

const mayAt = (access: Access, one: Permission, place: Place): boolean => {
  const found = access.get(one);
  return found !== undefined && reaches(found, place);
};
const holdsAt = (given: GrantScope, { siteId, deviceId }: Place): boolean =>
  given.kind === "tenant" || (given.kind === "site" ? given.siteId === siteId : given.deviceId === deviceId);

test("somebody may do something at a place exactly when a role they hold there says so", () => {
  fc.assert(
    fc.property(held, permission, fc.constantFrom(...PLACES), fc.boolean(), (roles, one, place, isHost) => {
      const isGranted = roles.some(
        ({ permissions, scope: at }) => [...permissions].includes(one) && holdsAt(at, place),
      );
      const isLeftOut = !isHost && HOST_PERMISSIONS.includes(one);
      expect(mayAt(effectiveAccess(roles, isHost), one, place)).toBe(isGranted && !isLeftOut);
    }),
  );
});

test("a further grant takes nothing away, and the order of grants does not matter", () => {
  fc.assert(
    fc.property(held, held, fc.constantFrom(...PLACES), permission, (a, b, place, one) => {
      const both = mayAt(effectiveAccess([...a, ...b], true), one, place);
      expect(both).toBe(mayAt(effectiveAccess([...b, ...a], true), one, place));
      if (mayAt(effectiveAccess(a, true), one, place)) expect(both).toBe(true);
    }),
  );
});

test("everybody may look after themselves, and nobody gets that from a role", () => {
  fc.assert(
    fc.property(held, fc.boolean(), (roles, isHost) => {
      expect(effectiveAccess(roles, isHost).get("self")).toBe("all");
    }),
  );
  const access = effectiveAccess([{ permissions: PERMISSIONS, scope: { kind: "site", siteId: "s1" } }], true);
  expect(access.get("self")).toBe("all");
});

test("a program never may what its maker may not, nor what its token does not name", () => {
  fc.assert(
    fc.property(
      held,
      fc.array(permission),
      reach,
      fc.constantFrom(...PLACES),
      permission,
      (roles, named, at, place, one) => {
        const maker = effectiveAccess(roles, true);
        const program = intersectAccess(maker, new Set(named), at);
        if (!mayAt(program, one, place)) return;
        expect(mayAt(maker, one, place)).toBe(true);
        expect(named).toContain(one);
        expect(reaches(at, place)).toBe(true);
      },
    ),
  );
  expect(intersectAccess(effectiveAccess([], true), new Set(PERMISSIONS), "all").get("self")).toBe("all");
});

test("whoever covers a scope may be at every place of it", () => {
  fc.assert(
    fc.property(reach, scope, fc.constantFrom(...PLACES), (own, given, place) => {
      if (coversScope(own, given, siteOf) && holdsAt(given, place)) expect(reaches(own, place)).toBe(true);
    }),
  );
  expect(coversScope({ sites: new Set(SITES), devices: new Set() }, { kind: "tenant" }, siteOf)).toBe(false);
});

test("a thing in several places is reached when all of them are; one that lies nowhere is everybody's", () => {
  fc.assert(
    fc.property(reach, fc.subarray([...PLACES]), (own, places) => {
      expect(reachesAll(own, places)).toBe(places.every((place) => reaches(own, place)));
    }),
  );
  expect(reachesAll({ sites: new Set(), devices: new Set() }, [])).toBe(true);
});

test("sites are those of any permission but one's own account", () => {
  const access = effectiveAccess(
    [
      { permissions: ["device.read"], scope: { kind: "site", siteId: "s1" } },
      { permissions: ["alert.read"], scope: { kind: "site", siteId: "s2" } },
    ],
    false,
  );
  expect(sitesOf(access)).toEqual(new Set(["s1", "s2"]));
  expect(isNowhere({ sites: new Set(), devices: new Set() })).toBe(true);
  expect(sitesOf(effectiveAccess([], false))).toEqual(new Set());
});
