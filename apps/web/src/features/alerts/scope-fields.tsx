import { devices } from "@gatehouse/contract";
import { DEVICE_TYPES } from "@gatehouse/device-types";
import { MultiSelect, NativeSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useSites } from "../../data/site.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./alerts.module.css";
import type { FieldsProps } from "./condition-fields.tsx";

/** Which devices the rule watches: all parts together. */
export function ScopeFields(props: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const locale = useLocale();
  const { draft, change } = props;
  const sites = useSites() ?? [];
  const tags = useQuery(query(devices.deviceFacets, { query: {} })).data?.tags ?? [];
  const tagNames = new Set([...tags.map(({ tag }) => tag), ...(draft.tag === "" ? [] : [draft.tag])]);
  return (
    <fieldset className={styles.group}>
      <legend>{t("scope")}</legend>
      <FieldGrid>
        <NativeSelect
          label={t("site")}
          value={draft.siteId}
          error={props.wrong("siteId")}
          onChange={(event) => change({ siteId: event.currentTarget.value })}
          data={[
            { value: "", label: t("anySite") },
            ...sites.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          label={t("type")}
          value={draft.typeId}
          error={props.wrong("typeId")}
          onChange={(event) => change({ typeId: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyType") },
            ...DEVICE_TYPES.map(({ id, label }) => ({ value: id, label: label[locale] })),
          ]}
        />
        <NativeSelect
          label={t("tag")}
          value={draft.tag}
          error={props.wrong("tag")}
          onChange={(event) => change({ tag: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyTag") },
            ...[...tagNames].map((tag) => ({ value: tag, label: tag })),
          ]}
        />
      </FieldGrid>
      <DevicesField {...props} />
    </fieldset>
  );
}

const DEBOUNCE_MS = 200;
const MAX_DEVICES = 500;

function DevicesField({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), DEBOUNCE_MS);
  const found = useQuery(query(devices.listDevices, { query: { limit: "30", ...(q === "" ? {} : { q }) } }))
    .data?.items;
  const names = new Map((found ?? []).map(({ id, name }) => [id, name]));
  const unknown = found === undefined ? [] : draft.deviceIds.filter((id) => !names.has(id));
  const others = useQueries({ queries: unknown.map((id) => query(devices.getDevice, { params: { id } })) });
  unknown.forEach((id, n) => {
    names.set(id, nameOf(others[n]?.data) ?? id.slice(-8));
  });
  return (
    <MultiSelect
      label={t("devices")}
      description={draft.deviceIds.length === 0 ? t("devicesNone") : undefined}
      placeholder={draft.deviceIds.length === 0 ? t("searchDevice") : undefined}
      data={[...names].map(([value, label]) => ({ value, label }))}
      value={[...draft.deviceIds]}
      maxValues={MAX_DEVICES}
      searchable
      searchValue={text}
      onSearchChange={setText}
      error={wrong("deviceIds")}
      onChange={(deviceIds) => change({ deviceIds })}
    />
  );
}

function nameOf(answer: unknown): string | undefined {
  return typeof answer === "object" && answer !== null && "name" in answer ? String(answer.name) : undefined;
}
