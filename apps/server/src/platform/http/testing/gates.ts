import { type access, type Permission, ROLES } from "@gatehouse/contract";
import type { MountGates } from "../mount.ts";
import type { PersonPrincipal } from "../principal.ts";

/** These permissions in the whole organisation. */
export const everywhere = (permissions: readonly Permission[]): access.Access =>
  new Map(permissions.map((permission) => [permission, "all"]));

/** Somebody who may do everything and has just given a second factor. */
export const ownerOf = (tenantId: string, nowMs = Date.now()): PersonPrincipal => ({
  kind: "person",
  tenantId,
  personId: tenantId,
  sessionId: tenantId,
  name: "Owner",
  permissions: everywhere(ROLES.owner),
  stepUpMs: nowMs,
});

/** Gates that let nobody in but whom a test names, and hold no act. */
export const testGates = (named: Partial<MountGates> = {}): MountGates => ({
  person: { authenticate: async () => undefined },
  device: { authenticate: async () => undefined },
  resources: {},
  metricsFromLoopback: true,
  nowMs: () => Date.now(),
  secondPerson: { hold: async () => undefined },
  onUnrecorded: ({ method, path }) => {
    throw new Error(`${method} ${path} recorded nothing`);
  },
  onRefused: () => undefined,
  ...named,
});
