import { AppError, isUuid, type Uuid } from "@gatehouse/base";
import { type AnyEndpoint, access, RESOURCE_KINDS, type ResourceKind } from "@gatehouse/contract";

type Places = readonly access.Place[] | undefined;

/** Whose a thing is, and where it lies. */
export interface Located {
  readonly tenantId: Uuid;
  /**
   * Asked only for whom the permission reaches a part of the organisation. All of them must be reached; a thing that
   * lies nowhere (an empty board) is everybody's. Without places it belongs to the organisation as a whole.
   */
  places?(): Places | Promise<Places>;
}

/** A thing of the organisation as a whole; undefined for one that is not there. */
export const ofTenant = (tenantId: Uuid | undefined): Located | undefined =>
  tenantId === undefined ? undefined : { tenantId };

const BEYOND_REACH = Symbol("beyond reach");

/** Whether what was said not to be there is there, but not for whoever asked: for the log, never for them. */
export const isBeyondReach = ({ cause }: Error): boolean => cause === BEYOND_REACH;

type Finder = (id: Uuid) => Located | undefined | Promise<Located | undefined>;

/** How each kind of thing is found; filled by the features. */
export type Resources = Partial<Readonly<Record<ResourceKind, Finder>>>;

/** What an address names; undefined when that is nothing, or not there. */
async function findNamed(
  { resource, method, path }: AnyEndpoint,
  params: Readonly<Record<string, string>>,
  resources: Resources,
): Promise<Located | undefined> {
  if (resource === undefined) return undefined;
  const find = resources[resource.kind];
  if (find === undefined) throw new Error(`${method} ${path}: nobody finds a ${resource.kind}`);
  const id = params[resource.param] ?? "";
  return isUuid(id) ? find(id) : undefined;
}

/** Whose the thing is that an address names: what decides for the attack lab where the asker's organisation does not. */
export const tenantOfNamed = async (...named: Parameters<typeof findNamed>): Promise<Uuid | undefined> =>
  (await findNamed(...named))?.tenantId;

/**
 * Refuses a thing of another organisation, or one that the permission does not reach, as if there were none.
 * An address that is no id is left to the check of the parameters, which refuses it.
 */
export async function assertReached(
  endpoint: AnyEndpoint,
  params: Readonly<Record<string, string>>,
  scope: access.Scope,
  resources: Resources,
): Promise<void> {
  const { resource } = endpoint;
  const found = await findNamed(endpoint, params, resources);
  if (resource === undefined || !isUuid(params[resource.param] ?? "")) return;
  const refusal = RESOURCE_KINDS[resource.kind];
  if (found === undefined) throw new AppError(refusal);
  if (!(await isWithin(found, scope))) throw new AppError(refusal, {}, { cause: BEYOND_REACH });
}

async function isWithin(found: Located, { tenantId, reach }: access.Scope): Promise<boolean> {
  if (found.tenantId !== tenantId) return false;
  if (reach === "all") return true;
  const places = await found.places?.();
  return places !== undefined && access.reachesAll(reach, places);
}
