import { access } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { AddOrganisation } from "./add-organisation.tsx";
import { OrganisationDrawer } from "./organisation-drawer.tsx";
import styles from "./organisations.module.css";
import { TenantTable } from "./tenant-table.tsx";

type Tenant = access.Tenant;

const RENEW_MS = 30_000;

/** The organisations of this installation, as its host sees them: from outside. */
export function OrganisationsPage() {
  const t = useTranslations("organisations");
  const tenants = useQuery({ ...query(access.listTenants, {}), refetchInterval: RENEW_MS });
  return (
    <QueryView query={tenants} what={t("reading")}>
      {({ items }) => <Organisations tenants={items} />}
    </QueryView>
  );
}

function Organisations(props: { tenants: readonly Tenant[] }) {
  const t = useTranslations("organisations");
  const common = useTranslations("common.action");
  const can = useCan();
  const navigate = useNavigate();
  const { q = "", organisation } = useSearch({ strict: false });
  const [adding, setAdding] = useState(false);
  const { tenants } = props;
  const suspended = tenants.filter(({ suspendedMs }) => suspendedMs !== undefined).length;
  const shown = tenants.filter(({ name }) => name.toLocaleLowerCase().includes(q.toLocaleLowerCase()));
  const opened = tenants.find(({ id }) => id === organisation);
  const go = (next: { q?: string; organisation?: string }) =>
    void navigate({ to: "/organisations", search: next, replace: true, resetScroll: false });
  const kept = q === "" ? {} : { q };
  return (
    <>
      <StatusSentence detail={t("detail")}>
        {t("sentence", { count: tenants.length })}{" "}
        {suspended > 0 && t("suspendedCount", { count: suspended })}
      </StatusSentence>
      <Panel
        title={t("title")}
        end={can("tenant.write") && <Button onClick={() => setAdding(true)}>{t("add")}</Button>}
        flush
      >
        <search className={styles.bar} aria-label={t("filter")}>
          <SearchField
            label={t("search")}
            value={q}
            onChange={(text) => go(text === "" ? {} : { q: text })}
          />
        </search>
        {shown.length === 0 ? (
          <EmptyState
            title={t("noMatch")}
            action={
              <Button variant="default" onClick={() => go({})}>
                {common("clearFilters")}
              </Button>
            }
          />
        ) : (
          <TenantTable tenants={shown} onOpen={({ id }) => go({ ...kept, organisation: id })} />
        )}
      </Panel>
      {adding && <AddOrganisation onClose={() => setAdding(false)} />}
      {opened !== undefined && <OrganisationDrawer tenant={opened} onClose={() => go(kept)} />}
    </>
  );
}
