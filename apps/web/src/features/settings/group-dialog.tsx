import { channel } from "@gatehouse/contract";
import { DEVICE_TYPES } from "@gatehouse/device-types";
import { Button, Checkbox, Modal, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { useSites } from "../../data/site.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./settings.module.css";

const DAY_MS = 86_400_000;
const SPANS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS } as const;
type Span = keyof typeof SPANS;
const MAX_DEVICES = 100_000;

/** A new batch; afterwards its key, this once. */
export function GroupDialog(props: { onClose: () => void }) {
  const t = useTranslations("channel.groups");
  const common = useTranslations("common.action");
  const create = useCall(channel.createEnrolmentGroup, [channel.listEnrolmentGroups]);
  const made = create.data;
  return (
    <Modal
      opened
      // Its key would be lost by a click beside it.
      closeOnClickOutside={made === undefined}
      onClose={props.onClose}
      title={made === undefined ? t("addTitle") : t("keyTitle", { name: made.group.name })}
      size={480}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {made === undefined ? (
        <GroupForm create={create} />
      ) : (
        <GroupKey groupId={made.group.id} groupKey={made.key} onClose={props.onClose} />
      )}
    </Modal>
  );
}

function GroupForm(props: { create: ReturnType<typeof useCall<typeof channel.createEnrolmentGroup>> }) {
  const t = useTranslations("channel.groups");
  const siteLabel = useTranslations("devices.settings")("site");
  const locale = useLocale();
  const errorText = useErrorText();
  const nowMs = useNow();
  const sites = useSites() ?? [];
  const [name, setName] = useState("");
  const [typeId, setTypeId] = useState(DEVICE_TYPES[0]?.id ?? "");
  const [siteId, setSiteId] = useState("");
  const [maxDevices, setMaxDevices] = useState<number | string>(100);
  const [span, setSpan] = useState<Span>("week");
  const [replaceKeys, setReplaceKeys] = useState(false);
  const { create } = props;
  const site = siteId || (sites[0]?.id ?? "");
  const isComplete = name.trim() !== "" && site !== "" && typeof maxDevices === "number";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    const expiresMs = Math.round(nowMs + SPANS[span]);
    create.mutate({ body: { name: name.trim(), typeId, siteId: site, maxDevices, expiresMs, replaceKeys } });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label={t("name")}
        value={name}
        maxLength={80}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FieldGrid fieldWidth={180}>
        <NativeSelect
          label={t("type")}
          value={typeId}
          onChange={(event) => setTypeId(event.currentTarget.value)}
          data={DEVICE_TYPES.map(({ id, label }) => ({ value: id, label: label[locale] }))}
        />
        <NativeSelect
          label={siteLabel}
          value={site}
          onChange={(event) => setSiteId(event.currentTarget.value)}
          data={sites.map(({ id, name: siteName }) => ({ value: id, label: siteName }))}
        />
        <NumberInput
          label={t("max")}
          value={maxDevices}
          min={1}
          max={MAX_DEVICES}
          allowDecimal={false}
          onChange={setMaxDevices}
        />
        <NativeSelect
          label={t("valid")}
          value={span}
          onChange={(event) => setSpan(event.currentTarget.value as Span)}
          data={(Object.keys(SPANS) as Span[]).map((value) => ({ value, label: t(value) }))}
        />
      </FieldGrid>
      <Checkbox
        label={t("replace")}
        description={t("replaceHint")}
        checked={replaceKeys}
        onChange={(event) => setReplaceKeys(event.currentTarget.checked)}
      />
      <DialogFoot error={create.error === null ? undefined : errorText(create.error)}>
        <Button type="submit" disabled={!isComplete} loading={create.isPending}>
          {t("create")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function GroupKey(props: { groupId: string; groupKey: string; onClose: () => void }) {
  const t = useTranslations("channel.groups");
  const rows = [
    [t("id"), props.groupId],
    [t("key"), props.groupKey],
  ] as const;
  return (
    <div className="stack">
      <p className="secondary">{t("keyText")}</p>
      {rows.map(([label, value]) => (
        <div key={label} className="stack stack-tight">
          <span className="secondary small">{label}</span>
          <div className={`${styles.fingerprint} mono`}>
            <span>{value}</span>
            <CopyButton text={value} />
          </div>
        </div>
      ))}
      <DialogFoot>
        <Button onClick={props.onClose}>{t("done")}</Button>
      </DialogFoot>
    </div>
  );
}
