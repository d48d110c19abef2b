import { createRoute } from "@tanstack/react-router";
import type { shell } from "../i18n/en/shell.ts";
import { requireStaff } from "./guard.ts";
import { root } from "./root-route.tsx";
import { Shell } from "./shell/shell.tsx";
import { StartFailed } from "./start-failed.tsx";

/** Names a page in the breadcrumbs; what only the page knows (a device's name) comes from `usePageTitle`. */
declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    crumbs?: readonly { readonly label: keyof typeof shell.nav; readonly to?: string }[];
  }
}

/** The console: everything behind log-in but the customers’ own pages. */
export const console_ = createRoute({
  getParentRoute: () => root,
  id: "console",
  beforeLoad: ({ location }) => requireStaff(location.href),
  component: Shell,
  errorComponent: StartFailed,
});
