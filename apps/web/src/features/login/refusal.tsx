import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { passkeyFailure } from "./passkeys.ts";

/** What went wrong with a step, and how long to wait where the server says so. `waitMs` comes from `useWait`. */
export function Refusal(props: { error: unknown; waitMs?: number }) {
  const t = useTranslations("login");
  const format = useFormat();
  const errorText = useErrorText();
  const { error, waitMs = 0 } = props;
  if (error === null || error === undefined) return null;
  const failure = passkeyFailure(error);
  const asksToWait = isApiError(error) && error.retryAfterMs !== undefined;
  return (
    <div className="stack stack-tight">
      <p role="alert" className="danger">
        {failure === undefined ? errorText(error) : t(`passkey.${failure}`)}
      </p>
      {asksToWait && (
        <p role="timer" className="small num">
          {waitMs > 0 ? t("wait", { duration: format.duration(Math.max(1_000, waitMs)) }) : t("waited")}
        </p>
      )}
    </div>
  );
}
