import { alerts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./alerts.module.css";
import { valueText } from "./condition-text.ts";
import { bodyOf, type RuleDraft } from "./rule-draft.ts";
import { useWords } from "./use-words.ts";

const SHOWN = 12;

/** Looks back a day: when would this rule have raised? */
export function RuleTry(props: { draft: RuleDraft; ready: () => boolean }) {
  const t = useTranslations("alerts.rules");
  const errorText = useErrorText();
  const attempt = useCall(alerts.tryRule);
  return (
    <section className={`${styles.section} stack stack-tight`} aria-live="polite">
      <div>
        <Button
          variant="default"
          leftSection={<IconHistory size={14} aria-hidden="true" />}
          loading={attempt.isPending}
          onClick={() => props.ready() && attempt.mutate({ body: bodyOf(props.draft) })}
        >
          {t("tryIt")}
        </Button>
      </div>
      {attempt.error !== null && <p className="danger">{errorText(attempt.error)}</p>}
      {attempt.data !== undefined && <Raises {...attempt.data} />}
    </section>
  );
}

interface Raise {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly atMs: number;
  readonly value?: number | boolean | string;
}

function Raises(props: { watches: number; raises: readonly Raise[]; truncated: boolean }) {
  const t = useTranslations("alerts.rules");
  const format = useFormat();
  const words = useWords();
  const { raises } = props;
  return (
    <>
      <p className="secondary small">
        {t("tryWatches", { count: props.watches })}{" "}
        {raises.length === 0 ? t("tryNone") : t("tryRaises", { count: raises.length })}
      </p>
      {raises.length > 0 && (
        <ol className={styles.history}>
          {raises.slice(0, SHOWN).map((raise) => (
            <li key={`${raise.deviceId}${raise.atMs}`} className="row small">
              <time className="num tertiary nowrap">{format.dateTime(raise.atMs)}</time>
              <span className="strong truncate">{raise.deviceName}</span>
              {raise.value !== undefined && <span className="num">{valueText(raise.value, "", words)}</span>}
            </li>
          ))}
          {(props.truncated || raises.length > SHOWN) && <li className="tertiary small">{t("tryMore")}</li>}
        </ol>
      )}
    </>
  );
}
