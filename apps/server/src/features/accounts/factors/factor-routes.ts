import { accounts } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { Enrolment } from "./enrolment.ts";
import type { FactorService } from "./factor-service.ts";

/** One's own second factors. */
export function factorRoutes(factors: FactorService, enrolment: Enrolment): Route[] {
  return [
    route(accounts.getFactors, ({ principal }) => factors.view(principal)),
    route(accounts.startPasskey, ({ principal }) => enrolment.startPasskey(principal)),
    route(accounts.addPasskey, ({ principal, body }) =>
      enrolment.addPasskey(principal, body.name, body.response),
    ),
    route(accounts.renamePasskey, ({ principal, params, body }) =>
      enrolment.renamePasskey(principal, params.id, body.name),
    ),
    route(accounts.removePasskey, ({ principal, params }) => enrolment.removePasskey(principal, params.id)),
    route(accounts.startTotp, ({ principal }) => enrolment.startTotp(principal)),
    route(accounts.addTotp, ({ principal, body }) => enrolment.addTotp(principal, body.code)),
    route(accounts.removeTotp, ({ principal }) => enrolment.removeTotp(principal)),
    route(accounts.startSentCodes, ({ principal, params }) => enrolment.startSent(principal, params.medium)),
    route(accounts.addSentCodes, ({ principal, params, body }) =>
      enrolment.addSent(principal, params.medium, body.code),
    ),
    route(accounts.removeSentCodes, ({ principal, params }) =>
      enrolment.removeSent(principal, params.medium),
    ),
    route(accounts.renewRecoveryCodes, async ({ principal }) => ({
      recoveryCodes: await factors.renewRecoveryCodes(principal),
    })),
  ];
}
