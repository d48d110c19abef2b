import { NativeSelect } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { sitePreference, useSelectedSite, useSites } from "../../data/site.ts";

/** Narrows the whole console to one site. */
export function SiteSelect() {
  const t = useTranslations("shell.site");
  const sites = useSites() ?? [];
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
