import * as contract from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Asker, addressOf, type House, openHouse, type Things } from "../lib/organisations.ts";

// Made from the contract alone: every route × everybody who can ask. A request that is let in is refused for a query
// it does not know (request.invalid), which is looked at after who asks and before anything is done: so that the whole
// matrix changes nothing, in any order.

const endpoints: readonly contract.AnyEndpoint[] = Object.values(contract).flatMap((group) =>
  typeof group !== "object" || group === null
    ? []
    : Object.values(group as object).filter(
        (value): value is contract.AnyEndpoint =>
          typeof value === "object" && value !== null && "audience" in value,
      ),
);
/** /metrics answers loopback without a session and has a test of its own. */
const operatorRoutes = endpoints.filter(
  ({ audience, path }) => audience === "operator" && path !== "/metrics",
);
const deviceRoutes = endpoints.filter(({ audience }) => audience === "device");
const nameOf = ({ method, path }: contract.AnyEndpoint): string => `${method} ${path}`;

/** Kinds of things that lie at a site; the others are the organisation's as a whole. */
const PLACED: readonly contract.ResourceKind[] = [
  "device",
  "site",
  "board",
  "rule",
  "alert",
  "meter_read",
  "enrolment_group",
  "camera_event",
  "segment",
  "recording_export",
  "share",
];

/** They lie nowhere: whoever has the permission anywhere reaches all of them. */
const UNPLACED: readonly contract.ResourceKind[] = ["case"];

const LET_IN = { status: 400, code: "request.invalid" };
const UNKNOWN = { status: 401, code: "auth.required" };
const FORBIDDEN = { status: 403, code: "auth.forbidden" };
const UNCONFIRMED = { status: 403, code: "auth.step_up_required" };

interface Persona {
  readonly name: string;
  readonly asker: Asker;
  /** Undefined: nobody. Permission → how far it reaches for this persona. */
  readonly may: ReadonlyMap<contract.Permission, "all" | "first site"> | undefined;
  readonly steppedUp: boolean;
  readonly isProgram?: boolean;
  /** Of the organisation whose things are asked for. */
  readonly isInside: boolean;
}

let house: House;
const personas: Persona[] = [];

const everywhere = (permissions: readonly contract.Permission[]): Persona["may"] =>
  new Map(permissions.map((one) => [one, "all"]));
const atFirstSite = (permissions: readonly contract.Permission[]): Persona["may"] =>
  new Map(permissions.map((one) => [one, one === "self" ? "all" : "first site"]));
const withoutHost = (permissions: readonly contract.Permission[]): readonly contract.Permission[] =>
  permissions.filter((one) => !contract.HOST_PERMISSIONS.includes(one));

beforeAll(async () => {
  house = await openHouse();
  const { host, guest } = house;
  const inside = { isInside: true, steppedUp: true };
  const nobody = { may: undefined, isInside: true, steppedUp: false };
  const add = (name: string, asker: Asker, rest: Omit<Persona, "name" | "asker">) =>
    personas.push({ name, asker, ...rest });

  add("nobody", house.nobody(), nobody);
  add("a device", house.nobody({ authorization: `Bearer ${host.deviceKey}` }), nobody);
  for (const role of contract.ROLE_NAMES) {
    const may = role === "customer" ? everywhere(["self"]) : everywhere(contract.ROLES[role]);
    add(`${role} of the organisation`, await house.person(host.tenantId, role), { ...inside, may });
  }
  for (const role of ["operator", "guard", "customer"] as const) {
    const grants = [{ role, scope: { kind: "site", siteId: host.sites[0] } }] as const;
    const asker = await house.person(host.tenantId, role, { everywhere: false, grants });
    add(`${role} of the first site`, asker, { ...inside, may: atFirstSite(contract.ROLES[role]) });
  }
  add("owner without a second factor", await house.person(host.tenantId, "owner", { steppedUp: false }), {
    ...inside,
    steppedUp: false,
    may: everywhere(contract.PERMISSIONS),
  });
  add("owner of another organisation", await house.person(guest.tenantId, "owner"), {
    isInside: false,
    steppedUp: true,
    may: everywhere(withoutHost(contract.PERMISSIONS)),
  });
  const program = async (
    name: string,
    permissions: readonly contract.Permission[],
    sites?: readonly string[],
  ) => {
    const owner = await house.person(host.tenantId, "owner");
    const expiresMs = Date.now() + 3_600_000;
    const body = { name, permissions, expiresMs, ...(sites === undefined ? {} : { sites }) };
    const { secret } = await owner.get<{ secret: string }>("POST", "/api/v1/tokens", body);
    const may = sites === undefined ? everywhere(permissions) : atFirstSite(permissions);
    add(name, house.program(name, secret), { ...inside, isProgram: true, may });
  };
  const forPrograms = contract.PERMISSIONS.filter((one) => !contract.PERSON_ONLY_PERMISSIONS.includes(one));
  await program("program with one permission", ["alert.read"]);
  await program("program with every permission", forPrograms);
  await program("program of the first site", forPrograms, [host.sites[0]]);
});
afterAll(() => house.end());

