import { cameras, devices } from "@gatehouse/contract";
import { DEVICE_TYPES, findDeviceType, isCameraType } from "@gatehouse/device-types";
import { Button, Checkbox, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { call, query, useCall } from "../../data/query.ts";
import { useSelectedSite } from "../../data/site.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import styles from "./add-device.module.css";
import type { Created } from "./connect-device.tsx";
import { isDeviceName, suggestName, tagsOf } from "./device-fields.ts";
import { SiteField } from "./site-field.tsx";
import { TypeIcon } from "./type-icon.tsx";

const FIRST_TYPE = "thermometer";

/** What it is, its name and place; a free name stands there until one is typed. */
export function AddDeviceForm(props: {
  /** The type that is chosen at first. */
  typeId?: string | undefined;
  onCreated: (created: Created) => void;
}) {
  const t = useTranslations("devices");
  const detection = useTranslations("detection");
  const errorText = useErrorText();
  const [typeId, setTypeId] = useState(findDeviceType(props.typeId ?? "")?.id ?? FIRST_TYPE);
  const suggested = useSuggestedName(typeId);
  const [typedName, setName] = useState<string>();
  const [label, setLabel] = useState("");
  const [tags, setTags] = useState("");
  const [siteId, setSiteId, isReading] = useDefaultSite();
  const [looks, setLooks] = useState(false);
  const [tried, setTried] = useState(false);
  const create = useCall(devices.createDevice, [
    devices.listDevices,
    devices.deviceFacets,
    devices.fleet,
    devices.listSites,
  ]);
  const name = typedName ?? suggested;
  const nameOk = isDeviceName(name);
  const taken = isApiError(create.error, "device.name_taken") && create.variables?.body.name === name;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nameOk || siteId === "") return;
    create.mutate(
      { body: { name, label, typeId, siteId, tags: tagsOf(tags) } },
      {
        onSuccess: (created) => {
          if (looks && isCameraType(typeId))
            lookForPeople(created.device.id).catch((error: unknown) =>
              notifications.show({ message: errorText(error), color: "red" }),
            );
          props.onCreated(created);
        },
      },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TypeCards value={typeId} onChange={setTypeId} />
      <Panel>
        <div className={styles.fields}>
          <TextInput
            label={t("adding.name")}
            description={t("adding.nameHint")}
            required
            maxLength={64}
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            error={nameOk ? taken && errorText(create.error) : t("adding.nameBad")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t("adding.label")}
            placeholder={t("adding.labelPlaceholder")}
            maxLength={200}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <SiteField
            value={siteId}
            onChange={setSiteId}
            {...(tried && siteId === "" ? { error: t("adding.needSite") } : {})}
          />
          <TextInput
            label={t("adding.tags")}
            description={t("settings.tagsHint")}
            value={tags}
            onChange={(event) => setTags(event.currentTarget.value)}
          />
          {isCameraType(typeId) && (
            <Checkbox
              label={detection("enabled")}
              description={detection("enabledHint")}
              checked={looks}
              onChange={(event) => setLooks(event.currentTarget.checked)}
            />
          )}
        </div>
      </Panel>
      {create.error !== null && !taken && (
        <p role="alert" className="danger">
          {errorText(create.error)}
        </p>
      )}
      <div>
        <Button type="submit" h={36} loading={create.isPending || isReading}>
          {t("adding.create")}
        </Button>
      </div>
    </form>
  );
}

/** What a new camera has else is as it comes. */
const lookForPeople = (id: string) =>
  call(cameras.updateCamera, {
    params: { id },
    body: {
      settings: {
        ...cameras.DEFAULT_CAMERA_SETTINGS,
        detection: { ...cameras.DEFAULT_DETECTION_SETTINGS, enabled: true },
      },
      settingsMs: 0,
    },
  });

function TypeCards(props: { value: string; onChange: (typeId: string) => void }) {
  const t = useTranslations("devices.adding");
  const locale = useLocale();
  return (
    <fieldset className={styles.cards}>
      <legend className="strong">{t("type")}</legend>
      {DEVICE_TYPES.map((type) => (
        <label key={type.id} className={styles.card}>
          <input
            type="radio"
            name="type"
            className="visually-hidden"
            checked={props.value === type.id}
            onChange={() => props.onChange(type.id)}
          />
          <TypeIcon typeId={type.id} size={22} />
          <span className="strong">{type.label[locale]}</span>
          <span className="secondary tiny">{isDescribed(type.id) && t(`typeText.${type.id}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

const DESCRIBED = [
  "thermometer",
  "plug",
  "led",
  "contact",
  "esp32-cam",
  "camera",
  "linux-agent",
  "generic",
] as const;
const isDescribed = (id: string): id is (typeof DESCRIBED)[number] =>
  (DESCRIBED as readonly string[]).includes(id);

/** A name like `plug-03` that no device has yet. */
function useSuggestedName(typeId: string): string {
  const list = useQuery(query(devices.listDevices, { query: { q: typeId, limit: "200" } }));
  return suggestName(typeId, list.data?.items.map(({ name }) => name) ?? []);
}

/** The chosen site, else the first. */
function useDefaultSite() {
  const selected = useSelectedSite();
  const sites = useQuery(query(devices.listSites, {}));
  const [chosen, setChosen] = useState<string>();
  return [chosen ?? selected?.id ?? sites.data?.items[0]?.id ?? "", setChosen, sites.isPending] as const;
}
