import "./app/trusted-types.ts";
import "./app/csp-nonce.ts";
import "@fontsource-variable/atkinson-hyperlegible-next";
import "@fontsource-variable/atkinson-hyperlegible-mono";
import "@mantine/core/styles.css";
import "./design/tokens.css";
import "./design/base.css";
import "./design/mantine.css";
import { createRoot } from "react-dom/client";
import { App, THEME_KEY } from "./app/app.tsx";
import { registerServiceWorker } from "./data/push.ts";
import { loadCatalogue } from "./i18n/catalogue.ts";
import { localePreference } from "./i18n/locale.ts";

/** The chosen theme before the first paint; "auto" is what the tokens do by themselves. */
function paintChosenTheme(): void {
  const chosen = localStorage.getItem(THEME_KEY);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.mantineColorScheme = chosen;
}

async function start(holder: HTMLElement): Promise<void> {
  paintChosenTheme();
  const locale = localePreference.get();
  const catalogue = await loadCatalogue(locale);
  createRoot(holder).render(<App first={{ locale, catalogue }} />);
}

const holder = document.getElementById("root");
if (holder !== null) void start(holder);
registerServiceWorker();
