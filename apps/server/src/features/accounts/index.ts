import type { Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { PersonGate, PersonPrincipal } from "../../platform/http/principal.ts";
import { createAccessTokens } from "../../platform/secrets/index.ts";
import { ACCESS_LIFETIME_MS, type AccountsContext, type AccountsDeps } from "./context.ts";
import { accountJobs } from "./jobs.ts";
import { LoginService } from "./login/login-service.ts";
import { up } from "./migrations/001-create.ts";
import { up as people } from "./migrations/003-people.ts";
import { PasswordEstimator } from "./passwords/password-estimator.ts";
import { PasswordPolicy } from "./passwords/password-policy.ts";
import { firstTenantId, listTenantIds } from "./people/account-store.ts";
import { Languages } from "./people/languages.ts";
import { accountRoutes } from "./routes.ts";
import { cookieNames, createCookieJar } from "./sessions/cookies.ts";
import { createPersonGate } from "./sessions/person-gate.ts";
import { SessionService } from "./sessions/session-service.ts";
import { SetupService } from "./setup/setup-service.ts";

export type { AccountsDeps, NewTenant } from "./context.ts";
export type { AccountsTables } from "./tables.ts";

export const accountsMigrations: FeatureMigrations = {
  feature: "accounts",
  migrations: [
    { id: "001-create", up },
    { id: "003-people", up: people },
  ],
};

export interface AccountsFeature extends Feature {
  readonly personGate: PersonGate;
  /** For an upgrade request, which Fastify does not see: the value of the access cookie. */
  principalByToken(token: string | undefined): Promise<PersonPrincipal | undefined>;
  readonly accessCookie: string;
  /** The one-time link's token while there is no owner; a new one at each call. */
  ensureSetupToken(): Promise<string | undefined>;
  firstTenantId(): Promise<Uuid | undefined>;
  tenantIds(): Promise<Uuid[]>;
  /** Everybody has to log in again. Before the start of what keeps connections of people. */
  endAllSessions(): Promise<void>;
  /** Of the account with this e-mail address; ask only after `start`. */
  languageOf(tenantId: Uuid, email: string): Language | undefined;
}

export function createAccounts(deps: AccountsDeps): AccountsFeature {
  const names = cookieNames(deps.secure);
  const estimator = new PasswordEstimator(deps.clock);
  const context: AccountsContext = {
    ...deps,
    names,
    passwords: new PasswordPolicy(estimator),
    tokens: createAccessTokens(deps.masterKey, deps.clock),
    jar: createCookieJar(names, deps.secure, ACCESS_LIFETIME_MS / 1000),
  };
  const sessions = new SessionService(context);
  const setup = new SetupService(context, sessions);
  const logins = new LoginService(context, sessions);
  const languages = new Languages(deps.db);
  const gate = createPersonGate(sessions, names.access, deps.accessOf);
  return {
    name: "accounts",
    routes: accountRoutes(context, { setup, sessions, logins, languages }),
    jobs: accountJobs(context),
    stop: () => estimator.stop(),
    personGate: gate,
    principalByToken: gate.byToken,
    accessCookie: names.access,
    ensureSetupToken: () => setup.ensureToken(),
    firstTenantId: () => firstTenantId(deps.db),
    tenantIds: () => listTenantIds(deps.db),
    endAllSessions: () => sessions.endAll(),
    start: () => languages.load(),
    languageOf: (tenantId, email) => languages.find(tenantId, email),
  };
}
