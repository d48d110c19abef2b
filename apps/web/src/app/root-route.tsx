import { createRootRoute, Outlet } from "@tanstack/react-router";
import { StepUp } from "../features/account/step-up.tsx";
import { HeldAct } from "../features/approvals/held-act.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

function Root() {
  return (
    <>
      <Outlet />
      <StepUp />
      <HeldAct />
    </>
  );
}

export const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });
