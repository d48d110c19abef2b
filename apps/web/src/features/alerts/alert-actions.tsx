import { alerts } from "@gatehouse/contract";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DecimalInput } from "../../design/decimal-input.tsx";
import { useErrorText } from "../../design/error-text.ts";
import styles from "./alerts.module.css";
import { spanText } from "./condition-text.ts";
import { useWords } from "./use-words.ts";

const MINUTE_MS = 60_000;
const SNOOZES_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 480 * MINUTE_MS];
const MAX_HOURS = 168;

/** Acknowledge with a note, quiet for a while, end the quiet. */
export function AlertActions(props: { alert: alerts.Alert }) {
  const errorText = useErrorText();
  const acknowledge = useCall(alerts.acknowledgeAlert, [alerts.getAlert, alerts.listAlerts]);
  const snooze = useCall(alerts.snoozeAlert, [alerts.getAlert, alerts.listAlerts]);
  const params = { id: props.alert.id };
  const error = acknowledge.error ?? snooze.error;
  return (
    <section className={`${styles.section} stack`}>
      <Acknowledge
        alert={props.alert}
        busy={acknowledge.isPending}
        onAcknowledge={(note) => acknowledge.mutate({ params, body: note === "" ? {} : { note } })}
      />
      <Snooze
        alert={props.alert}
        busy={snooze.isPending}
        onSnooze={(forMs) => snooze.mutate({ params, body: { forMs } })}
      />
      {error !== null && (
        <p role="alert" className="danger">
          {errorText(error)}
        </p>
      )}
    </section>
  );
}

function Acknowledge(props: { alert: alerts.Alert; busy: boolean; onAcknowledge: (note: string) => void }) {
  const t = useTranslations("alerts.act");
  const [note, setNote] = useState(props.alert.note ?? "");
  const again = props.alert.acknowledgedMs !== undefined;
  return (
    <form
      className="stack stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        props.onAcknowledge(note.trim());
      }}
    >
      <Textarea
        label={t("note")}
        description={t("noteHint")}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" loading={props.busy}>
          {again ? t("saveNote") : t("acknowledge")}
        </Button>
      </div>
    </form>
  );
}

function Snooze(props: { alert: alerts.Alert; busy: boolean; onSnooze: (forMs: number) => void }) {
  const t = useTranslations("alerts.act");
  const words = useWords();
  const [hours, setHours] = useState<number | string>(24);
  const valid = typeof hours === "number" && hours > 0 && hours <= MAX_HOURS;
  return (
    <div className="stack stack-tight">
      <span className="strong">{t("snooze")}</span>
      <div className="row row-wrap">
        {SNOOZES_MS.map((forMs) => (
          <Button key={forMs} variant="default" disabled={props.busy} onClick={() => props.onSnooze(forMs)}>
            {spanText(forMs, words)}
          </Button>
        ))}
        {props.alert.state === "snoozed" && (
          <Button variant="default" disabled={props.busy} onClick={() => props.onSnooze(0)}>
            {t("endSnooze")}
          </Button>
        )}
      </div>
      <div className="row">
        <DecimalInput
          aria-label={t("hours")}
          suffix={` ${t("hoursUnit")}`}
          w={110}
          min={1}
          max={MAX_HOURS}
          value={hours}
          onChange={setHours}
          hideControls
        />
        <Button
          variant="default"
          disabled={!valid || props.busy}
          onClick={() => valid && props.onSnooze(Math.round(hours * 60 * MINUTE_MS))}
        >
          {t("snoozeFor")}
        </Button>
      </div>
    </div>
  );
}
