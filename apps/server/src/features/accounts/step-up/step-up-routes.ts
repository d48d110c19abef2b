import { accounts } from "@gatehouse/contract";
import type { FastifyReply } from "fastify";
import { type Route, route } from "../../../platform/http/route.ts";
import type { AccountsContext } from "../context.ts";
import { originOf } from "../visitor.ts";
import type { SteppedUp, StepUpService } from "./step-up-service.ts";

export function stepUpRoutes({ jar }: Pick<AccountsContext, "jar">, stepUps: StepUpService): Route[] {
  const done = async (reply: FastifyReply, steppedUp: Promise<SteppedUp>) => {
    const { tokens, stepUpMs } = await steppedUp;
    jar.setSession(reply, tokens);
    return { stepUpMs };
  };
  return [
    route(accounts.getStepUp, ({ principal }) => stepUps.view(principal)),
    route(accounts.sendStepUpCode, ({ principal, body }) => stepUps.sendCode(principal, body.factor)),
    route(accounts.stepUp, ({ principal, body, request, reply }) =>
      done(
        reply,
        "password" in body
          ? stepUps.answerPassword(principal, body.password, originOf(request))
          : stepUps.answer(principal, body.factor, body.code, originOf(request)),
      ),
    ),
    route(accounts.startPasskeyStepUp, ({ principal }) => stepUps.startPasskey(principal)),
    route(accounts.finishPasskeyStepUp, ({ principal, body, request, reply }) =>
      done(reply, stepUps.finishPasskey(principal, body.response, originOf(request))),
    ),
  ];
}
