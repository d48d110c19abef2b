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
  /** Start and cancel rounds of meter readings. */
  "meter_read.run",
  /** Live pictures, and the state of cameras. */
  "camera.view",
  /** What is recorded, watched and hidden, and where the server fetches pictures from. */
  "camera.write",
  /** Models that look for people, and detectors elsewhere. */
  "detector.write",
  "recording.view",
  /** Decide whether an event before a camera was an intrusion. */
  "verdict.write",
  /** Arm and disarm sites. */
  "arming.write",
  /** Take recordings out: download, share. */
  "recording.export",
  /** How much is kept, and where copies go. */
  "recording.manage",
  "recording.erase",
  /** Put copies of another installation's recordings into an inbox here. */
  "recording.deposit",
  /** Take them out again. */
  "recording.collect",
  /** What people collected about something that happened; its clips only where one may see their cameras. */
  "case.read",
  "case.write",
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
  /** Read messages with codes and links, while there is no channel to send them by. */
  "outbox.secrets",
  "people.read",
  /** Let in or turn away who signed up; see phone, address and identity number. */
  "people.approve",
  /** Invite, disable, erase, import. */
  "people.write",
  /** See roles, who has them, and what everybody may do. */
  "role.read",
  /** Make roles and give them to people, never more than one may do oneself. */
  "role.write",
  /** Tokens with which programs ask in one's name. */
  "token.read",
  "token.write",
  "ledger.read",
  "ledger.export",
  /** Witnesses, sealing of old parts. */
  "ledger.manage",
  /** Attacks against a server of their own, on this machine. */
  "lab.read",
  "lab.run",
  "settings.read",
  "settings.write",
  "demo.manage",
  /** Figures and state of the whole installation, beyond one's own organisation. */
  "installation.read",
  /** What holds for every organisation of the installation: the server's keys, for one. */
  "installation.write",
  /** Other organisations of the installation: their names and counts, nothing inside them. */
  "tenant.read",
  "tenant.write",
  /** Acts on one's own account: every person who is logged in has it. */
  "self",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Only people of the host, which is the installation's first organisation, have these. */
export const HOST_PERMISSIONS: readonly Permission[] = [
  "installation.read",
  "installation.write",
  "tenant.read",
  "tenant.write",
  "lab.read",
  "lab.run",
];

/** What a program can never be allowed, whatever its token says. */
export const PERSON_ONLY_PERMISSIONS: readonly Permission[] = [
  "self",
  "outbox.secrets",
  "people.read",
  "people.approve",
  "people.write",
  "role.read",
  "role.write",
  "token.read",
  "token.write",
  "tenant.read",
  "tenant.write",
];

const LOOK: readonly Permission[] = [
  "overview.read",
  "site.read",
  "device.read",
  "telemetry.read",
  "board.read",
  "rule.read",
  "alert.read",
  "self",
];

/** Role → what it grants where it holds. */
export const ROLES = {
  owner: PERMISSIONS,
  operator: [
    ...LOOK,
    "site.write",
    "device.write",
    "device.credentials",
    "device.command",
    "device.quarantine",
    "device.configure",
    "meter_read.run",
    "telemetry.export",
    "board.write",
    "rule.write",
    "alert.handle",
    "channel.read",
    "outbox.read",
    "outbox.retry",
    "camera.view",
    "camera.write",
    "detector.write",
    "recording.view",
    "verdict.write",
    "arming.write",
    "recording.export",
    "case.read",
    "case.write",
    "settings.read",
    "lab.read",
    "lab.run",
    "people.read",
    "people.approve",
  ],
  /** Looks after alerts and watches cameras, and says what it saw; changes nothing else, takes nothing out. */
  guard: [
    ...LOOK,
    "alert.handle",
    "camera.view",
    "recording.view",
    "case.read",
    "case.write",
    "verdict.write",
    "arming.write",
  ],
  /** Meters and what they said. */
  billing_clerk: [
    "overview.read",
    "site.read",
    "device.read",
    "telemetry.read",
    "telemetry.export",
    "board.read",
    "meter_read.run",
    "self",
  ],
  /** Puts devices in place and makes them speak. */
  installer: [
    ...LOOK,
    "device.write",
    "device.credentials",
    "device.command",
    "device.configure",
    "meter_read.run",
    /** To aim them. */
    "camera.view",
    "camera.write",
  ],
  /** Sees everything of the organisation, changes nothing. */
  auditor: [
    ...LOOK,
    "telemetry.export",
    "channel.read",
    "outbox.read",
    "people.read",
    "role.read",
    "token.read",
    "ledger.read",
    "ledger.export",
    "settings.read",
    "installation.read",
    "tenant.read",
    "lab.read",
  ],
  /** Owner or tenant of a property: sees what was granted to it, and nothing of the rest. */
  customer: ["site.read", "device.read", "telemetry.read", "telemetry.export", "alert.read", "self"],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export function roleGrants(role: Role, permission: Permission): boolean {
  return (ROLES[role] as readonly Permission[]).includes(permission);
}

/** Whether a main role holds in the whole organisation unless somebody said otherwise. */
export const holdsEverywhere = (role: Role): boolean => role !== "customer";
