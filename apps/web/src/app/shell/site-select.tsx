import { devices } from "@gatehouse/contract";
import { NativeSelect } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { sitePreference, useSelectedSite } from "../../data/site.ts";

/** Narrows the whole console to one site. */
export function SiteSelect() {
  const t = useTranslations("shell.site");
  const sites = useQuery(query(devices.listSites, {})).data?.items ?? [];
  const chosen = useSelectedSite();
  return (
    <NativeSelect
      size="xs"
      aria-label={t("label")}
      value={chosen?.id ?? ""}
      onChange={(event) => sitePreference.set(event.currentTarget.value)}
      rightSection={<IconSelector size={14} aria-hidden="true" />}
      data={[{ value: "", label: t("all") }, ...sites.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
}
