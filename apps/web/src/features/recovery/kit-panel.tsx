import { operations, recovery } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { invalidate, query } from "../../data/query.ts";
import { useCan, useMe } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { KitMaker } from "./kit-maker.tsx";
import styles from "./recovery.module.css";

/** Whether there is a code on paper, and how another is made. */
export function KitPanel() {
  const t = useTranslations("recovery.kit");
  const format = useFormat();
  const can = useCan();
  const { tenant } = useMe();
  const [isNew, setNew] = useState(false);
  const state = useQuery(query(recovery.getRecoveryKit, {}));
  return (
    <Panel title={t("title")}>
      <QueryView query={state} what={t("reading")}>
        {({ kit }) => (
          <div className="stack">
            <p className={kit === undefined ? "warn" : "secondary"} role="status">
              {kit === undefined
                ? t("none")
                : t(isNew ? "justMade" : "made", { time: format.dateMinute(kit.madeMs) })}
            </p>
            <p className={`secondary small ${styles.prose}`}>{t(kit === undefined ? "why" : "renewText")}</p>
            {can("installation.write") && (
              <KitMaker
                organisation={tenant.name}
                act={t(kit === undefined ? "make" : "renew")}
                onMade={() => {
                  setNew(true);
                  void invalidate(operations.getOverview);
                }}
              />
            )}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}
