import { accounts } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { SignUpConfirmation } from "./sign-up-confirmation.ts";
import type { SignUpCookie } from "./sign-up-cookie.ts";
import { NO_SIGN_UP } from "./sign-up-model.ts";
import type { SignUpService } from "./sign-up-service.ts";

export function signUpRoutes(
  signUps: SignUpService,
  confirmation: SignUpConfirmation,
  cookie: SignUpCookie,
): Route[] {
  return [
    route(accounts.getSignUp, ({ query }) => signUps.door(query.id)),
    route(accounts.getSignUpLink, ({ principal }) => signUps.link(principal.tenantId)),
    route(accounts.signUp, async ({ body, address, reply }) => {
      const begun = await signUps.begin(body, address);
      cookie.set(reply, begun.cookie);
      return begun.progress;
    }),
    route(accounts.getSignUpProgress, ({ request }) => signUps.progress(cookie.read(request))),
    route(accounts.confirmSignUpEmail, async ({ body, address, request, reply }) => {
      const { progress, cookie: moved } = await confirmation.email(body, cookie.read(request), address);
      if (moved !== undefined) cookie.set(reply, moved);
      return progress;
    }),
    route(accounts.confirmSignUpPhone, ({ body, request }) =>
      confirmation.phone(body.code, cookie.read(request)),
    ),
    route(accounts.resendSignUpCode, ({ request }) => signUps.resend(cookie.read(request))),
    route(accounts.cancelSignUp, async ({ request, reply }) => {
      await signUps.cancel(cookie.read(request));
      cookie.clear(reply);
      return NO_SIGN_UP;
    }),
  ];
}
