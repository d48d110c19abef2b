import { channel } from "@gatehouse/contract";
import { DEVICE_TYPES } from "@gatehouse/device-types";
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** Suites taken, and types that must use the channel. A type that is added is asked about: devices may go silent. */
export function ChannelPolicy(props: { state: channel.ChannelState }) {
  const t = useTranslations("channel");
  const locale = useLocale();
  const errorText = useErrorText();
  const canWrite = useCan()("settings.write");
  const { state } = props;
  const [suites, setSuites] = useState<string[]>(state.suites.map(String));
  const [types, setTypes] = useState<string[]>([...state.requiredTypes]);
  const [asking, setAsking] = useState(false);
  const save = useCall(channel.setChannelPolicy, [channel.getChannel, channel.getDeviceSecurity]);
  const added = types.filter((type) => !state.requiredTypes.includes(type));
  const removed = state.requiredTypes.filter((type) => !types.includes(type));
  const isChanged =
    added.length + removed.length > 0 || [...suites].sort().join() !== state.suites.map(String).sort().join();
  const write = () =>
    save.mutate(
      {
        body: { suites: channel.SUITE_IDS.filter((id) => suites.includes(String(id))), requiredTypes: types },
      },
      { onSuccess: () => setAsking(false) },
    );
  const nameOf = (typeId: string) => DEVICE_TYPES.find(({ id }) => id === typeId)?.label[locale] ?? typeId;
  return (
    <Panel title={t("settings.policy")}>
      <SettingsForm
        state={{
          canWrite,
          error: save.error === null || asking ? undefined : errorText(save.error),
          busy: save.isPending,
          ready: isChanged && suites.length > 0,
          save: () => (added.length > 0 ? setAsking(true) : write()),
        }}
      >
        <Checkbox.Group
          label={t("settings.suites")}
          description={t("settings.suitesHint")}
          value={suites}
          onChange={setSuites}
          error={suites.length === 0 ? t("settings.lastSuite") : undefined}
        >
          <div className="stack" style={{ marginTop: 8, gap: 10 }}>
            {channel.SUITE_IDS.map((id) => (
              <Checkbox key={id} value={String(id)} label={t(`suiteMeans.${id}`)} disabled={!canWrite} />
            ))}
          </div>
        </Checkbox.Group>
        <Checkbox.Group
          label={t("settings.required")}
          description={t("settings.requiredHint")}
          value={types}
          onChange={setTypes}
        >
          <div className="stack" style={{ marginTop: 8, gap: 10 }}>
            {DEVICE_TYPES.map(({ id, label }) => (
              <Checkbox key={id} value={id} label={label[locale]} disabled={!canWrite} />
            ))}
          </div>
        </Checkbox.Group>
      </SettingsForm>
      <ConfirmDialog
        opened={asking}
        destructive
        title={t("settings.confirmTitle")}
        act={t("settings.confirmAct")}
        busy={save.isPending}
        error={save.error === null ? undefined : errorText(save.error)}
        onConfirm={write}
        onClose={() => setAsking(false)}
      >
        {t("settings.confirmText", { types: added.map(nameOf).join(", ") })}
      </ConfirmDialog>
    </Panel>
  );
}
