import type { access } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useSites } from "../../data/site.ts";
import { byReach } from "../roles/permission-groups.ts";
import { PermissionList } from "../roles/permission-picker.tsx";
import styles from "./people.module.css";

/** Everything somebody may do, by where, in words. Names of places come from the grants that made them. */
export function EffectiveAccess(props: { effective: access.AccessView; grants: readonly access.Grant[] }) {
  const t = useTranslations("roles.access");
  const whereText = useWhereText(props.grants);
  const held = byReach(props.effective);
  return (
    <section className="stack stack-tight">
      <h3 className={styles.heading}>{t("effective")}</h3>
      {held.length === 0 && <p className="secondary">{t("nothing")}</p>}
      {held.map(({ reach, permissions }) => (
        <div key={JSON.stringify(reach)} className={styles.reach}>
          <p className="strong anywhere">{whereText(reach)}</p>
          <PermissionList permissions={permissions} />
        </div>
      ))}
    </section>
  );
}

function useWhereText(grants: readonly access.Grant[]): (reach: access.ReachView) => string {
  const t = useTranslations("roles.access");
  const sites = useSites();
  const names = new Map(sites?.map(({ id, name }) => [id, name]));
  for (const { scope, scopeName } of grants) {
    if (scopeName === undefined) continue;
    if (scope.kind === "site") names.set(scope.siteId, scopeName);
    if (scope.kind === "device") names.set(scope.deviceId, scopeName);
  }
  const named = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? id.slice(-8)).join(", ");
  return (reach) => {
    if (reach === "all") return t("inWhole");
    const parts = [
      ...(reach.sites.length === 0 ? [] : [t("atSites", { names: named(reach.sites) })]),
      ...(reach.devices.length === 0 ? [] : [t("onDevices", { names: named(reach.devices) })]),
    ];
    return parts.join(" · ");
  };
}
