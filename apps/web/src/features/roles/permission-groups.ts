import { type access, HOST_PERMISSIONS, type Permission } from "@gatehouse/contract";

/** What a role can hold: everybody may look after their own account without one. */
export type Givable = Exclude<Permission, "self">;

/** Every permission a role can hold, in the order people read them. */
export const PERMISSION_GROUPS = [
  { name: "places", permissions: ["overview.read", "site.read", "site.write"] },
  {
    name: "devices",
    permissions: [
      "device.read",
      "device.write",
      "device.credentials",
      "device.command",
      "device.configure",
      "device.quarantine",
      "meter_read.run",
    ],
  },
  { name: "readings", permissions: ["telemetry.read", "telemetry.export", "board.read", "board.write"] },
  {
    name: "cameras",
    permissions: [
      "camera.view",
      "camera.write",
      "detector.write",
      "recording.view",
      "verdict.write",
      "arming.write",
      "recording.export",
      "case.read",
      "case.write",
      "recording.manage",
      "recording.erase",
      "recording.deposit",
      "recording.collect",
    ],
  },
  { name: "alerts", permissions: ["rule.read", "rule.write", "alert.read", "alert.handle"] },
  {
    name: "messages",
    permissions: ["channel.read", "channel.write", "outbox.read", "outbox.retry", "outbox.secrets"],
  },
  { name: "people", permissions: ["people.read", "people.approve", "people.write"] },
  { name: "rights", permissions: ["role.read", "role.write", "token.read", "token.write"] },
  { name: "log", permissions: ["ledger.read", "ledger.export", "ledger.manage"] },
  { name: "house", permissions: ["settings.read", "settings.write", "demo.manage"] },
  {
    name: "host",
    permissions: [
      "installation.read",
      "installation.write",
      "tenant.read",
      "tenant.write",
      "lab.read",
      "lab.run",
    ],
  },
] as const satisfies readonly { readonly name: string; readonly permissions: readonly Givable[] }[];

export const isGivable = (permission: Permission): permission is Givable => permission !== "self";

/** Elsewhere the host's own permissions do nothing: they are not shown. */
export const concerns = (isHost: boolean, permission: Permission): boolean =>
  isHost || !HOST_PERMISSIONS.includes(permission);

/** What somebody may do in the whole organisation: only that can be put into a role. */
export const maysEverywhere = (access: access.AccessView, permission: Permission): boolean =>
  access[permission] === "all";

export interface Held {
  readonly reach: access.ReachView;
  readonly permissions: readonly Givable[];
}

/** What somebody may do, by where: the whole organisation first, then places with the same rights together. */
export function byReach(access: access.AccessView): Held[] {
  const groups = new Map<string, { reach: access.ReachView; permissions: Givable[] }>();
  for (const { permissions } of PERMISSION_GROUPS)
    for (const permission of permissions) {
      const reach = access[permission];
      if (reach === undefined) continue;
      const key = keyOf(reach);
      const group = groups.get(key) ?? { reach, permissions: [] };
      group.permissions.push(permission);
      groups.set(key, group);
    }
  return [...groups.values()].sort((a, b) => Number(b.reach === "all") - Number(a.reach === "all"));
}

const keyOf = (reach: access.ReachView): string =>
  reach === "all" ? "all" : JSON.stringify([[...reach.sites].sort(), [...reach.devices].sort()]);
