import { Button } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { isApiError } from "../data/api-error.ts";
import { CopyButton } from "./copy-button.tsx";
import { useErrorText } from "./error-text.ts";
import styles from "./states.module.css";

/** What happened, one next step, and the trace id that finds it in the server's log. */
export function ErrorState(props: { error: unknown; title?: string; onRetry?: (() => void) | undefined }) {
  const t = useTranslations("common");
  const errorText = useErrorText();
  const traceId = isApiError(props.error) ? props.error.traceId : undefined;
  return (
    <div className={styles.box}>
      <span className={styles.failed}>
        <IconCloudOff size={22} stroke={1.6} aria-hidden="true" />
      </span>
      <p className={styles.title}>{props.title ?? t("state.failed")}</p>
      <p className={styles.text}>{errorText(props.error)}</p>
      <div className={styles.action}>
        {props.onRetry !== undefined && (
          <Button variant="default" onClick={props.onRetry}>
            {t("action.retry")}
          </Button>
        )}
        {traceId !== undefined && <TraceId id={traceId} />}
      </div>
    </div>
  );
}

/** The trace id of a refusal, copyable. */
export function TraceId(props: { id: string }) {
  const t = useTranslations("common");
  return (
    <span className={styles.trace}>
      {t("state.traceId")} <span className="mono">{props.id}</span>
      <CopyButton text={props.id} label={t("action.copyTraceId")} />
    </span>
  );
}