/** What the contract says must be answered, for the thing of the first or of the second site. */
function expected(endpoint: contract.AnyEndpoint, persona: Persona, site: "first" | "second") {
  const { permission, resource, partial, stepUp } = endpoint;
  if (persona.may === undefined) return UNKNOWN;
  const reach = permission === undefined ? undefined : persona.may.get(permission);
  if (reach === undefined) return FORBIDDEN;
  if (resource !== undefined) {
    const isPlaced = PLACED.includes(resource.kind);
    const isReached = reach === "all" || UNPLACED.includes(resource.kind) || (isPlaced && site === "first");
    if (!persona.isInside || !isReached) return { status: 404, code: contract.RESOURCE_KINDS[resource.kind] };
  } else if (reach !== "all" && partial !== true) return FORBIDDEN;
  if (stepUp === true && persona.isProgram === true) return FORBIDDEN;
  if (stepUp === true && !persona.steppedUp) return UNCONFIRMED;
  return LET_IN;
}

async function ask(endpoint: contract.AnyEndpoint, { asker }: Persona, things: Things["first"]) {
  const { status, code } = await asker.ask(endpoint.method, `${addressOf(endpoint, things)}?unheard=of`);
  return { status, code };
}

test("there is something of every kind that an address can name", () => {
  const named = new Set(
    operatorRoutes.flatMap(({ resource }) => (resource === undefined ? [] : [resource.kind])),
  );
  for (const kind of named) {
    expect([kind, house.host.first[kind]]).toEqual([kind, expect.any(String)]);
    if (PLACED.includes(kind)) expect(house.host.second[kind]).not.toBe(house.host.first[kind]);
  }
});

test("every operator route answers everybody as the contract says", async () => {
  expect(operatorRoutes.length).toBeGreaterThan(150);
  const wrong: string[] = [];
  let asked = 0;
  for (const endpoint of operatorRoutes) {
    const sites = endpoint.resource === undefined ? (["first"] as const) : (["first", "second"] as const);
    const answers = personas.flatMap((persona) =>
      sites.map(async (site) => {
        asked++;
        const want = expected(endpoint, persona, site);
        const got = await ask(endpoint, persona, house.host[site]);
        if (got.status !== want.status || got.code !== want.code)
          wrong.push(
            `${nameOf(endpoint)} × ${persona.name} × ${site} site: ${got.status} ${got.code}, not ${want.status} ${want.code}`,
          );
      }),
    );
    await Promise.all(answers);
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(2_000);
}, 300_000);

test("a device route answers devices alone", async () => {
  for (const endpoint of deviceRoutes)
    for (const persona of personas) {
      const { status, code } = await ask(endpoint, persona, house.host.first);
      const isDevice = persona.name === "a device";
      const want = isDevice ? LET_IN : { status: 401, code: "device.credentials_invalid" };
      expect([nameOf(endpoint), persona.name, status, code]).toEqual([
        nameOf(endpoint),
        persona.name,
        want.status,
        want.code,
      ]);
    }
});
