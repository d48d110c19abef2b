import { alerts } from "@gatehouse/contract";
import { Button, NativeSelect, NumberInput, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { isQuietDraftRight, quietDraftOf, quietHoursOf } from "../quiet-hours/quiet-draft.ts";
import { QuietHoursFields } from "../quiet-hours/quiet-hours-fields.tsx";
import {
  type FieldKind,
  type FieldName,
  fieldsOf,
  KINDS,
  type Kind,
  missingOf,
  PLACEHOLDERS,
  SECURITIES,
  START,
  settingsOf,
  type Values,
  valuesOf,
} from "./channel-draft.ts";
import { PeopleField } from "./people-field.tsx";

const SEVERITIES = ["info", "warning", "critical"] as const;
const AGAIN = [alerts.listChannels, alerts.listRules] as const;

/** Adds or changes one channel. Secrets go in and never come back. */
export function ChannelEditor(props: { channel: alerts.Channel | undefined; onClose: () => void }) {
  const t = useTranslations("settings.channel");
  const severity = useTranslations("alerts.severity");
  const errorText = useErrorText();
  const { channel, onClose } = props;
  const [kind, setKind] = useState<Kind>(channel?.settings.kind ?? "email");
  const [values, setValues] = useState<Values>(
    channel === undefined ? START.email : valuesOf(channel.settings),
  );
  const [rest, setRest] = useState<Omit<alerts.ChannelBody, "settings" | "quietHours">>({
    name: channel?.name ?? "",
    enabled: channel?.enabled ?? true,
    minSeverity: channel?.minSeverity ?? "info",
    allowPrivate: channel?.allowPrivate ?? false,
    dailyCap: channel?.dailyCap ?? 200,
  });
  const [quiet, setQuiet] = useState(() => quietDraftOf(channel?.quietHours));
  const [shown, setShown] = useState(false);
  const [removing, setRemoving] = useState(false);
  const create = useCall(alerts.createChannel, AGAIN);
  const update = useCall(alerts.updateChannel, AGAIN);
  const error = create.error ?? update.error;
  const detail = isApiError(error, "channel.invalid") ? error.fields.detail : undefined;
  // It has no address: browsers name their push services.
  const isPush = kind === "web_push";
  const missing = missingOf(kind, values, channel === undefined);
  const submit = () => {
    setShown(true);
    if (missing.length > 0 || rest.name.trim() === "" || !isQuietDraftRight(quiet)) return;
    const quietHours = quietHoursOf(quiet);
    const body = {
      ...rest,
      name: rest.name.trim(),
      settings: settingsOf(kind, values),
      ...(quietHours === undefined ? {} : { quietHours }),
    };
    if (channel === undefined) create.mutate({ body }, { onSuccess: onClose });
    else update.mutate({ params: { id: channel.id }, body }, { onSuccess: onClose });
  };
  return (
    <SideDrawer title={channel === undefined ? t("addTitle") : t("editTitle")} size={520} onClose={onClose}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <NativeSelect
          label={t("kindLabel")}
          value={kind}
          disabled={channel !== undefined}
          onChange={(event) => {
            const next = KINDS.find((one) => one === event.currentTarget.value) ?? kind;
            setKind(next);
            setValues(START[next]);
          }}
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <TextInput
          label={t("name")}
          value={rest.name}
          maxLength={120}
          error={shown && rest.name.trim() === "" ? t("required") : undefined}
          onChange={(event) => setRest({ ...rest, name: event.currentTarget.value })}
        />
        {fieldsOf(kind).map(([name, field]) => (
          <Field
            key={name}
            name={name}
            field={field}
            value={values[name] ?? ""}
            stored={channel !== undefined}
            error={shown && missing.includes(name) ? t("required") : undefined}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))}
        <FieldGrid fieldWidth={200}>
          <NativeSelect
            label={t("minSeverity")}
            value={rest.minSeverity}
            onChange={(event) =>
              setRest({
                ...rest,
                minSeverity: SEVERITIES.find((one) => one === event.currentTarget.value) ?? "info",
              })
            }
            data={SEVERITIES.map((value) => ({ value, label: severity(value) }))}
          />
          <NumberInput
            label={t("dailyCap")}
            description={t("dailyCapHint")}
            min={1}
            max={10_000}
            allowDecimal={false}
            clampBehavior="strict"
            hideControls
            value={rest.dailyCap}
            onChange={(value) => typeof value === "number" && setRest({ ...rest, dailyCap: value })}
          />
        </FieldGrid>
        <QuietHoursFields draft={quiet} onChange={setQuiet} />
        <Switch
          label={t(isPush ? "allowPrivatePush" : "allowPrivate")}
          description={t(isPush ? "allowPrivatePushHint" : "allowPrivateHint")}
          checked={rest.allowPrivate}
          onChange={(event) => setRest({ ...rest, allowPrivate: event.currentTarget.checked })}
        />
        <Switch
          label={t("enabled")}
          checked={rest.enabled}
          onChange={(event) => setRest({ ...rest, enabled: event.currentTarget.checked })}
        />
        <DialogFoot
          sticky
          error={
            error === null ? undefined : `${errorText(error)} ${typeof detail === "string" ? detail : ""}`
          }
          start={
            channel !== undefined && (
              <Button variant="default" onClick={() => setRemoving(true)}>
                {t("delete")}
              </Button>
            )
          }
        >
          <Button type="submit" loading={create.isPending || update.isPending}>
            {channel === undefined ? t("create") : t("save")}
          </Button>
        </DialogFoot>
      </form>
      {removing && channel !== undefined && (
        <DeleteChannel channel={channel} onClose={() => setRemoving(false)} onDeleted={onClose} />
      )}
    </SideDrawer>
  );
}

function Field(props: {
  name: FieldName;
  field: FieldKind;
  value: string;
  stored: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const t = useTranslations("settings.channel");
  const show = useTranslations("login")("show");
  const { name, field, value, onChange } = props;
  const common = { label: t(`field.${name}`), value, error: props.error };
  const change = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  if (typeof field !== "string") return <NativeSelect {...common} onChange={change} data={[...field]} />;
  if (field === "security") {
    const words = SECURITIES.map((one) => ({ value: one, label: t(`security.${one}`) }));
    return <NativeSelect {...common} onChange={change} data={words} />;
  }
  if (field === "flag") {
    return (
      <Switch
        label={common.label}
        checked={value !== ""}
        onChange={(event) => onChange(event.currentTarget.checked ? "yes" : "")}
      />
    );
  }
  if (field === "people") {
    const ids = value === "" ? [] : value.split("\n");
    return <PeopleField label={common.label} ids={ids} onChange={(next) => onChange(next.join("\n"))} />;
  }
  if (field === "secret") {
    return (
      <PasswordInput
        {...common}
        description={props.stored ? t("secretKept") : t("secretHint")}
        autoComplete="off"
        maxLength={512}
        visibilityToggleButtonProps={{ "aria-label": show }}
        onChange={change}
      />
    );
  }
  if (field === "list" || field === "text" || field === "pairs") {
    const description =
      field === "list" ? t("listHint") : t(field === "text" ? "templateHint" : "pairsHint", PLACEHOLDERS);
    return (
      <Textarea
        {...common}
        description={description}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={6_000}
        onChange={change}
      />
    );
  }
  return (
    <TextInput
      {...common}
      {...(name === "contentType" ? { description: t("contentTypeHint") } : {})}
      inputMode={field === "number" ? "numeric" : "text"}
      maxLength={2_048}
      autoComplete="off"
      onChange={change}
    />
  );
}

function DeleteChannel(props: { channel: alerts.Channel; onClose: () => void; onDeleted: () => void }) {
  const t = useTranslations("settings.channel");
  const errorText = useErrorText();
  const remove = useCall(alerts.deleteChannel, AGAIN);
  const { id, name } = props.channel;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("deleteTitle", { name })}
      act={t("deleteAct", { name })}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDeleted })}
      onClose={props.onClose}
    >
      {t("deleteText")}
    </ConfirmDialog>
  );
}
