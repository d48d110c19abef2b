import { accounts } from "@gatehouse/contract";
import { Button, NativeSelect, Switch, TextInput, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { savePersonal } from "../../app/personal.ts";
import { useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { singleKeys } from "../../design/shortcuts.ts";
import { isLocale, localePreference } from "../../i18n/locale.ts";

const THEMES = ["auto", "light", "dark"] as const;

/** Name, language, theme and shortcuts of one's own. Choices take hold at once; the name when it is saved. */
export function ProfilePanel(props: { person: accounts.Person }) {
  const t = useTranslations("account.profile");
  const { person } = props;
  const { setColorScheme } = useMantineColorScheme();
  const shell = useTranslations("shell");
  return (
    <Panel title={t("title")}>
      <div className="stack">
        <NameForm name={person.name} />
        <NativeSelect
          label={shell("language.label")}
          value={person.language}
          onChange={(event) => {
            const language = event.currentTarget.value;
            if (!isLocale(language)) return;
            localePreference.set(language);
            savePersonal({ language });
          }}
          data={[
            { value: "en", label: shell("language.en") },
            { value: "fr", label: shell("language.fr") },
          ]}
        />
        <NativeSelect
          label={shell("theme.label")}
          value={person.theme}
          onChange={(event) => {
            const theme = THEMES.find((one) => one === event.currentTarget.value) ?? "auto";
            setColorScheme(theme);
            savePersonal({ theme });
          }}
          data={THEMES.map((value) => ({ value, label: shell(`theme.${value}`) }))}
        />
        <Switch
          label={shell("help.singleKeys")}
          description={shell("help.singleKeysHint")}
          checked={person.singleKeys}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            singleKeys.set(on ? "on" : "off");
            savePersonal({ singleKeys: on });
          }}
        />
      </div>
    </Panel>
  );
}

function NameForm(props: { name: string }) {
  const t = useTranslations("account.profile");
  const errorText = useErrorText();
  const [name, setName] = useState(props.name);
  const update = useCall(accounts.updateMe, [accounts.getMe, accounts.listPeople]);
  const ready = name.trim() !== "" && name.trim() !== props.name;
  return (
    <form
      className="row row-top"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) update.mutate({ body: { name: name.trim() } });
      }}
    >
      <TextInput
        className="grow"
        label={t("name")}
        value={name}
        maxLength={120}
        autoComplete="name"
        error={update.error === null ? undefined : errorText(update.error)}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" mt={24} h={32} disabled={!ready} loading={update.isPending}>
        {t("save")}
      </Button>
    </form>
  );
}
