import { accounts } from "@gatehouse/contract";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { useNotifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { onFactorRequired, onSessionEnded, query, queryClient } from "../data/query.ts";
import { cssVariablesResolver, theme } from "../design/theme.ts";
import type { Catalogue } from "../i18n/catalogue.ts";
import type { Locale } from "../i18n/locale.ts";
import { I18nProvider } from "../i18n/provider.tsx";
import { cspNonce } from "./csp-nonce.ts";
import { router } from "./router.tsx";
import { endSession } from "./session-end.ts";

const Toasts = lazy(() => import("./toasts.tsx"));

export const THEME_KEY = "gatehouse.theme";

const colorSchemes = localStorageColorSchemeManager({ key: THEME_KEY });

export function App(props: { first: { locale: Locale; catalogue: Catalogue } }) {
  useEffect(
    () =>
      onSessionEnded(() => {
        const nobodyWasHere = queryClient.getQueryData(query(accounts.getMe, {}).queryKey) === undefined;
        if (nobodyWasHere) return;
        const next = router.state.location.href;
        endSession();
        void router.navigate({ to: "/login", search: { next, ended: "1" } });
      }),
    [],
  );
  useEffect(
    () =>
      onFactorRequired(() => {
        const next = router.state.location.href;
        queryClient.removeQueries({ queryKey: query(accounts.getMe, {}).queryKey });
        if (!next.startsWith("/login")) void router.navigate({ to: "/login/enrol", search: { next } });
      }),
    [],
  );
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      getStyleNonce={() => cspNonce}
    >
      <I18nProvider first={props.first}>
        <QueryClientProvider client={queryClient}>
          <ToastsWhenNeeded />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}

/** The toasts' code comes with the first toast. */
function ToastsWhenNeeded() {
  const shown = useNotifications().notifications.length > 0;
  return <Suspense>{shown && <Toasts />}</Suspense>;
}
