import type { access, Permission } from "@gatehouse/contract";
import {
  IconActivity,
  IconBell,
  IconBuildings,
  IconChecks,
  IconCpu,
  IconDeviceCctv,
  IconFingerprint,
  IconKey,
  IconLayoutDashboard,
  IconMail,
  IconRobot,
  IconRouter,
  IconSettings,
  IconSwords,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import { maysEverywhere, maysSomewhere } from "../../data/rights.ts";
import type { shell } from "../../i18n/en/shell.ts";

export interface NavItem {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly label: keyof typeof shell.nav;
  /** Pages that belong to it and have another address. */
  readonly also?: string;
  readonly icon: TablerIcon;
  /** Without any of these the page is absent. */
  readonly permissions: readonly Permission[];
  /** The page is about the organisation as a whole: a permission for a part of it does not open it. */
  readonly whole?: true;
  /** On a phone it stands at the foot before those that do not. */
  readonly tab?: true;
  /** Second key after `G`. */
  readonly key?: string;
}

export interface NavGroup {
  readonly label?: keyof typeof shell.nav;
  readonly items: readonly NavItem[];
}

/** Whoever has one of these may be asked to approve, or may wait for somebody who does. */
export const HELD_BY = [
  "role.write",
  "token.write",
  "people.write",
  "device.write",
  "device.credentials",
  "settings.write",
  "recording.manage",
  "recording.erase",
  "installation.write",
  "tenant.write",
] as const satisfies readonly Permission[];

/** The pages of the console in the order of the navigation; the palette, tabs and shortcuts come from it too. */
const NAV_GROUPS: readonly NavGroup[] = [
  {
    items: [
      {
        to: "/",
        label: "overview",
        icon: IconLayoutDashboard,
        permissions: ["overview.read"],
        key: "o",
        tab: true,
      },
    ],
  },
  {
    label: "operate",
    items: [
      {
        to: "/devices",
        label: "devices",
        icon: IconCpu,
        permissions: ["device.read"],
        key: "d",
        tab: true,
      },
      { to: "/telemetry", label: "telemetry", icon: IconActivity, permissions: ["telemetry.read"], key: "t" },
      {
        to: "/cameras",
        label: "cameras",
        also: "/clips",
        icon: IconDeviceCctv,
        permissions: ["camera.view"],
        key: "c",
        tab: true,
      },
    ],
  },
  {
    label: "protect",
    items: [
      { to: "/alerts", label: "alerts", icon: IconBell, permissions: ["alert.read"], key: "a", tab: true },
      { to: "/lab", label: "lab", icon: IconSwords, permissions: ["lab.read"], whole: true, key: "l" },
    ],
  },
  {
    label: "metering",
    items: [{ to: "/gateways", label: "gateways", icon: IconRouter, permissions: ["device.read"], key: "g" }],
  },
  {
    label: "manage",
    items: [
      { to: "/audit", label: "audit", icon: IconFingerprint, permissions: ["ledger.read"], whole: true },
      { to: "/outbox", label: "outbox", icon: IconMail, permissions: ["outbox.read"], whole: true },
      { to: "/approvals", label: "approvals", icon: IconChecks, permissions: ["role.read", ...HELD_BY] },
      {
        to: "/people",
        label: "people",
        icon: IconUsers,
        permissions: ["people.read"],
        whole: true,
      },
      { to: "/roles", label: "roles", icon: IconKey, permissions: ["role.read"], whole: true },
      { to: "/tokens", label: "tokens", icon: IconRobot, permissions: ["token.read"], whole: true },
      {
        to: "/organisations",
        label: "organisations",
        icon: IconBuildings,
        permissions: ["tenant.read"],
        whole: true,
      },
      { to: "/settings", label: "settings", icon: IconSettings, permissions: ["settings.read"], whole: true },
    ],
  },
];

/** The pages that somebody with these rights may use. */
export function allowedGroups(rights: access.AccessView): NavGroup[] {
  const isAllowed = ({ permissions, whole }: NavItem): boolean =>
    permissions.some((one) => (whole === true ? maysEverywhere(rights, one) : maysSomewhere(rights, one)));
  return NAV_GROUPS.map((group) => ({ ...group, items: group.items.filter(isAllowed) })).filter(
    ({ items }) => items.length > 0,
  );
}

/** How many pages have a tab of their own on a phone; the others stand under "More". */
const PHONE_TABS = 4;

/** Which pages stand at the foot of a phone, and which under "More"; each in the order of the navigation. */
export function phoneTabs(items: readonly NavItem[]): { tabs: NavItem[]; rest: NavItem[] } {
  const chosen = new Set(
    [...items].sort((a, b) => Number(b.tab ?? false) - Number(a.tab ?? false)).slice(0, PHONE_TABS),
  );
  return {
    tabs: items.filter((item) => chosen.has(item)),
    rest: items.filter((item) => !chosen.has(item)),
  };
}
