import { type devices, remoteSettings } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { AgentSettings } from "@gatehouse/device-types/agent-settings";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { AgentSettingsForm } from "./agent-settings-form.tsx";
import { diffSettings, formatSettings, parseSettings, type Settings } from "./settings-draft.ts";
import { SettingsProblems } from "./settings-problems.tsx";
import { SettingsReview } from "./settings-review.tsx";

type View = remoteSettings.RemoteSettings;
type Mode = "form" | "json";

/** What was newest when editing began. */
interface Base {
  readonly version: number;
  readonly settings: Settings;
}

const baseOf = ({ wanted }: View): Base => ({
  version: wanted?.version ?? 0,
  settings: wanted?.settings ?? {},
});

/** The settings of a machine as a form and as JSON; nothing is saved before its changes were seen. */
export function SettingsEditor(props: { device: devices.Device; view: View }) {
  const t = useTranslations("remoteSettings");
  const errorText = useErrorText();
  const can = useCan();
  const { device, view } = props;
  const hasForm = findDeviceType(device.typeId)?.settings === AgentSettings;
  const [mode, setMode] = useState<Mode>(hasForm ? "form" : "json");
  const newest = baseOf(view);
  const [edited, setEdited] = useState<{ readonly base: Base; readonly text: string }>();
  const { base, text } = edited ?? { base: newest, text: formatSettings(newest.settings) };
  const [reviewing, setReviewing] = useState(false);
  const check = useCall(remoteSettings.checkRemoteSettings);
  const { settings, reason } = parseSettings(text) as { settings?: Settings; reason?: string };
  const changes = settings === undefined ? [] : diffSettings(base.settings, settings);
  const isAllowed = can("device.configure");
  const edit = (next: string | undefined) => {
    setEdited(next === undefined ? undefined : { base, text: next });
    check.reset();
  };
  const review = () => {
    if (settings === undefined) return;
    check.mutate(
      { params: { id: device.id }, body: { settings } },
      { onSuccess: ({ problems }) => setReviewing(problems.length === 0) },
    );
  };
  return (
    <Panel
      title={t("edit")}
      {...(hasForm
        ? { end: <ModeChoice mode={mode} onChange={setMode} disabled={settings === undefined} /> }
        : {})}
      footer={
        isAllowed ? (
          <div className="row row-wrap">
            <Button onClick={review} disabled={changes.length === 0} loading={check.isPending}>
              {changes.length === 0 && reason === undefined ? t("unchanged") : t("review")}
            </Button>
            {edited !== undefined && (
              <Button variant="default" onClick={() => edit(undefined)}>
                {t("discard")}
              </Button>
            )}
          </div>
        ) : (
          <p className="tertiary small">{t("readOnly")}</p>
        )
      }
    >
      <div className="stack">
        <p className="secondary small">{t("editText")}</p>
        {newest.version > base.version && (
          <div className="row row-wrap" role="alert">
            <p className="warn">{t("meanwhile", { version: newest.version })}</p>
            <Button variant="default" size="xs" onClick={() => edit(undefined)}>
              {t("startOver", { version: newest.version })}
            </Button>
          </div>
        )}
        {mode === "form" && settings !== undefined ? (
          <AgentSettingsForm
            settings={settings}
            inForce={view.device?.settings}
            disabled={!isAllowed}
            onChange={(next) => edit(formatSettings(next))}
          />
        ) : (
          <Textarea
            label={t("json")}
            description={t("jsonHint")}
            classNames={{ input: "mono" }}
            autosize
            minRows={8}
            maxRows={30}
            spellCheck={false}
            maxLength={16_000}
            readOnly={!isAllowed}
            value={text}
            error={reason === undefined ? undefined : t("jsonBad", { reason })}
            onChange={(event) => edit(event.currentTarget.value)}
          />
        )}
        {check.data !== undefined && <SettingsProblems problems={check.data.problems} />}
        {check.error !== null && (
          <p role="alert" className="danger">
            {errorText(check.error)}
          </p>
        )}
      </div>
      {reviewing && settings !== undefined && (
        <SettingsReview
          device={device}
          settings={settings}
          changes={changes}
          after={base.version}
          next={Math.max(base.version, view.device?.version ?? 0) + 1}
          onClose={() => setReviewing(false)}
          onSaved={() => {
            setReviewing(false);
            edit(undefined);
          }}
        />
      )}
    </Panel>
  );
}

/** A text that is no document has no form. */
function ModeChoice(props: { mode: Mode; disabled: boolean; onChange: (mode: Mode) => void }) {
  const t = useTranslations("remoteSettings.view");
  return (
    <Segmented
      label={t("label")}
      value={props.mode}
      onChange={(next) => !props.disabled && props.onChange(next)}
      options={[
        { value: "form", label: t("form") },
        { value: "json", label: t("json") },
      ]}
    />
  );
}
