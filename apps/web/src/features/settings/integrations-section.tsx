import { operations } from "@gatehouse/contract";
import { PasswordInput, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { useSettings, useSettingsDraft } from "./use-settings.ts";

const RENEW_MS = 5_000;
const TONES = { off: "neutral", connecting: "warn", connected: "ok", failing: "warn" } as const;

/** Home Assistant: devices shown there, and devices that announce themselves here. */
export function IntegrationsSection() {
  const t = useTranslations("settings");
  const settings = useSettings();
  const network = useQuery({ ...query(operations.getNetwork, {}), refetchInterval: RENEW_MS });
  const bridge = network.data?.homeAssistant;
  return (
    <QueryView query={settings} what={t("reading")}>
      {(read) => (
        <>
          <Panel
            title={t("integrations.out")}
            end={
              bridge !== undefined && (
                <Tag tone={TONES[bridge.state]}>{t(`integrations.state.${bridge.state}`)}</Tag>
              )
            }
          >
            {bridge?.error !== undefined && <p className="warn anywhere">{bridge.error}</p>}
            <BridgeForm read={read} />
          </Panel>
          <Panel title={t("integrations.in")}>
            <DiscoveryForm read={read} />
          </Panel>
        </>
      )}
    </QueryView>
  );
}

function BridgeForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("settings.integrations");
  const show = useTranslations("login")("show");
  const state = useSettingsDraft(props.read, ["homeAssistant"]);
  const { canWrite } = state;
  const bridge = state.draft.homeAssistant;
  const change = (part: Partial<operations.SiteSettings["homeAssistant"]>) =>
    state.change({ homeAssistant: { ...bridge, ...part } });
  return (
    <SettingsForm state={state}>
      <p className="secondary small">{t("outText")}</p>
      <Switch
        label={t("enabled")}
        checked={bridge.enabled}
        disabled={!canWrite}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <TextInput
        label={t("url")}
        placeholder="mqtt://homeassistant.local:1883"
        value={bridge.url}
        maxLength={2048}
        disabled={!canWrite}
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      <TextInput
        label={t("user")}
        value={bridge.user}
        maxLength={254}
        autoComplete="off"
        disabled={!canWrite}
        onChange={(event) => change({ user: event.currentTarget.value })}
      />
      <PasswordInput
        label={t("password")}
        description={t("passwordHint")}
        value={bridge.password}
        maxLength={512}
        autoComplete="off"
        disabled={!canWrite}
        visibilityToggleButtonProps={{ "aria-label": show }}
        onChange={(event) => change({ password: event.currentTarget.value })}
      />
      <TextInput
        label={t("prefix")}
        value={bridge.prefix}
        maxLength={64}
        disabled={!canWrite}
        onChange={(event) => change({ prefix: event.currentTarget.value })}
      />
      <Switch
        label={t("allowPrivate")}
        description={t("allowPrivateHint")}
        checked={bridge.allowPrivate}
        disabled={!canWrite}
        onChange={(event) => change({ allowPrivate: event.currentTarget.checked })}
      />
    </SettingsForm>
  );
}

function DiscoveryForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("settings.integrations");
  const state = useSettingsDraft(props.read, ["acceptDiscovery"]);
  return (
    <SettingsForm state={state}>
      <Switch
        label={t("acceptDiscovery")}
        description={t("acceptDiscoveryHint")}
        checked={state.draft.acceptDiscovery}
        disabled={!state.canWrite}
        onChange={(event) => state.change({ acceptDiscovery: event.currentTarget.checked })}
      />
    </SettingsForm>
  );
}
