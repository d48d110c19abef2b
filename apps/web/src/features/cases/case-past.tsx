import { cases } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./cases.module.css";
import { pastOf } from "./past.ts";

/** What happened to the case, newest first. */
export function CasePast(props: { one: cases.Case; items: readonly cases.CaseItem[] }) {
  const t = useTranslations("cases.past");
  const format = useFormat();
  const can = useCan();
  const params = { id: props.one.id };
  const enabled = can("recording.export");
  const exports = useQuery({ ...query(cases.listCaseExports, { params }), enabled });
  const lends = useQuery({ ...query(cases.listCaseLends, { params }), enabled });
  const past = pastOf(props.one, props.items, exports.data?.items ?? [], lends.data?.items ?? []);
  return (
    <Panel title={t("title")} flush>
      <ol className={styles.list}>
        {past.map(({ atMs, by, key, what }) => (
          <li key={key} className={styles.entry}>
            <span className={styles.what}>
              <span>{t(what)}</span>
              <span className="tertiary tiny">
                {format.dateTime(atMs)}
                {by !== undefined && ` · ${t("by", { by })}`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
