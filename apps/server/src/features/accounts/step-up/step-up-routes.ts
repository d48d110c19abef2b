import { accounts } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import { originOf } from "../visitor.ts";
import type { StepUpService } from "./step-up-service.ts";

export const stepUpRoutes = (stepUps: StepUpService): Route[] => [
  route(accounts.getStepUp, ({ principal }) => stepUps.view(principal)),
  route(accounts.sendStepUpCode, ({ principal, body }) => stepUps.sendCode(principal, body.factor)),
  route(accounts.stepUp, ({ principal, body, request }) =>
    "password" in body
      ? stepUps.answerPassword(principal, body.password, originOf(request))
      : stepUps.answer(principal, body.factor, body.code, originOf(request)),
  ),
  route(accounts.startPasskeyStepUp, ({ principal }) => stepUps.startPasskey(principal)),
  route(accounts.finishPasskeyStepUp, ({ principal, body, request }) =>
    stepUps.finishPasskey(principal, body.response, originOf(request)),
  ),
];
