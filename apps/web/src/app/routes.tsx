import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { cameraRoutes } from "./camera-routes.tsx";
import { console_ } from "./console-route.tsx";
import { entryRoutes } from "./entry-routes.tsx";
import { requireOverview } from "./guard.ts";
import { root } from "./root-route.tsx";
import { textSearch } from "./search.ts";

const overview = createRoute({
  getParentRoute: () => console_,
  path: "/",
  staticData: { crumbs: [{ label: "overview" }] },
  beforeLoad: requireOverview,
  component: lazyRouteComponent(() => import("../features/overview/overview-page.tsx"), "OverviewPage"),
});

const devices = createRoute({
  getParentRoute: () => console_,
  path: "/devices",
  validateSearch: textSearch("q", "type", "status", "tag", "quarantined", "sort", "offset"),
  staticData: { crumbs: [{ label: "devices" }] },
  component: lazyRouteComponent(() => import("../features/devices/devices-page.tsx"), "DevicesPage"),
});

const addDevice = createRoute({
  getParentRoute: () => console_,
  path: "/devices/add",
  validateSearch: textSearch("type"),
  staticData: { crumbs: [{ label: "devices", to: "/devices" }, { label: "addDevice" }] },
  component: lazyRouteComponent(() => import("../features/devices/add-device-page.tsx"), "AddDevicePage"),
});

const device = createRoute({
  getParentRoute: () => console_,
  path: "/devices/$deviceId/{-$tab}",
  staticData: { crumbs: [{ label: "devices", to: "/devices" }] },
  component: lazyRouteComponent(() => import("../features/devices/device-page.tsx"), "DevicePage"),
});

const telemetryPage = lazyRouteComponent(
  () => import("../features/telemetry/telemetry-page.tsx"),
  "TelemetryPage",
);

const telemetry = createRoute({
  getParentRoute: () => console_,
  path: "/telemetry",
  validateSearch: textSearch("series", "range"),
  staticData: { crumbs: [{ label: "telemetry" }] },
  component: telemetryPage,
});

const board = createRoute({
  getParentRoute: () => console_,
  path: "/telemetry/boards/$boardId",
  staticData: { crumbs: [{ label: "telemetry", to: "/telemetry" }] },
  component: telemetryPage,
});

const alerts = createRoute({
  getParentRoute: () => console_,
  path: "/alerts",
  validateSearch: textSearch("state", "severity", "device", "q", "alert"),
  staticData: { crumbs: [{ label: "alerts" }] },
  component: lazyRouteComponent(() => import("../features/alerts/alerts-page.tsx"), "AlertsPage"),
});

/** Where messages lead. */
const alert = createRoute({
  getParentRoute: () => console_,
  path: "/alerts/$alertId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/alerts", search: { alert: params.alertId }, replace: true });
  },
});

const rules = createRoute({
  getParentRoute: () => console_,
  path: "/alerts/rules",
  validateSearch: textSearch("rule"),
  staticData: { crumbs: [{ label: "alerts", to: "/alerts" }, { label: "rules" }] },
  component: lazyRouteComponent(() => import("../features/alerts/rules-page.tsx"), "RulesPage"),
});

const eventLink = createRoute({
  getParentRoute: () => console_,
  path: "/e/$token",
  staticData: { crumbs: [{ label: "alerts", to: "/alerts" }] },
  component: lazyRouteComponent(() => import("../features/alerts/event-link-page.tsx"), "EventLinkPage"),
});

const lab = createRoute({
  getParentRoute: () => console_,
  path: "/lab",
  validateSearch: textSearch("run", "attack"),
  staticData: { crumbs: [{ label: "lab" }] },
  component: lazyRouteComponent(() => import("../features/lab/lab-page.tsx"), "LabPage"),
});

const gateways = createRoute({
  getParentRoute: () => console_,
  path: "/gateways",
  validateSearch: textSearch("q", "offset"),
  staticData: { crumbs: [{ label: "gateways" }] },
  component: lazyRouteComponent(() => import("../features/gateways/gateways-page.tsx"), "GatewaysPage"),
});

const audit = createRoute({
  getParentRoute: () => console_,
  path: "/audit",
  validateSearch: textSearch("q", "kind", "outcome", "actor", "subject", "about", "from", "to"),
  staticData: { crumbs: [{ label: "audit" }] },
  component: lazyRouteComponent(() => import("../features/audit/audit-page.tsx"), "AuditPage"),
});

