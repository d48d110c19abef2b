import { access, type Permission } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { OTHER_SITE, permissionsHouse, SITE } from "../testing/house.ts";

const DAY_MS = 86_400_000;
const NAMES = { name: "Importer" };

test("a program may do what its token names, where it names it, and no more than its maker may at that moment", async () => {
  await using house = await permissionsHouse();
  const [owner, other] = [await house.person("owner"), await house.person("owner")];
  const expiresMs = house.clock.nowMs() + DAY_MS;
  const body = { ...NAMES, permissions: ["device.read", "device.write"], sites: [SITE], expiresMs };
  const { secret } = await house.act(owner, access.createToken, { body });
  const may = async () => {
    const { permissions } = await house.feature.programOf(secret);
    return Object.fromEntries(
      [...permissions].map(([permission, reach]) => [permission, access.reaches(reach, { siteId: SITE })]),
    );
  };
  expect(await may()).toEqual({ "device.read": true, "device.write": true });
  const { permissions, program, personId } = await house.feature.programOf(secret);
  expect(access.reaches(permissions.get("device.read") ?? access.NOWHERE, { siteId: OTHER_SITE })).toBe(
    false,
  );
  expect([program?.name, personId]).toEqual([NAMES.name, owner.id]);
  await house.act(other, access.setMainRole, {
    params: { id: owner.id },
    body: { role: "auditor", everywhere: true },
  });
  expect(await may()).toEqual({ "device.read": true });
  house.lock(owner);
  await expect(house.feature.programOf(secret)).rejects.toMatchObject({ code: "auth.token_invalid" });
});

test("no token allows what its maker may not, or what needs a person", async () => {
  await using house = await permissionsHouse();
  const [owner, operator] = [await house.person("owner"), await house.person("operator")];
  const expiresMs = house.clock.nowMs() + DAY_MS;
  const create = (who: typeof owner, permissions: readonly Permission[]) =>
    house.act(who, access.createToken, { body: { ...NAMES, permissions, expiresMs } });
  for (const permission of ["self", "people.write", "role.write", "token.write"] as const)
    await expect(create(owner, [permission])).rejects.toMatchObject({ code: "token.exceeds_own" });
  await expect(create(operator, ["tenant.write"])).rejects.toMatchObject({ code: "token.exceeds_own" });
  // Also when a row says so that nobody could have made here.
  const { secret } = await create(owner, ["device.read"]);
  await house.query("update api_tokens set permissions = '{device.read,people.write}'");
  expect([...(await house.feature.programOf(secret)).permissions.keys()]).toEqual(["device.read"]);
});

test("the command line, which is no person, is told so instead of making a token that nobody answers for", async () => {
  await using house = await permissionsHouse();
  const body = { ...NAMES, permissions: ["device.read"], expiresMs: house.clock.nowMs() + DAY_MS };
  await expect(house.act("command line", access.createToken, { body })).rejects.toMatchObject({
    code: "token.needs_person",
  });
});

test("a token ends with its time or when it is revoked, and never says which part of it is wrong", async () => {
  await using house = await permissionsHouse();
  const owner = await house.person("owner");
  const create = async (days: number) =>
    house.act(owner, access.createToken, {
      body: { ...NAMES, permissions: ["device.read"], expiresMs: house.clock.nowMs() + days * DAY_MS },
    });
  for (const days of [0, access.TOKEN_MAX_DAYS + 1])
    await expect(create(days)).rejects.toMatchObject({ code: "token.expiry_invalid" });
  const [short, long] = [await create(1), await create(2)];
  const last = long.secret.at(-1) === "x" ? "y" : "x";
  const invalid = async (...texts: string[]) => {
    for (const text of texts)
      await expect(house.feature.programOf(text)).rejects.toMatchObject({ code: "auth.token_invalid" });
  };
  await invalid("", "ghp_", "ghp_unknown", `${long.secret.slice(0, -1)}${last}`);
  house.clock.advance(DAY_MS);
  await invalid(short.secret);
  await house.feature.programOf(long.secret);
  await house.act(owner, access.revokeToken, { params: { id: long.token.id } });
  await invalid(long.secret);
});

test("a token may ask 600 times a minute, and its neighbour as often", async () => {
  await using house = await permissionsHouse();
  const owner = await house.person("owner");
  const make = async () =>
    (
      await house.act(owner, access.createToken, {
        body: { ...NAMES, permissions: ["device.read"], expiresMs: house.clock.nowMs() + DAY_MS },
      })
    ).secret as string;
  const [busy, calm] = [await make(), await make()];
  for (let call = 0; call < 600; call++) await house.feature.programOf(busy);
  await expect(house.feature.programOf(busy)).rejects.toMatchObject({ code: "request.rate_limited" });
  await house.feature.programOf(calm);
  house.clock.advance(60_000);
  await house.feature.programOf(busy);
});
