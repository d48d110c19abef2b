import type * as english from "./en/index.ts";
import type { Locale } from "./locale.ts";
import type { Same } from "./same.ts";

/** All texts of one language. A new area is one file per language plus a line in each language's index. */
export type Messages = Omit<typeof english, "errors">;
export type Catalogue = Same<Messages> & { readonly errors: typeof english.errors };

/** Only the language in use is downloaded. */
const LOADERS: Record<Locale, () => Promise<Catalogue>> = {
  en: () => import("./en/index.ts"),
  fr: () => import("./fr/index.ts"),
};

export const loadCatalogue = (locale: Locale): Promise<Catalogue> => LOADERS[locale]();

declare module "use-intl" {
  interface AppConfig {
    Messages: Messages;
    Locale: Locale;
  }
}
