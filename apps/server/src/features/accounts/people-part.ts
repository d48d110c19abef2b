import type { Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import type { Route } from "../../platform/http/route.ts";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { AccountsContext } from "./context.ts";
import { Acceptance } from "./invitations/acceptance.ts";
import { invitationRoutes } from "./invitations/invitation-routes.ts";
import { InvitationService } from "./invitations/invitation-service.ts";
import { deleteOldInvitations, tenantOfInvitation } from "./invitations/invitation-store.ts";
import type { Teller } from "./messages/teller.ts";
import { ChangeApplier } from "./people/change-applier.ts";
import { deleteExpiredChanges } from "./people/change-store.ts";
import { Eraser } from "./people/eraser.ts";
import { ImportService } from "./people/import-service.ts";
import type { Languages } from "./people/languages.ts";
import { OneTimeCodes } from "./people/one-time-code.ts";
import { OwnDataService } from "./people/own-data-service.ts";
import { peopleRoutes } from "./people/people-routes.ts";
import { PeopleService } from "./people/people-service.ts";
import { PersonExport } from "./people/person-export.ts";
import type { PersonalData } from "./people/personal-data.ts";
import type { SessionService } from "./sessions/session-service.ts";
import { SignUpConfirmation } from "./sign-up/sign-up-confirmation.ts";
import { SignUpCookie } from "./sign-up/sign-up-cookie.ts";
import { signUpRoutes } from "./sign-up/sign-up-routes.ts";
import { SignUpService } from "./sign-up/sign-up-service.ts";
import { countWaiting, deleteExpiredSignUps } from "./sign-up/sign-up-store.ts";

const INVITATIONS_KEPT_MS = 90 * 86_400_000;

export interface NewOwner {
  readonly name: string;
  readonly email: string;
  readonly language: Language;
}

export interface PeoplePart {
  readonly routes: readonly Route[];
  readonly jobs: readonly JobDefinition[];
  inviteOwner(tenantId: Uuid, owner: NewOwner): Promise<void>;
  /** Opens the keys of every tenant, so that none has to be asked for within a transaction; erases again who is back. */
  start(): Promise<void>;
  tenantOfInvitation(id: Uuid): Promise<Uuid | undefined>;
  /** People who wait for a decision. */
  waiting(tenantId: Uuid): Promise<number>;
}

/** Everything about who belongs to an organisation: sign-up, invitations, administration, own data, import. */
export function createPeoplePart(
  context: AccountsContext,
  {
    sessions,
    languages,
    teller,
    data,
  }: {
    readonly sessions: SessionService;
    readonly languages: Languages;
    readonly teller: Teller;
    readonly data: PersonalData;
  },
): PeoplePart {
  const { clock, db, masterKey, random, secure } = context;
  const codes = new OneTimeCodes(masterKey, random);
  const eraser = new Eraser(context, { data, teller, sessions, languages });
  const applier = new ChangeApplier(context, { data, teller, sessions, languages });
  const cookie = new SignUpCookie(secure, random);
  const signUpTools = { data, codes, teller, cookie };
  const signUps = new SignUpService(context, signUpTools);
  const invitations = new InvitationService(context, teller);
  const acceptance = new Acceptance(context, { data, codes, teller, languages });
  return {
    routes: [
      ...peopleRoutes({
        people: new PeopleService(context, data, teller, sessions),
        own: new OwnDataService(context, { data, codes, teller, applier }),
        applier,
        eraser,
        exports: new PersonExport(context, data),
        imports: new ImportService(context, { data, teller, languages }),
      }),
      ...signUpRoutes(signUps, new SignUpConfirmation(context, signUpTools, signUps, eraser), cookie),
      ...invitationRoutes(invitations, acceptance),
    ],
    jobs: [
      {
        name: "accounts.people",
        cron: "*/10 * * * *",
        async run() {
          const nowMs = clock.nowMs();
          await deleteExpiredSignUps(db, nowMs);
          await deleteExpiredChanges(db, nowMs);
          await deleteOldInvitations(db, nowMs - INVITATIONS_KEPT_MS);
          await eraser.eraseDue();
        },
      },
    ],
    async inviteOwner(tenantId, owner) {
      await invitations.add(tenantId, { personId: undefined, name: "" }, { ...owner, role: "owner" });
    },
    async start() {
      await data.openAll();
      await eraser.eraseReturned();
    },
    tenantOfInvitation: (id) => tenantOfInvitation(db, id),
    waiting: (tenantId) => countWaiting(db, tenantId),
  };
}
