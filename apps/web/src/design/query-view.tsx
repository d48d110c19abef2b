import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../i18n/provider.tsx";
import { ErrorState } from "./error-state.tsx";
import { useErrorText } from "./error-text.ts";
import { LoadingState } from "./loading-state.tsx";
import styles from "./states.module.css";

/**
 * The four states of what a page reads: loading, failed, empty, ready. When a later read fails the data stay,
 * with their age and a way to try again above them.
 */
export function QueryView<T>(props: {
  query: UseQueryResult<T, Error>;
  /** Completes "Still reading …". */
  what: string;
  /** Shown instead of the content when `isEmpty(data)`. */
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  children: (data: T) => ReactNode;
}) {
  const { query } = props;
  if (query.data === undefined) {
    if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
    return <LoadingState what={props.what} />;
  }
  const isEmpty = props.isEmpty?.(query.data) === true;
  return (
    <>
      {query.isError && <StaleNote query={query} />}
      {isEmpty ? props.empty : props.children(query.data)}
    </>
  );
}

function StaleNote<T>(props: { query: UseQueryResult<T, Error> }) {
  const t = useTranslations("common");
  const errorText = useErrorText();
  const format = useFormat();
  const { query } = props;
  return (
    <div className={styles.stale} role="status">
      <span>{errorText(query.error)}</span>
      <span>{t("state.shownFrom", { time: format.clock(query.dataUpdatedAt) })}</span>
      <Button variant="default" onClick={() => void query.refetch()} loading={query.isFetching}>
        {t("action.retry")}
      </Button>
    </div>
  );
}
