import { alerts } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import { isQuietDraftRight, quietDraftOf, quietHoursOf } from "../quiet-hours/quiet-draft.ts";
import { QuietHoursFields } from "../quiet-hours/quiet-hours-fields.tsx";
import styles from "./account.module.css";

const SEVERITIES = ["info", "warning", "critical"] as const;

/** Of what one is told by push, and when not. */
export function PushChoices(props: { choices: alerts.PushChoices }) {
  const t = useTranslations("push");
  const severity = useTranslations("alerts.severity");
  const errorText = useErrorText();
  const [minSeverity, setMinSeverity] = useState(props.choices.minSeverity);
  const [quiet, setQuiet] = useState(() => quietDraftOf(props.choices.quietHours));
  const save = useCall(alerts.choosePush, [alerts.getPush]);
  const submit = () => {
    if (!isQuietDraftRight(quiet)) return;
    const quietHours = quietHoursOf(quiet);
    const body = { minSeverity, ...(quietHours === undefined ? {} : { quietHours }) };
    save.mutate({ body }, { onSuccess: () => notifications.show({ message: t("saved") }) });
  };
  return (
    <form
      className={`${styles.inset} stack`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <FieldGrid fieldWidth={240}>
        <NativeSelect
          label={t("minSeverity")}
          value={minSeverity}
          data={SEVERITIES.map((value) => ({ value, label: severity(value) }))}
          onChange={(event) =>
            setMinSeverity(SEVERITIES.find((one) => one === event.currentTarget.value) ?? minSeverity)
          }
        />
      </FieldGrid>
      <QuietHoursFields draft={quiet} onChange={setQuiet} />
      {save.error !== null && (
        <p role="alert" className="warn small">
          {errorText(save.error)}
        </p>
      )}
      <div>
        <Button type="submit" variant="default" loading={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
