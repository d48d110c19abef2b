import type { Permission } from "@gatehouse/contract";
import {
  IconActivity,
  IconBell,
  IconCpu,
  IconFingerprint,
  IconLayoutDashboard,
  IconMail,
  IconRouter,
  IconSettings,
  IconSwords,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { shell } from "../../i18n/en/shell.ts";

export interface NavItem {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly label: keyof typeof shell.nav;
  readonly icon: TablerIcon;
  /** Without it the page is absent. */
  readonly permission: Permission;
  /** Second key after `G`. */
  readonly key?: string;
}

export interface NavGroup {
  readonly label?: keyof typeof shell.nav;
  readonly items: readonly NavItem[];
}

/** The pages of the console in the order of the navigation; the palette, tabs and shortcuts come from it too. */
export const NAV_GROUPS: readonly NavGroup[] = [
  {
    items: [{ to: "/", label: "overview", icon: IconLayoutDashboard, permission: "overview.read", key: "o" }],
  },
  {
    label: "operate",
    items: [
      { to: "/devices", label: "devices", icon: IconCpu, permission: "device.read", key: "d" },
      { to: "/telemetry", label: "telemetry", icon: IconActivity, permission: "telemetry.read", key: "t" },
    ],
  },
  {
    label: "protect",
    items: [
      { to: "/alerts", label: "alerts", icon: IconBell, permission: "alert.read", key: "a" },
      { to: "/lab", label: "lab", icon: IconSwords, permission: "lab.read", key: "l" },
    ],
  },
  {
    label: "metering",
    items: [{ to: "/gateways", label: "gateways", icon: IconRouter, permission: "device.read", key: "g" }],
  },
  {
    label: "manage",
    items: [
      { to: "/audit", label: "audit", icon: IconFingerprint, permission: "ledger.read" },
      { to: "/outbox", label: "outbox", icon: IconMail, permission: "outbox.read" },
      { to: "/people", label: "people", icon: IconUsers, permission: "self" },
      { to: "/settings", label: "settings", icon: IconSettings, permission: "settings.read" },
    ],
  },
];

export const NAV_ITEMS: readonly NavItem[] = NAV_GROUPS.flatMap((group) => group.items);

/** How many pages have a tab of their own on a phone; the others stand under "More". */
export const PHONE_TABS = 4;
