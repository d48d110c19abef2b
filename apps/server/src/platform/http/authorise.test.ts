import { type AppError, isAppError } from "@gatehouse/base";
import { type AnyEndpoint, type access, accounts, endpoint } from "@gatehouse/contract";
import { Type } from "typebox";
import { expect, test } from "vitest";
import { assertMay } from "./authorise.ts";
import type { PersonPrincipal } from "./principal.ts";
import type { Resources } from "./resources.ts";
import { everywhere, ownerOf } from "./testing/gates.ts";

const TENANT = "00000000-0000-4000-8000-00000000000a";
const OTHER = "00000000-0000-4000-8000-00000000000b";
const NORTH = "00000000-0000-4000-8000-000000000001";
const SOUTH = "00000000-0000-4000-8000-000000000002";
const DEVICE = "00000000-0000-4000-8000-0000000000d1";
const NOW_MS = 1_000_000_000;

const declare = (more: Partial<AnyEndpoint> = {}): AnyEndpoint =>
  endpoint({
    method: "POST",
    path: "/things/:id",
    summary: "s",
    tag: "t",
    audience: "operator",
    permission: "device.write",
    reply: Type.Object({}),
    unrecorded: "a test",
    ...more,
  });
const ofDevice = declare({ resource: { kind: "device", param: "id" } });
const at = (...sites: string[]): access.Access =>
  new Map([["device.write", { sites: new Set(sites), devices: new Set<string>() }]]);

async function answer(
  declared: AnyEndpoint,
  who: Partial<PersonPrincipal>,
  resources: Resources = { device: () => ({ tenantId: TENANT, places: () => [{ siteId: NORTH }] }) },
): Promise<access.Scope | string> {
  const person = { ...ownerOf(TENANT, NOW_MS), ...who };
  const gates = { resources, nowMs: () => NOW_MS };
  return assertMay(declared, { id: DEVICE }, person, gates).catch((error: AppError) => {
    if (!isAppError(error)) throw error;
    return error.code;
  });
}

test("a thing of another organisation or beyond one's sites is not found", async () => {
  expect(await answer(ofDevice, {})).toEqual({ tenantId: TENANT, reach: "all" });
  expect(await answer(ofDevice, { tenantId: OTHER })).toBe("device.not_found");
  expect(await answer(ofDevice, { permissions: at(SOUTH) })).toBe("device.not_found");
  expect(await answer(ofDevice, { permissions: at(SOUTH, NORTH) })).toMatchObject({ tenantId: TENANT });
  expect(await answer(ofDevice, {}, { device: () => undefined })).toBe("device.not_found");
});

test("a thing of the organisation as a whole is out of reach for a part of it", async () => {
  const resources: Resources = { device: () => ({ tenantId: TENANT }) };
  expect(await answer(ofDevice, { permissions: at(NORTH) }, resources)).toBe("device.not_found");
});

test("what names no thing needs the whole organisation, unless it answers a part", async () => {
  const permissions = at(NORTH);
  expect(await answer(declare(), { permissions })).toBe("auth.forbidden");
  expect(await answer(declare({ partial: true }), { permissions })).toMatchObject({
    reach: permissions.get("device.write"),
  });
  expect(await answer(declare({ partial: true }), { permissions: everywhere(["device.read"]) })).toBe(
    "auth.forbidden",
  );
});

test("an act that needs a second factor takes one of the last five minutes, and no program's", async () => {
  const act = declare({ stepUp: true });
  expect(await answer(act, { stepUpMs: NOW_MS - accounts.STEP_UP_MS })).toMatchObject({ tenantId: TENANT });
  expect(await answer(act, { stepUpMs: NOW_MS - accounts.STEP_UP_MS - 1 })).toBe("auth.step_up_required");
  const { stepUpMs: _, ...without } = ownerOf(TENANT, NOW_MS);
  await expect(assertMay(act, {}, without, { resources: {}, nowMs: () => NOW_MS })).rejects.toMatchObject({
    code: "auth.step_up_required",
  });
  expect(await answer(act, { program: { tokenId: DEVICE, name: "p" } })).toBe("auth.forbidden");
});

test("a kind that nobody finds is a fault of ours, not an open door", async () => {
  await expect(answer(ofDevice, {}, {})).rejects.toThrow(/nobody finds a device/);
});
