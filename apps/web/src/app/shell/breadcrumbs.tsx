import { Link, useMatches } from "@tanstack/react-router";
import { Fragment, useEffect } from "react";
import { useTranslations } from "use-intl";
import { useCurrentPageTitle } from "../page-title.ts";
import styles from "./top-bar.module.css";

interface Crumb {
  readonly label: string;
  readonly to?: string;
}

/** Where the page stands, from the routes' names; the last one is also the browser tab's title. */
export function Breadcrumbs() {
  const t = useTranslations("shell");
  const pageTitle = useCurrentPageTitle();
  const crumbs: Crumb[] = useMatches().flatMap(({ staticData }) =>
    (staticData.crumbs ?? []).map(({ label, to }) => ({ label: t(`nav.${label}`), ...(to ? { to } : {}) })),
  );
  if (pageTitle !== undefined) crumbs.push({ label: pageTitle });
  const last = crumbs.at(-1)?.label;

  useEffect(() => {
    document.title = last === undefined ? "Gatehouse" : t("title", { page: last });
  }, [last, t]);

  return (
    <nav className={styles.crumbs} aria-label={t("breadcrumbs")}>
      {crumbs.map((crumb, n) => (
        <Fragment key={crumb.label}>
          {n > 0 && <span aria-hidden="true">/</span>}
          {n === crumbs.length - 1 ? (
            <span aria-current="page" className={styles.here}>
              {crumb.label}
            </span>
          ) : (
            <Link to={crumb.to ?? "."}>{crumb.label}</Link>
          )}
        </Fragment>
      ))}
    </nav>
  );
}
