import type { Uuid } from "@gatehouse/base";
import type { Route } from "../../platform/http/route.ts";
import type { AccountsContext } from "./context.ts";
import { CodeAnswers } from "./factors/answers.ts";
import { Enrolment } from "./factors/enrolment.ts";
import { factorRoutes } from "./factors/factor-routes.ts";
import { FactorService } from "./factors/factor-service.ts";
import { PasskeyUses } from "./factors/passkey-uses.ts";
import { RecoveryCodes } from "./factors/recovery-codes.ts";
import { SentCodes } from "./factors/sent-codes.ts";
import { Admission } from "./login/admission.ts";
import { Decoys } from "./login/decoys.ts";
import { KnownBrowsers } from "./login/known-browsers.ts";
import { LinkLogin } from "./login/link-login.ts";
import { loginRoutes } from "./login/login-routes.ts";
import { LoginService } from "./login/login-service.ts";
import { LoginThrottle } from "./login/login-throttle.ts";
import { MailedLinks } from "./login/mailed-links.ts";
import { PasskeyLogin } from "./login/passkey-login.ts";
import { PendingLogins } from "./login/pending-logins.ts";
import { Refusals } from "./login/refusals.ts";
import type { Teller } from "./messages/teller.ts";
import { passwordRoutes } from "./passwords/password-routes.ts";
import { PasswordService } from "./passwords/password-service.ts";
import type { PersonalData } from "./people/personal-data.ts";
import type { Attack } from "./ports.ts";
import { sessionRoutes } from "./sessions/session-routes.ts";
import type { SessionService } from "./sessions/session-service.ts";
import { stepUpRoutes } from "./step-up/step-up-routes.ts";
import { StepUpService } from "./step-up/step-up-service.ts";

export interface LogIn {
  readonly routes: Route[];
  readonly known: KnownBrowsers;
  /** Of the last day, the newest first. */
  attacks(tenantId: Uuid): readonly Attack[];
  start(): void;
  stop(): Promise<void>;
}

/** Everything between a password and a session, and what proves in it who somebody is. */
export function createLogIn(
  context: AccountsContext,
  {
    sessions,
    teller,
    personal,
  }: { readonly sessions: SessionService; readonly teller: Teller; readonly personal: PersonalData },
): LogIn {
  const { masterKey, random, clock, controls } = context;
  const known = new KnownBrowsers(masterKey, random);
  const throttle = new LoginThrottle(clock, controls);
  const refusals = new Refusals(context, teller);
  const pending = new PendingLogins(context);
  const sent = new SentCodes(context, teller, personal);
  const recovery = new RecoveryCodes(masterKey, random);
  const answers = new CodeAnswers(context, sent, recovery);
  const uses = new PasskeyUses(context);
  const admission = new Admission(context, { sessions, pending, sent, known, teller });
  const decoys = new Decoys(context);
  const logins = new LoginService(context, {
    decoys,
    admission,
    answers,
    sent,
    pending,
    known,
    throttle,
    refusals,
  });
  const passkeys = new PasskeyLogin(context, { uses, admission, pending, refusals });
  const mailed = new MailedLinks(context, teller);
  const links = new LinkLogin(context, { links: mailed, known, admission });
  const passwords = new PasswordService(context, { sessions, throttle, refusals, teller });
  const factors = new FactorService(context, { sessions, sent, recovery, teller });
  const enrolment = new Enrolment(context, { factors, answers, sent, uses });
  const stepUps = new StepUpService(context, {
    admission,
    answers,
    factors,
    passwords,
    refusals,
    sent,
    sessions,
    uses,
  });
  return {
    known,
    attacks: (tenantId) => refusals.attacks().filter((attack) => attack.tenantId === tenantId),
    routes: [
      ...loginRoutes(context, { known, links, logins, passkeys, sessions }),
      ...passwordRoutes(context, { known, links: mailed, passwords, sessions }),
      ...sessionRoutes(context, sessions),
      ...factorRoutes(factors, enrolment),
      ...stepUpRoutes(context, stepUps),
    ],
    start() {
      refusals.start();
      mailed.wake();
    },
    async stop() {
      await mailed.stop();
      await refusals.stop();
    },
  };
}
