import { access, type Permission, ROLES } from "@gatehouse/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_ON } from "../../../platform/controls.ts";
import { permissionsHouse, SITE } from "../testing/house.ts";
import { covers } from "./covers.ts";

const body = (name: string, permissions: readonly Permission[]) => ({ name, permissions });
const refused = (code: string) => ({ code });

test("nobody makes, widens or gives a role that allows more than they may do themselves", async () => {
  await using house = await permissionsHouse();
  const [owner, operator, guard] = [
    await house.person("owner"),
    await house.person("operator"),
    await house.person("guard"),
  ];
  const beyond = ROLES.owner.filter((one) => one !== "self" && !ROLES.operator.includes(one));
  expect(beyond.length).toBeGreaterThan(0);
  for (const permission of beyond)
    await expect(
      house.act(operator, access.createRole, { body: body("Too much", ["device.read", permission]) }),
    ).rejects.toMatchObject(refused("role.exceeds_own"));
  const made = await house.act(owner, access.createRole, { body: body("Helper", ["device.read"]) });
  await expect(
    house.act(operator, access.updateRole, {
      params: { id: made.ref },
      body: { ...body("Helper", ["device.read", beyond[0] as Permission]), updatedMs: made.updatedMs },
    }),
  ).rejects.toMatchObject(refused("role.exceeds_own"));
  await expect(
    house.act(operator, access.addGrant, {
      params: { id: guard.id },
      body: { role: "owner", scope: { kind: "site", siteId: SITE } },
    }),
  ).rejects.toMatchObject(refused("role.exceeds_own"));
  expect(house.trail.kinds()).toEqual(["role.created"]);
});

test("somebody who may do more than oneself is changed by nobody below, nor oneself by oneself", async () => {
  await using house = await permissionsHouse();
  const [owner, operator] = [await house.person("owner"), await house.person("operator")];
  const guard = { role: "guard", everywhere: true };
  await expect(
    house.act(operator, access.setMainRole, { params: { id: owner.id }, body: guard }),
  ).rejects.toMatchObject(refused("role.exceeds_own"));
  await expect(
    house.act(owner, access.setMainRole, { params: { id: owner.id }, body: guard }),
  ).rejects.toMatchObject(refused("account.own"));
  const other = await house.person("owner");
  await house.act(other, access.setMainRole, { params: { id: owner.id }, body: guard });
  expect((await house.act(other, access.getPersonAccess, { params: { id: owner.id } })).mainRole).toBe(
    "guard",
  );
});

test("a change of a role is in force at once for whoever has it; a role in use stays, a stale edit is refused", async () => {
  await using house = await permissionsHouse();
  const [owner, guard] = [await house.person("owner"), await house.person("guard")];
  const made = await house.act(owner, access.createRole, { body: body("Meters", ["board.write"]) });
  await house.act(owner, access.addGrant, {
    params: { id: guard.id },
    body: { role: made.ref, scope: { kind: "site", siteId: SITE } },
  });
  const allowed = async (permission: Permission) => {
    const { effective } = await house.act(owner, access.getPersonAccess, { params: { id: guard.id } });
    return Object.hasOwn(effective, permission);
  };
  expect([await allowed("board.write"), await allowed("rule.write")]).toEqual([true, false]);
  const changed = {
    params: { id: made.ref },
    body: { ...body("Meters", ["rule.write"]), updatedMs: made.updatedMs },
  };
  await house.act(owner, access.updateRole, changed);
  expect([await allowed("board.write"), await allowed("rule.write")]).toEqual([false, true]);
  await expect(house.act(owner, access.updateRole, changed)).rejects.toMatchObject(
    refused("request.conflict"),
  );
  await expect(house.act(owner, access.removeRole, { params: { id: made.ref } })).rejects.toMatchObject(
    refused("role.in_use"),
  );
});

test("a name is taken once, however it is written, also by two who create it at the same moment", async () => {
  await using house = await permissionsHouse();
  const owner = await house.person("owner");
  const create = (name: string) => house.act(owner, access.createRole, { body: body(name, ["device.read"]) });
  const both = await Promise.allSettled([create("Réseau"), create("RE\u0301SEAU")]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(create("réseau")).rejects.toMatchObject(refused("role.name_taken"));
});

const PERMISSIONS = [...new Set(Object.values(ROLES).flat())];
const some = fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { maxLength: 12 });
const places = fc.constantFrom<access.GrantScope>(
  { kind: "tenant" },
  { kind: "site", siteId: "a" },
  { kind: "site", siteId: "b" },
  { kind: "device", deviceId: "a1" },
);
const SITE_OF = new Map([["a1", "a"]]);
const within = { controls: ALL_ON, isHost: true, siteOf: (id: string) => SITE_OF.get(id) };

test("what one may give is what one has there: given away, it lets nobody do more", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ permissions: some, scope: places }), { maxLength: 4 }),
      some,
      places,
      (held, given, scope) => {
        const own = access.effectiveAccess(held, true);
        if (!covers({ permissions: own }, given, scope, within)) return;
        const together = access.effectiveAccess([...held, { permissions: given, scope }], true);
        for (const siteId of ["a", "b"])
          for (const deviceId of ["a1", undefined]) {
            if (deviceId === "a1" && siteId === "b") continue;
            const place = { siteId, ...(deviceId === undefined ? {} : { deviceId }) };
            for (const permission of PERMISSIONS) {
              const may = (all: access.Access) =>
                access.reaches(all.get(permission) ?? access.NOWHERE, place);
              expect(may(together)).toBe(may(own));
            }
          }
      },
    ),
    { numRuns: 500 },
  );
});
