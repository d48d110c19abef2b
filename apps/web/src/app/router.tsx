import { createRouter, useRouter } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ErrorState } from "../design/error-state.tsx";
import { LoadingState } from "../design/loading-state.tsx";
import { routeTree } from "./routes.tsx";

function Pending() {
  const t = useTranslations("common.state");
  return <LoadingState what={t("page")} />;
}

/** A page that failed inside the shell. */
function Failed(props: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = () => {
    props.reset();
    void router.invalidate();
  };
  return <ErrorState error={props.error} onRetry={retry} />;
}

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: Pending,
  defaultPendingMs: 0,
  defaultErrorComponent: Failed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
