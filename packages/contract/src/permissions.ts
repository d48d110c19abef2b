/** Everything a person can be allowed to do. A route names exactly one. */
export const PERMISSIONS = [
  "overview.read",
  "site.read",
  "site.write",
  "device.read",
  "device.write",
  "device.credentials",
  "device.command",
  /** Quarantine and release devices, and decide about readings kept apart. */
  "device.quarantine",
  /** Change the settings that a device takes from the server. */
  "device.configure",
  "telemetry.read",
  "telemetry.export",
  "board.read",
  "board.write",
  "rule.read",
  "rule.write",
  "alert.read",
  "alert.handle",
  "channel.read",
  "channel.write",
  "outbox.read",
  "outbox.retry",
  "people.read",
  "access_log.read",
  /** Attacks against a server of their own, on this machine. */
  "lab.read",
  "lab.run",
  "settings.read",
  "settings.write",
  "demo.manage",
  "operations.read",
  /** Acts on one's own account: every person who is logged in has it. */
  "self",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const READ: readonly Permission[] = [
  "overview.read",
  "site.read",
  "device.read",
  "telemetry.read",
  "board.read",
  "rule.read",
  "alert.read",
  "lab.read",
  "self",
];

/** Role → what it grants. Custom roles and grants per site come with the accounts work; the gate reads only this table. */
export const ROLES = {
  owner: PERMISSIONS,
  operator: [
    ...READ,
    "site.write",
    "device.write",
    "device.credentials",
    "device.command",
    "device.quarantine",
    "device.configure",
    "telemetry.export",
    "board.write",
    "rule.write",
    "alert.handle",
    "channel.read",
    "outbox.read",
    "outbox.retry",
    "lab.run",
    "settings.read",
  ],
  auditor: [
    ...READ,
    "telemetry.export",
    "channel.read",
    "outbox.read",
    "people.read",
    "access_log.read",
    "settings.read",
  ],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export function roleGrants(role: Role, permission: Permission): boolean {
  return (ROLES[role] as readonly Permission[]).includes(permission);
}