const auditWitnesses = createRoute({
  getParentRoute: () => console_,
  path: "/audit/witnesses",
  staticData: { crumbs: [{ label: "audit", to: "/audit" }, { label: "witnesses" }] },
  component: lazyRouteComponent(
    () => import("../features/audit/witnesses/witnesses-page.tsx"),
    "WitnessesPage",
  ),
});

const auditEntry = createRoute({
  getParentRoute: () => console_,
  path: "/audit/$entryId",
  staticData: { crumbs: [{ label: "audit", to: "/audit" }] },
  component: lazyRouteComponent(() => import("../features/audit/entry-page.tsx"), "EntryPage"),
});

const outbox = createRoute({
  getParentRoute: () => console_,
  path: "/outbox",
  validateSearch: textSearch("state", "q"),
  staticData: { crumbs: [{ label: "outbox" }] },
  component: lazyRouteComponent(() => import("../features/outbox/outbox-page.tsx"), "OutboxPage"),
});

const people = createRoute({
  getParentRoute: () => console_,
  path: "/people",
  validateSearch: textSearch("q", "who", "state", "role", "offset"),
  staticData: { crumbs: [{ label: "people" }] },
  component: lazyRouteComponent(() => import("../features/people/people-page.tsx"), "PeoplePage"),
});

const person = createRoute({
  getParentRoute: () => console_,
  path: "/people/$personId",
  staticData: { crumbs: [{ label: "people", to: "/people" }] },
  component: lazyRouteComponent(() => import("../features/people/person-page.tsx"), "PersonPage"),
});

const approvals = createRoute({
  getParentRoute: () => console_,
  path: "/approvals",
  validateSearch: textSearch("tab", "act", "q"),
  staticData: { crumbs: [{ label: "approvals" }] },
  component: lazyRouteComponent(() => import("../features/approvals/approvals-page.tsx"), "ApprovalsPage"),
});

const approval = createRoute({
  getParentRoute: () => console_,
  path: "/approvals/$approvalId",
  staticData: { crumbs: [{ label: "approvals", to: "/approvals" }] },
  component: lazyRouteComponent(() => import("../features/approvals/approval-page.tsx"), "ApprovalPage"),
});

const roles = createRoute({
  getParentRoute: () => console_,
  path: "/roles",
  validateSearch: textSearch("role", "like"),
  staticData: { crumbs: [{ label: "roles" }] },
  component: lazyRouteComponent(() => import("../features/roles/roles-page.tsx"), "RolesPage"),
});

const tokens = createRoute({
  getParentRoute: () => console_,
  path: "/tokens",
  validateSearch: textSearch("q", "state"),
  staticData: { crumbs: [{ label: "tokens" }] },
  component: lazyRouteComponent(() => import("../features/tokens/tokens-page.tsx"), "TokensPage"),
});

const organisations = createRoute({
  getParentRoute: () => console_,
  path: "/organisations",
  validateSearch: textSearch("q", "organisation"),
  staticData: { crumbs: [{ label: "organisations" }] },
  component: lazyRouteComponent(
    () => import("../features/organisations/organisations-page.tsx"),
    "OrganisationsPage",
  ),
});

const account = createRoute({
  getParentRoute: () => console_,
  path: "/account",
  staticData: { crumbs: [{ label: "account" }] },
  component: lazyRouteComponent(() => import("../features/account/account-page.tsx"), "AccountPage"),
});

const settingsPage = lazyRouteComponent(
  () => import("../features/settings/settings-page.tsx"),
  "SettingsPage",
);

const settings = createRoute({
  getParentRoute: () => console_,
  path: "/settings",
  staticData: { crumbs: [{ label: "settings" }] },
  component: settingsPage,
});

const settingsSection = createRoute({
  getParentRoute: () => console_,
  path: "/settings/$section",
  staticData: { crumbs: [{ label: "settings", to: "/settings" }] },
  component: settingsPage,
});

export const routeTree = root.addChildren([
  ...entryRoutes,
  console_.addChildren([
    overview,
    devices,
    addDevice,
    device,
    telemetry,
    board,
    ...cameraRoutes,
    alerts,
    alert,
    rules,
    gateways,
    lab,
    eventLink,
    audit,
    auditWitnesses,
    auditEntry,
    outbox,
    people,
    person,
    approvals,
    approval,
    roles,
    tokens,
    organisations,
    account,
    settings,
    settingsSection,
  ]),
]);
