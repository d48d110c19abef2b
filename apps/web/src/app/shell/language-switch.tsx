import { useTranslations } from "use-intl";
import { LOCALES, localePreference } from "../../i18n/locale.ts";
import { savePersonal } from "../personal.ts";
import styles from "./top-bar.module.css";

/** EN FR. Also on the pages before log-in, where nothing is saved on the server. */
export function LanguageSwitch(props: { anonymous?: boolean }) {
  const t = useTranslations("shell.language");
  const current = localePreference.use();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend
    <div className={styles.languages} role="group" aria-label={t("label")}>
      {LOCALES.map((locale) => (
        <button
          key={locale}
          type="button"
          className={styles.language}
          lang={locale}
          aria-label={`${locale.toUpperCase()}, ${t(locale)}`}
          aria-pressed={locale === current}
          onClick={() => {
            localePreference.set(locale);
            if (props.anonymous !== true) savePersonal({ language: locale });
          }}
        >
          {locale.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
