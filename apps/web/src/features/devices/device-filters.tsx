import type { devices, ReplyOf } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { useTranslations } from "use-intl";
import { type DeviceStatus, StateGlyph } from "../../design/device-state.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./devices.module.css";
import { QuarantineGlyph } from "./trust-mark.tsx";
import { useTypeName } from "./type-icon.tsx";

export type Facets = ReplyOf<typeof devices.deviceFacets>;

export interface DeviceFilterValues {
  readonly q?: string;
  readonly type?: string;
  readonly status?: string;
  readonly tag?: string;
  /** "true" or absent. */
  readonly quarantined?: string;
}

const STATUSES: readonly DeviceStatus[] = ["online", "stale", "offline", "never", "revoked"];

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
  const format = useFormat();
  const typeName = useTypeName();
  const { values, facets, onChange } = props;
  const filtered = Object.values(values).some((value) => value !== undefined);
  const select = (key: "type" | "tag") => (event: { currentTarget: { value: string } }) =>
    onChange({ [key]: event.currentTarget.value || undefined });
  return (
    <search className={styles.bar} aria-label={t("devices.filter.label")}>
      <SearchField
        label={t("devices.filter.search")}
        value={values.q ?? ""}
        onChange={(q) => onChange({ q: q || undefined })}
      />
      <StatusChips chosen={values.status} facets={facets} onChange={(status) => onChange({ status })} />
      {(facets.quarantined > 0 || values.quarantined !== undefined) && (
        <button
          type="button"
          className={styles.chip}
          aria-pressed={values.quarantined !== undefined}
          onClick={() => onChange({ quarantined: values.quarantined === undefined ? "true" : undefined })}
        >
          <QuarantineGlyph />
          {t("trust.quarantined")} <span className={styles.count}>{format.number(facets.quarantined)}</span>
        </button>
      )}
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
