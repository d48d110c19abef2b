import type { CommandSpec } from "@gatehouse/device-types";
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconSend, IconX } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { DecimalInput } from "../../design/decimal-input.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { fieldsOf, guessValue, type ParamField, type ParamValue, paramValue } from "./command-params.ts";
import styles from "./device.module.css";
import { COMMAND_TONES, useCommandText, useSentCommand } from "./use-sent-command.ts";

type Params = Record<string, ParamValue>;

/** A form made from the command's own schema; what became of the command stands beside its button. */
export function CommandForm(props: { deviceId: string; command: CommandSpec }) {
  const t = useTranslations("devices.command");
  const locale = useLocale();
  const format = useFormat();
  const errorText = useErrorText();
  const commandText = useCommandText();
  const { last, busy, error, send } = useSentCommand(props.deviceId);
  const [params, setParams] = useState<Params>({});
  const [missing, setMissing] = useState(false);
  const { command } = props;
  const fields = fieldsOf(command.params);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const nothing = Object.keys(params).length === 0;
    setMissing(nothing);
    if (!nothing) send(command.key, params);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {fields === undefined ? (
        <FreeFields onChange={setParams} />
      ) : (
        <FixedFields fields={fields} onChange={setParams} />
      )}
      <p className="tertiary tiny">{t("expires", { time: format.duration(command.ttlMs) })}</p>
      <div className="row row-wrap">
        <Button type="submit" leftSection={<IconSend size={14} />} loading={busy}>
          {t("act", { command: command.label[locale] })}
        </Button>
        <span role="status">
          {last !== undefined && <Tag tone={COMMAND_TONES[last.state]}>{commandText(last)}</Tag>}
        </span>
        {missing && <span className="warn small">{t("needParam")}</span>}
        {error !== null && (
          <span role="alert" className="danger small">
            {errorText(error)}
          </span>
        )}
      </div>
    </form>
  );
}

function FixedFields(props: { fields: readonly ParamField[]; onChange: (params: Params) => void }) {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const change = (name: string, text: string) => {
    const next = { ...typed, [name]: text };
    setTyped(next);
    const given = props.fields.flatMap((field) => {
      const value = paramValue(field, next[field.name]);
      return value === undefined ? [] : [[field.name, value] as const];
    });
    props.onChange(Object.fromEntries(given));
  };
  return props.fields.map((field) => (
    <Field
      key={field.name}
      field={field}
      value={typed[field.name] ?? ""}
      onChange={(text) => change(field.name, text)}
    />
  ));
}

const NAMED = ["on", "brightness"] as const;
const isNamed = (name: string): name is (typeof NAMED)[number] => (NAMED as readonly string[]).includes(name);

function Field(props: { field: ParamField; value: string; onChange: (text: string) => void }) {
  const t = useTranslations("devices.command");
  const { field, value, onChange } = props;
  const label = isNamed(field.name) ? t(`param.${field.name}`) : field.name;
  const shared = { label, required: field.required };
  if (field.kind === "boolean" || field.kind === "choice") {
    const options =
      field.kind === "boolean"
        ? [
            { value: "true", label: t("yes") },
            { value: "false", label: t("no") },
          ]
        : (field.choices ?? []).map((choice) => ({ value: choice, label: choice }));
    return (
      <NativeSelect
        {...shared}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[{ value: "", label: t("leave") }, ...options]}
      />
    );
  }
  if (field.kind === "number") {
    const { min, max } = field;
    const range = min !== undefined && max !== undefined;
    return (
      <DecimalInput
        {...shared}
        {...(range ? { min, max, description: t("range", { low: String(min), high: String(max) }) } : {})}
        hideControls
        value={value}
        onChange={(next) => onChange(String(next))}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      maxLength={1_024}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const MAX_FREE = 16;

/** Names and values of one's own, for types that take any. */
function FreeFields(props: { onChange: (params: Params) => void }) {
  const t = useTranslations("devices.command");
  const [rows, setRows] = useState([{ id: 0, name: "", value: "" }]);
  const change = (next: typeof rows) => {
    setRows(next);
    const named = next.filter(({ name }) => name.trim() !== "");
    props.onChange(Object.fromEntries(named.map(({ name, value }) => [name.trim(), guessValue(value)])));
  };
  const edit = (id: number, part: { name?: string; value?: string }) =>
    change(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <>
      {rows.map((row) => (
        <div key={row.id} className="row">
          <TextInput
            aria-label={t("name")}
            placeholder={t("name")}
            maxLength={64}
            value={row.name}
            onChange={(event) => edit(row.id, { name: event.currentTarget.value })}
          />
          <TextInput
            className="grow"
            aria-label={t("value")}
            placeholder={t("value")}
            maxLength={1_024}
            value={row.value}
            onChange={(event) => edit(row.id, { value: event.currentTarget.value })}
          />
          {rows.length > 1 && (
            <ActionIcon
              aria-label={t("removeValue", { name: row.name })}
              onClick={() => change(rows.filter(({ id }) => id !== row.id))}
            >
              <IconX size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {rows.length < MAX_FREE && (
        <div>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => setRows([...rows, { id: (rows.at(-1)?.id ?? 0) + 1, name: "", value: "" }])}
          >
            {t("addValue")}
          </Button>
        </div>
      )}
    </>
  );
}
