import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { IntlProvider, useLocale } from "use-intl";
import { type Catalogue, loadCatalogue, type Messages } from "./catalogue.ts";
import { createFormat, type Format } from "./format.ts";
import { type Locale, localePreference } from "./locale.ts";

type ErrorTexts = Catalogue["errors"];

const ErrorTextsContext = createContext<ErrorTexts | undefined>(undefined);
const FormatContext = createContext<Format | undefined>(undefined);

interface Loaded {
  readonly locale: Locale;
  readonly catalogue: Catalogue;
}

/**
 * Texts in the chosen language and times in `timeZone` (the site's; the browser's before log-in). While another
 * language is on its way the page stays as it is. `first` was loaded before the first render.
 */
export function I18nProvider(props: { first: Loaded; timeZone?: string | undefined; children: ReactNode }) {
  const wanted = localePreference.use();
  const [loaded, setLoaded] = useState(props.first);

  useEffect(() => {
    if (wanted === loaded.locale) return;
    let current = true;
    void loadCatalogue(wanted).then((catalogue) => {
      if (current) setLoaded({ locale: wanted, catalogue });
    });
    return () => {
      current = false;
    };
  }, [wanted, loaded.locale]);

  useEffect(() => {
    document.documentElement.lang = loaded.locale;
  }, [loaded.locale]);

  const { errors, ...messages } = loaded.catalogue;
  return (
    <ErrorTextsContext value={errors}>
      <IntlProvider
        locale={loaded.locale}
        messages={messages as Messages}
        timeZone={props.timeZone ?? browserZone}
      >
        <SiteTime timeZone={props.timeZone ?? browserZone}>{props.children}</SiteTime>
      </IntlProvider>
    </ErrorTextsContext>
  );
}

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Formats everything below in this zone: the shell for the chosen site, a device's page for the device's site. */
export function SiteTime(props: { timeZone: string; children: ReactNode }) {
  const locale = useLocale();
  const format = useMemo(() => createFormat(locale, props.timeZone), [locale, props.timeZone]);
  return <FormatContext value={format}>{props.children}</FormatContext>;
}

/** Times of one place within a page of several: they say their zone where it is not the page's. */
export function PlaceTime(props: { timeZone: string; children: ReactNode }) {
  const locale = useLocale();
  const { timeZone } = props;
  const isNamed = useFormat().timeZone !== timeZone;
  const format = useMemo(() => createFormat(locale, timeZone, isNamed), [locale, timeZone, isNamed]);
  return <FormatContext value={format}>{props.children}</FormatContext>;
}

/** Numbers and times in the person's language and the site's zone. */
export function useFormat(): Format {
  const format = use(FormatContext);
  if (format === undefined) throw new Error("useFormat outside I18nProvider");
  return format;
}

/** The text of every error code in the person's language. */
export function useErrorTexts(): ErrorTexts {
  const texts = use(ErrorTextsContext);
  if (texts === undefined) throw new Error("useErrorTexts outside I18nProvider");
  return texts;
}
