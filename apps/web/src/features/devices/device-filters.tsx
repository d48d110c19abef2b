import type { devices, ReplyOf } from "@gatehouse/contract";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { filterField } from "../../app/shell/use-shell-keys.ts";
import { type DeviceStatus, StateGlyph } from "../../design/device-state.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./devices.module.css";
import { useTypeName } from "./type-icon.tsx";

export type Facets = ReplyOf<typeof devices.deviceFacets>;

export interface DeviceFilterValues {
  readonly q?: string;
  readonly type?: string;
  readonly status?: string;
  readonly tag?: string;
}

const STATUSES: readonly DeviceStatus[] = ["online", "stale", "offline", "never", "revoked"];
const TYPING_PAUSE_MS = 200;

export const isStatus = (text: string | undefined): text is DeviceStatus =>
  (STATUSES as readonly (string | undefined)[]).includes(text);

/** Search, state chips with counts, type and tag. `onChange` gets only what changed; undefined clears it. */
export function DeviceFilters(props: {
  values: DeviceFilterValues;
  facets: Facets;
  onChange: (change: { [K in keyof DeviceFilterValues]: string | undefined }) => void;
  onClear: () => void;
}) {
  const t = useTranslations();
  const typeName = useTypeName();
  const { values, facets, onChange } = props;
  const filtered = Object.values(values).some((value) => value !== undefined);
  const select = (key: "type" | "tag") => (event: { currentTarget: { value: string } }) =>
    onChange({ [key]: event.currentTarget.value || undefined });
  return (
    <search className={styles.bar} aria-label={t("devices.filter.label")}>
      <SearchField value={values.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <StatusChips chosen={values.status} facets={facets} onChange={(status) => onChange({ status })} />
      <NativeSelect
        aria-label={t("devices.filter.type")}
        value={values.type ?? ""}
        onChange={select("type")}
        data={[
          { value: "", label: t("devices.filter.anyType") },
          ...Object.keys(facets.type).map((id) => ({ value: id, label: typeName(id) })),
        ]}
      />
      {facets.tags.length > 0 && (
        <NativeSelect
          aria-label={t("devices.filter.tag")}
          value={values.tag ?? ""}
          onChange={select("tag")}
          data={[
            { value: "", label: t("devices.filter.anyTag") },
            ...facets.tags.map(({ tag, count }) => ({ value: tag, label: `${tag} (${count})` })),
          ]}
        />
      )}
      {filtered && (
        <Button variant="subtle" onClick={props.onClear}>
          {t("common.action.clearFilters")}
        </Button>
      )}
    </search>
  );
}

function SearchField(props: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations("devices.filter");
  const field = useRef<HTMLInputElement>(null);
  const search = useDebouncedCallback(props.onChange, TYPING_PAUSE_MS);
  useEffect(() => {
    const input = field.current;
    if (input !== null && document.activeElement !== input) input.value = props.value;
  }, [props.value]);
  return (
    <TextInput
      {...filterField}
      ref={field}
      type="search"
      className={styles.search ?? ""}
      aria-label={t("search")}
      placeholder={t("search")}
      maxLength={100}
      leftSection={<IconSearch size={15} stroke={1.6} aria-hidden="true" />}
      defaultValue={props.value}
      onChange={(event) => search(event.currentTarget.value)}
    />
  );
}

function StatusChips(props: {
  chosen: string | undefined;
  facets: Facets;
  onChange: (status: string | undefined) => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const shown = STATUSES.filter(
    (status) => (props.facets.status[status] ?? 0) > 0 || status === props.chosen,
  );
  return (
    <fieldset className={styles.chips} aria-label={t("devices.filter.status")}>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={props.chosen === undefined}
        onClick={() => props.onChange(undefined)}
      >
        {t("devices.filter.all")} <span className={styles.count}>{format.number(props.facets.total)}</span>
      </button>
      {shown.map((status) => (
        <button
          key={status}
          type="button"
          className={styles.chip}
          aria-pressed={props.chosen === status}
          onClick={() => props.onChange(props.chosen === status ? undefined : status)}
        >
          <StateGlyph status={status} />
          {t(`common.device.${status}`)}{" "}
          <span className={styles.count}>{format.number(props.facets.status[status] ?? 0)}</span>
        </button>
      ))}
    </fieldset>
  );
}
