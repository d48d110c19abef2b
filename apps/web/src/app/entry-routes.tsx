import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { requireLogin, requireSession } from "./guard.ts";
import { root } from "./root-route.tsx";
import { textSearch } from "./search.ts";

/** Pages before and around log-in, most of them for everybody. A link's token stands in the fragment. */

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: textSearch("next", "ended", "expired", "step"),
  component: lazyRouteComponent(() => import("../features/login/login-page.tsx"), "LoginPage"),
});

const loginLink = createRoute({
  getParentRoute: () => root,
  path: "/login/link",
  component: lazyRouteComponent(() => import("../features/login/link-page.tsx"), "LinkPage"),
});

const loginReset = createRoute({
  getParentRoute: () => root,
  path: "/login/reset",
  component: lazyRouteComponent(() => import("../features/login/reset-page.tsx"), "ResetPage"),
});

const loginEnrol = createRoute({
  getParentRoute: () => root,
  path: "/login/enrol",
  validateSearch: textSearch("next"),
  beforeLoad: async ({ location }) => void (await requireLogin(location.href)),
  component: lazyRouteComponent(() => import("../features/login/enrol-page.tsx"), "EnrolPage"),
});

const emailLink = createRoute({
  getParentRoute: () => root,
  path: "/profile/email",
  beforeLoad: async ({ location }) => void (await requireSession(location.href)),
  component: lazyRouteComponent(() => import("../features/account/link-pages.tsx"), "EmailLinkPage"),
});

const revert = createRoute({
  getParentRoute: () => root,
  path: "/revert",
  component: lazyRouteComponent(() => import("../features/account/link-pages.tsx"), "RevertPage"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: textSearch("id"),
  component: lazyRouteComponent(() => import("../features/sign-up/sign-up-page.tsx"), "SignUpPage"),
});

const signUpConfirm = createRoute({
  getParentRoute: () => root,
  path: "/sign-up/confirm",
  component: lazyRouteComponent(() => import("../features/sign-up/confirm-link-page.tsx"), "ConfirmLinkPage"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("../features/invitation/invitation-page.tsx"), "InvitationPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: textSearch("token", "step"),
  component: lazyRouteComponent(() => import("../features/setup/setup-page.tsx"), "SetupPage"),
});

/** What a claim code is. */
const claim = createRoute({
  getParentRoute: () => root,
  path: "/claim",
  component: lazyRouteComponent(() => import("../features/claim/claim-page.tsx"), "ClaimPage"),
});

/** A customer's own pages. */
const portal = createRoute({
  getParentRoute: () => root,
  path: "/my",
  beforeLoad: async ({ location }) => void (await requireSession(location.href)),
  component: lazyRouteComponent(() => import("../features/portal/portal-frame.tsx"), "PortalFrame"),
});

const portalHome = createRoute({
  getParentRoute: () => portal,
  path: "/",
  component: lazyRouteComponent(() => import("../features/portal/home-page.tsx"), "HomePage"),
});

const portalMe = createRoute({
  getParentRoute: () => portal,
  path: "/me",
  component: lazyRouteComponent(() => import("../features/account/account-page.tsx"), "AccountPage"),
});

export const entryRoutes = [
  login,
  loginLink,
  loginReset,
  loginEnrol,
  emailLink,
  revert,
  signUp,
  signUpConfirm,
  invitation,
  setup,
  claim,
  portal.addChildren([portalHome, portalMe]),
] as const;
