import type { operations } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { useErrorTexts, useFormat } from "../../i18n/provider.tsx";
import styles from "./overview.module.css";

const SHOWN = 6;

/** Refusals of the last 24 h by the control that made them. */
export function AttacksPanel(props: { refused: operations.Overview["refused"] }) {
  const t = useTranslations("overview.attacks");
  const format = useFormat();
  const texts: Readonly<Record<string, string>> = useErrorTexts();
  const controls = props.refused.byControl.toSorted((a, b) => b.count - a.count).slice(0, SHOWN);
  const most = controls[0]?.count ?? 1;
  return (
    <Panel title={t("title")} {...(controls.length > 0 ? { footer: t("foot") } : {})}>
      {controls.length === 0 ? (
        <p className="secondary small">{t("none")}</p>
      ) : (
        <ul className={styles.controls}>
          {controls.map(({ code, count }) => (
            <li key={code}>
              <span className="row row-between row-top small">
                <span>{texts[code] ?? code}</span>
                <span className="strong num">{format.number(count)}</span>
              </span>
              <span className={styles.bar}>
                <span className={styles.fill} style={{ width: `${(count / most) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
