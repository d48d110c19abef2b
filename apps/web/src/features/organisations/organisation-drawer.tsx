import type { access } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { OrganisationActs } from "./organisation-acts.tsx";
import styles from "./organisations.module.css";
import { TenantState } from "./tenant-state.tsx";

/** One organisation from outside: counts, whether it is suspended and why, what it keeps apart. */
export function OrganisationDrawer(props: { tenant: access.Tenant; onClose: () => void }) {
  const t = useTranslations("organisations");
  const format = useFormat();
  const can = useCan();
  const { tenant } = props;
  return (
    <SideDrawer title={tenant.name} onClose={props.onClose}>
      <div className="stack">
        <div>
          <TenantState tenant={tenant} />
        </div>
        <dl className="facts">
          <dt>{t("since")}</dt>
          <dd>{format.dateMinute(tenant.createdMs)}</dd>
          <dt>{t("people")}</dt>
          <dd>{format.number(tenant.people)}</dd>
          <dt>{t("sites")}</dt>
          <dd>{format.number(tenant.sites)}</dd>
          <dt>{t("devices")}</dt>
          <dd>{format.number(tenant.devices)}</dd>
          {tenant.suspendedMs !== undefined && (
            <>
              <dt>{t("suspendedSince")}</dt>
              <dd>{format.dateTime(tenant.suspendedMs)}</dd>
              <dt>{t("reason")}</dt>
              <dd className="anywhere">{tenant.suspendedReason}</dd>
            </>
          )}
        </dl>
        <section className="stack stack-tight">
          <h3 className={styles.heading}>{t("apart")}</h3>
          <p className="secondary">{t("apartText")}</p>
          <p className="secondary">{t("shared")}</p>
        </section>
        {tenant.host && <p className="secondary">{t("hostText")}</p>}
        {can("tenant.write") && <OrganisationActs tenant={tenant} />}
      </div>
    </SideDrawer>
  );
}
