import type { operations } from "@gatehouse/contract";
import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { isLocale } from "../../i18n/locale.ts";
import { SettingsForm } from "./settings-form.tsx";
import { SitesPanel } from "./sites-panel.tsx";
import { TIME_ZONES } from "./time-zones.ts";
import { useSettings, useSettingsDraft } from "./use-settings.ts";

export function SiteSection() {
  const t = useTranslations("settings");
  const trust = useTranslations("trust.settings");
  const settings = useSettings();
  return (
    <>
      <Panel title={t("site.organisation")}>
        <QueryView query={settings} what={t("reading")}>
          {(read) => <OrganisationForm read={read} />}
        </QueryView>
      </Panel>
      <SitesPanel />
      <Panel title={trust("title")}>
        <QueryView query={settings} what={t("reading")}>
          {(read) => <TrustForm read={read} />}
        </QueryView>
      </Panel>
    </>
  );
}

function OrganisationForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("settings.site");
  const language = useTranslations("shell.language");
  const state = useSettingsDraft(props.read, ["organisation", "language", "timeZone"]);
  const { draft, change, canWrite } = state;
  return (
    <SettingsForm state={state}>
      <TextInput
        label={t("name")}
        value={draft.organisation}
        maxLength={120}
        disabled={!canWrite}
        onChange={(event) => change({ organisation: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("language")}
        description={t("languageHint")}
        value={draft.language}
        disabled={!canWrite}
        onChange={(event) =>
          isLocale(event.currentTarget.value) && change({ language: event.currentTarget.value })
        }
        data={[
          { value: "en", label: language("en") },
          { value: "fr", label: language("fr") },
        ]}
      />
      <Autocomplete
        label={t("timeZone")}
        description={t("timeZoneHint")}
        data={[...TIME_ZONES]}
        limit={40}
        value={draft.timeZone}
        disabled={!canWrite}
        onChange={(timeZone) => change({ timeZone })}
      />
    </SettingsForm>
  );
}

const AUTO = ["off", "suggest", "on"] as const;

/** What becomes of a device that is not believed any more. */
function TrustForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("trust.settings");
  const state = useSettingsDraft(props.read, ["autoQuarantine"]);
  const { draft, change, canWrite } = state;
  return (
    <SettingsForm state={state}>
      <NativeSelect
        label={t("auto")}
        description={t("autoHint")}
        value={draft.autoQuarantine}
        disabled={!canWrite}
        onChange={(event) => {
          const autoQuarantine = AUTO.find((mode) => mode === event.currentTarget.value);
          if (autoQuarantine !== undefined) change({ autoQuarantine });
        }}
        data={AUTO.map((mode) => ({ value: mode, label: t(mode) }))}
      />
    </SettingsForm>
  );
}
