import { alerts, cameras } from "@gatehouse/contract";
import { Button, MultiSelect, NativeSelect, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import styles from "./activity.module.css";
import { hourDigits } from "./levels.ts";

type Settings = cameras.SummarySettings;

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));

/** Whether yesterday's summary is sent each morning, and where. */
export function MorningPanel() {
  const t = useTranslations("activity.morning");
  const settings = useQuery(query(cameras.getSummarySettings, {}));
  return (
    <Panel title={t("title")} className={styles.noPrint}>
      <QueryView query={settings} what={t("reading")} isEmpty={() => false} empty={null}>
        {(data) => <Form key={JSON.stringify(data)} saved={data} />}
      </QueryView>
    </Panel>
  );
}

function Form(props: { saved: Settings }) {
  const t = useTranslations("activity.morning");
  const clock = useTranslations("activity");
  const errorText = useErrorText();
  const [draft, setDraft] = useState(props.saved);
  const channels = useQuery(query(alerts.listChannels, {}));
  const save = useCall(cameras.updateSummarySettings, [cameras.getSummarySettings]);
  const isIncomplete = draft.enabled && draft.channelIds.length === 0;
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isIncomplete)
          save.mutate({ body: draft }, { onSuccess: () => notifications.show({ message: t("saved") }) });
      }}
    >
      <Switch
        label={t("enabled")}
        description={t("enabledHint")}
        checked={draft.enabled}
        onChange={(event) => setDraft({ ...draft, enabled: event.currentTarget.checked })}
      />
      {draft.enabled && (
        <>
          <NativeSelect
            label={t("hour")}
            value={String(draft.hour)}
            onChange={(event) => setDraft({ ...draft, hour: Number(event.currentTarget.value) })}
            data={HOURS.map((hour) => ({
              value: hour,
              label: clock("hour", { hour: hourDigits(Number(hour)) }),
            }))}
          />
          <MultiSelect
            label={t("channels")}
            value={draft.channelIds}
            error={isIncomplete ? t("noChannel") : undefined}
            onChange={(channelIds) => setDraft({ ...draft, channelIds })}
            data={(channels.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </>
      )}
      <DialogFoot {...(save.error === null ? {} : { error: errorText(save.error) })}>
        <Button type="submit" disabled={isIncomplete} loading={save.isPending}>
          {t("save")}
        </Button>
      </DialogFoot>
    </form>
  );
}
