import { devices } from "@gatehouse/contract";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCanEverywhere } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";

const NEW = "new";

/** The site a device stands at; a new one is made on the spot. */
export function SiteField(props: { value: string; onChange: (siteId: string) => void; error?: string }) {
  const t = useTranslations("devices.settings");
  const can = useCanEverywhere();
  const sites = useSites();
  const [adding, setAdding] = useState(false);
  const none = sites?.length === 0;
  const change = (value: string) => {
    setAdding(value === NEW);
    if (value !== NEW) props.onChange(value);
  };
  return (
    <>
      {!none && (
        <NativeSelect
          label={t("site")}
          value={adding ? NEW : props.value}
          error={adding ? undefined : props.error}
          onChange={(event) => change(event.currentTarget.value)}
          data={[
            ...(props.value === "" ? [{ value: "", label: "–" }] : []),
            ...(sites ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ...(can("site.write") ? [{ value: NEW, label: `${t("newSite")}…` }] : []),
          ]}
        />
      )}
      {(adding || none) && can("site.write") && (
        <NewSite
          error={props.error}
          onCreated={(siteId) => {
            setAdding(false);
            props.onChange(siteId);
          }}
        />
      )}
    </>
  );
}

function NewSite(props: { error?: string | undefined; onCreated: (siteId: string) => void }) {
  const t = useTranslations("devices.settings");
  const format = useFormat();
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const create = useCall(devices.createSite, [devices.listSites]);
  const add = () => {
    if (name.trim() === "") return;
    create.mutate(
      { body: { name: name.trim(), timeZone: format.timeZone } },
      { onSuccess: ({ id }) => props.onCreated(id) },
    );
  };
  return (
    <div className="row" style={{ alignItems: "flex-end" }}>
      <TextInput
        className="grow"
        label={t("siteName")}
        maxLength={120}
        value={name}
        error={create.error === null ? props.error : errorText(create.error)}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <Button variant="default" h={36} loading={create.isPending} onClick={add}>
        {t("createSite")}
      </Button>
    </div>
  );
}
