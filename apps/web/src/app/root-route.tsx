import { createRootRoute, Outlet } from "@tanstack/react-router";
import { StepUp } from "../features/account/step-up.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

function Root() {
  return (
    <>
      <Outlet />
      <StepUp />
    </>
  );
}

export const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });
