import { useTranslations } from "use-intl";
import { useFormat } from "../i18n/provider.tsx";
import styles from "./chart.module.css";
import type { ChartSeries } from "./chart.tsx";
import { alignSeries } from "./chart-data.ts";
import tableStyles from "./data-table.module.css";
import type { FormatValue } from "./plot.ts";

/** More rows than anybody reads here; the export has all. */
const MAX_ROWS = 500;

/** The values of a chart in words and figures, newest first. */
export function ChartTable(props: {
  title: string;
  series: readonly ChartSeries[];
  formatValue: FormatValue;
  height: number;
}) {
  const t = useTranslations("common.chart");
  const format = useFormat();
  const [instants, ...columns] = alignSeries(props.series);
  const rows = instants.map((atMs, n) => ({ atMs, values: columns.map((column) => column[n]) }));
  return (
    <section
      className={styles.table}
      style={{ maxHeight: Math.max(props.height, 180) }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={props.title}
    >
      <table className={tableStyles.table}>
        <thead>
          <tr>
            <th scope="col">{t("time")}</th>
            {props.series.map((series) => (
              <th key={series.label} scope="col" className={tableStyles.end}>
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .slice(-MAX_ROWS)
            .reverse()
            .map((row) => (
              <tr key={row.atMs}>
                <td className="num">{format.dateTime(row.atMs)}</td>
                {row.values.map((value, n) => (
                  <td key={props.series[n]?.label} className={tableStyles.end}>
                    {typeof value === "number"
                      ? props.formatValue(value, { right: props.series[n]?.right === true })
                      : "–"}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="tertiary small">{t("noData")}</p>}
    </section>
  );
}
