import { systemClock } from "@gatehouse/base";
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { liveValues } from "../../data/live-values.ts";
import { useSiteTimeZone } from "../../data/site.ts";
import { LiveLost } from "../../design/live-lost.tsx";
import { useIsPhone } from "../../design/viewport.ts";
import { SiteTime, useFormat } from "../../i18n/provider.tsx";
import { useGoOnWithPush, usePersonal } from "../personal.ts";
import { Nav } from "./nav.tsx";
import { PhoneTabs } from "./phone-tabs.tsx";
import styles from "./shell.module.css";
import { TopBar } from "./top-bar.tsx";
import { useLiveInvalidation } from "./use-live-invalidation.ts";
import { useShellKeys } from "./use-shell-keys.ts";

const loadPalette = () => import("./command-palette.tsx");
const CommandPalette = lazy(loadPalette);
const HelpDialog = lazy(() => import("./help-dialog.tsx"));

const PALETTE_AFTER_MS = 2_000;

/** Everything around a page after log-in. */
export function Shell() {
  const format = useFormat();
  const timeZone = useSiteTimeZone() ?? format.timeZone;
  return (
    <SiteTime timeZone={timeZone}>
      <Frame />
    </SiteTime>
  );
}

function Frame() {
  const t = useTranslations("shell");
  const phone = useIsPhone();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [paused, setPaused] = useState(false);
  const pause = (next: boolean) => {
    setPaused(next);
    liveHub.setPaused(next);
  };
  const togglePause = () => pause(!paused);

  usePersonal();
  useGoOnWithPush();
  usePreloadedPalette();
  useConnection();
  useLiveInvalidation();
  useShellKeys({ onFind: () => setPalette(true), onHelp: () => setHelp(true), onTogglePause: togglePause });

  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t("skip")}
      </a>
      {!phone && <Nav />}
      <div className={styles.column}>
        <TopBar onFind={() => setPalette(true)} onHelp={() => setHelp(true)} onTogglePause={togglePause} />
        <LiveLost onResume={() => pause(false)} />
        <main id="content" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      {phone && <PhoneTabs />}
      <Suspense>
        {palette && (
          <CommandPalette
            onClose={() => setPalette(false)}
            onHelp={() => setHelp(true)}
            onTogglePause={togglePause}
          />
        )}
        {help && <HelpDialog onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

/** Fetches the palette when nothing else is going on, so that no key typed after Ctrl K is lost. */
function usePreloadedPalette(): void {
  useEffect(() => {
    const timer = systemClock.after(PALETTE_AFTER_MS, () => void loadPalette());
    return () => timer.cancel();
  }, []);
}

/** Holds the live connection for as long as somebody is logged in. */
function useConnection(): void {
  useEffect(() => {
    liveHub.start();
    const forget = liveHub.listen({ values: [] }, liveValues);
    return () => {
      forget();
      liveHub.stop();
    };
  }, []);
}
