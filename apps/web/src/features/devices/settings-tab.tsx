import { devices } from "@gatehouse/contract";
import { Button, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { DecimalInput } from "../../design/decimal-input.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import styles from "./device.module.css";
import { isDeviceName, tagsOf } from "./device-fields.ts";
import { SiteField } from "./site-field.tsx";
import { useTypeName } from "./type-icon.tsx";

/** Name, place, tags, interval; and the end of the device. */
export function SettingsTab(props: { device: devices.Device }) {
  const t = useTranslations("devices.settings");
  const typeName = useTypeName();
  const { device } = props;
  return (
    <div className={styles.halves}>
      <Panel title={t("title")}>
        <Identity device={device} />
      </Panel>
      <div className="stack">
        <Panel>
          <dl className="facts">
            <dt>{t("id")}</dt>
            <dd className="mono">
              {device.id} <CopyButton text={device.id} />
            </dd>
            <dt>{t("type")}</dt>
            <dd>{typeName(device.typeId)}</dd>
          </dl>
        </Panel>
        <Panel title={t("danger")}>
          <Deletion device={device} />
        </Panel>
      </div>
    </div>
  );
}

function Identity(props: { device: devices.Device }) {
  const t = useTranslations("devices");
  const errorText = useErrorText();
  const { device } = props;
  const [name, setName] = useState(device.name);
  const [label, setLabel] = useState(device.label);
  const [siteId, setSiteId] = useState(device.siteId);
  const [tags, setTags] = useState(device.tags.join(", "));
  const [seconds, setSeconds] = useState(device.intervalMs / 1_000);
  const save = useCall(devices.updateDevice, [devices.getDevice, devices.listDevices, devices.deviceFacets]);
  const nameOk = isDeviceName(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!nameOk) return;
    const intervalMs = Math.round(seconds * 1_000);
    save.mutate(
      { params: { id: device.id }, body: { name, label, siteId, tags: tagsOf(tags), intervalMs } },
      { onSuccess: () => notifications.show({ message: t("settings.saved") }) },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t("settings.name")}
        description={t("settings.nameHint")}
        required
        maxLength={64}
        value={name}
        error={nameOk ? undefined : t("adding.nameBad")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t("settings.label")}
        description={t("settings.labelHint")}
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <SiteField value={siteId} onChange={setSiteId} />
      <TextInput
        label={t("settings.tags")}
        description={t("settings.tagsHint")}
        value={tags}
        onChange={(event) => setTags(event.currentTarget.value)}
      />
      <DecimalInput
        label={t("settings.interval")}
        description={t("settings.intervalHint")}
        min={0.1}
        max={86_400}
        value={seconds}
        onChange={(value) => setSeconds(Number(value) || seconds)}
      />
      {save.error !== null && (
        <p role="alert" className="danger">
          {errorText(save.error)}
        </p>
      )}
      <div>
        <Button type="submit" loading={save.isPending}>
          {t("settings.save")}
        </Button>
      </div>
    </form>
  );
}

/** The name has to be typed: a device's history cannot be brought back. */
function Deletion(props: { device: devices.Device }) {
  const t = useTranslations("devices.settings");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useCall(devices.deleteDevice, [devices.listDevices, devices.deviceFacets, devices.fleet]);
  const { id, name } = props.device;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== name) return;
    remove.mutate(
      { params: { id } },
      {
        onSuccess: () => {
          notifications.show({ message: t("deleted", { name }) });
          void navigate({ to: "/devices" });
        },
      },
    );
  };
  return (
    <div className="stack">
      <p className="secondary">{t("dangerText")}</p>
      <div>
        <Button variant="danger" onClick={() => setOpened(true)}>
          {t("deleteAct", { name })}
        </Button>
      </div>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("deleteTitle", { name })}
        size={420}
        closeButtonProps={{ "aria-label": action("close") }}
      >
        <form className="stack" onSubmit={submit}>
          <p className="secondary">{t("dangerText")}</p>
          <TextInput
            label={t("typeName", { name })}
            data-autofocus
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <DialogFoot error={remove.error === null ? undefined : errorText(remove.error)}>
            <Button variant="default" onClick={() => setOpened(false)}>
              {action("cancel")}
            </Button>
            <Button type="submit" variant="danger" disabled={typed !== name} loading={remove.isPending}>
              {t("deleteAct", { name })}
            </Button>
          </DialogFoot>
        </form>
      </Modal>
    </div>
  );
}
