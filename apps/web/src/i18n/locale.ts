import { createPreference } from "../data/preference.ts";

export const LOCALES = ["en", "fr"] as const;
export type Locale = (typeof LOCALES)[number];

export const isLocale = (text: string): text is Locale => (LOCALES as readonly string[]).includes(text);

/** First of the browser's languages (BCP 47) that the console speaks. */
export function localeOf(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split("-")[0] ?? "";
    if (isLocale(primary)) return primary;
  }
  return "en";
}

/** The chosen language; until somebody chooses, the browser's. */
export const localePreference = createPreference<Locale>("gatehouse.locale", (stored) =>
  stored !== null && isLocale(stored) ? stored : localeOf(globalThis.navigator?.languages ?? []),
);
