import type { Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import { ALL_ON } from "../../platform/controls.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { PersonGate, PersonPrincipal } from "../../platform/http/principal.ts";
import { ofTenant } from "../../platform/http/resources.ts";
import { createAccessTokens } from "../../platform/secrets/index.ts";
import { ACCESS_LIFETIME_MS, type AccountsContext, type AccountsDeps } from "./context.ts";
import { accountJobs } from "./jobs.ts";
import { createLogIn } from "./log-in.ts";
import { Teller } from "./messages/teller.ts";
import { up } from "./migrations/001-create.ts";
import { up as factors } from "./migrations/002-factors.ts";
import { up as people } from "./migrations/003-people.ts";
import { up as generations } from "./migrations/004-generations.ts";
import { up as noAccessLog } from "./migrations/005-no-access-log.ts";
import { PasswordEstimator } from "./passwords/password-estimator.ts";
import { PasswordPolicy } from "./passwords/password-policy.ts";
import { countPeopleByTenant, firstTenantId, listTenantIds } from "./people/account-store.ts";
import { type KnownPeople, knownPeople, namesOfPeople } from "./people/known-people.ts";
import { Languages } from "./people/languages.ts";
import { PersonalData } from "./people/personal-data.ts";
import { createPeoplePart, type NewOwner } from "./people-part.ts";
import type { Attack } from "./ports.ts";
import { accountRoutes } from "./routes.ts";
import { cookieNames, createCookieJar } from "./sessions/cookies.ts";
import { mustEnrol } from "./sessions/me.ts";
import { createPersonGate } from "./sessions/person-gate.ts";
import { SessionService } from "./sessions/session-service.ts";
import { liveSessions } from "./sessions/session-store.ts";
import { foundTenant, removeTenant } from "./setup/founding.ts";
import { SetupService } from "./setup/setup-service.ts";

export type { AccountsDeps, NewTenant } from "./context.ts";
export type { NewOwner } from "./people-part.ts";
export type { Attack, PersonalDataHolder, Roles } from "./ports.ts";
export type { AccountsTables } from "./tables.ts";

export const accountsMigrations: FeatureMigrations = {
  feature: "accounts",
  migrations: [
    { id: "001-create", up },
    { id: "002-factors", up: factors },
    { id: "003-people", up: people },
    { id: "004-generations", up: generations },
    { id: "005-no-access-log", up: noAccessLog },
  ],
};

// biome-ignore lint/suspicious/noExplicitAny: whatever comes first
type OmitFirst<F> = F extends (first: any, ...rest: infer R) => infer T ? (...rest: R) => T : never;

export interface AccountsFeature extends Feature {
  /** Who is who, for those who decide what people may do. */
  readonly people: KnownPeople;
  /** The first owner of a new organisation, by mail. Fails with account.email_taken. */
  inviteOwner(tenantId: Uuid, owner: NewOwner): Promise<void>;
  /** How many wait for a decision about their sign-up. */
  waitingPeople(tenantId: Uuid): Promise<number>;
  /** Guessing of passwords in the last day. */
  attacks(tenantId: Uuid): readonly Attack[];
  readonly personGate: PersonGate;
  /** For an upgrade request, which Fastify does not see: the value of the access cookie. */
  principalByToken(token: string | undefined): Promise<PersonPrincipal | undefined>;
  readonly accessCookie: string;
  /** The one-time link's token while there is no owner; a new one at each call. */
  ensureSetupToken(): Promise<string | undefined>;
  firstTenantId(): Promise<Uuid | undefined>;
  /** Every organisation with how many people it has; the first one first. */
  tenants(): ReturnType<typeof countPeopleByTenant>;
  /** A further organisation, with what `alongside` writes in the same transaction. */
  foundTenant: OmitFirst<typeof foundTenant>;
  /** With everything that is the organisation's. */
  removeTenant: OmitFirst<typeof removeTenant>;
  tenantIds(): Promise<Uuid[]>;
  /** Everybody has to log in again. Before the start of what keeps connections of people. */
  endAllSessions(): Promise<void>;
  /** Of these sessions the ones that live. */
  liveSessions(sessionIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>>;
  /** Of the account with this e-mail address; ask only after `start`. */
  languageOf(tenantId: Uuid, email: string): Language | undefined;
}

export function createAccounts(deps: AccountsDeps): AccountsFeature {
  const names = cookieNames(deps.secure);
  const estimator = new PasswordEstimator(deps.clock);
  const context: AccountsContext = {
    controls: ALL_ON,
    ...deps,
    names,
    passwords: new PasswordPolicy(estimator),
    tokens: createAccessTokens(deps.masterKey, deps.clock),
    jar: createCookieJar(names, deps.secure, ACCESS_LIFETIME_MS / 1000),
  };
  const sessions = new SessionService(context);
  const setup = new SetupService(context, sessions);
  const teller = new Teller(context);
  const personal = new PersonalData(context);
  const logIn = createLogIn(context, { sessions, teller, personal });
  const languages = new Languages(deps.db);
  const members = createPeoplePart(context, { sessions, languages, teller, data: personal });
  const people = knownPeople(deps.db, deps.accessOf);
  const gate = createPersonGate({
    sessions,
    cookieName: names.access,
    accessOf: deps.accessOf,
    mustEnrol: ({ person, hasFactor }) => mustEnrol(deps, person, hasFactor),
  });
  return {
    name: "accounts",
    // Whoever reads the log sees who it was, as its entries have their addresses too.
    names: [{ kind: "person", permission: "ledger.read", list: namesOfPeople(people) }],
    people,
    resources: {
      person: async (id) => ofTenant(await people.tenantOf(id)),
      invitation: async (id) => ofTenant(await members.tenantOfInvitation(id)),
    },
    routes: [
      ...accountRoutes(context, { setup, known: logIn.known, languages }),
      ...logIn.routes,
      ...members.routes,
    ],
    jobs: [...accountJobs(context, sessions), ...members.jobs],
    async start() {
      await languages.load();
      await members.start();
      logIn.start();
    },
    async stop() {
      await logIn.stop();
      await estimator.stop();
    },
    inviteOwner: (tenantId, owner) => members.inviteOwner(tenantId, owner),
    waitingPeople: (tenantId) => members.waiting(tenantId),
    attacks: logIn.attacks,
    personGate: gate,
    principalByToken: gate.byToken,
    accessCookie: names.access,
    ensureSetupToken: () => setup.ensureToken(),
    firstTenantId: () => firstTenantId(deps.db),
    tenants: () => countPeopleByTenant(deps.db),
    foundTenant: (...founding) => foundTenant(context, ...founding),
    removeTenant: (...removal) => removeTenant(context, ...removal),
    tenantIds: () => listTenantIds(deps.db),
    endAllSessions: () => sessions.endAll(),
    liveSessions: (sessionIds) => liveSessions(deps.db, sessionIds, deps.clock.nowMs()),
    languageOf: (tenantId, email) => languages.find(tenantId, email),
  };
}
