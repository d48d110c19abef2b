import { telemetry } from "@gatehouse/contract";
import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useSites } from "../../data/site.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { MAX_UNITS, unitsOf } from "./chart-parts.ts";
import { type ChartPlan, MAX_SERIES, metricOf } from "./chart-plan.ts";
import styles from "./telemetry.module.css";
import { useSeriesInfo } from "./use-series-info.ts";

const DEBOUNCE_MS = 200;
const SHOWN = "60";

/** Chooses the series of one chart, and its title. */
export function SeriesPicker(props: {
  plan: ChartPlan | undefined;
  onSave: (plan: ChartPlan) => void;
  onClose: () => void;
}) {
  const t = useTranslations("telemetry.picker");
  const common = useTranslations("common.action");
  const [title, setTitle] = useState(props.plan?.title ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(props.plan?.series ?? []);
  const toggle = (ref: string) =>
    setChosen(chosen.includes(ref) ? chosen.filter((one) => one !== ref) : [...chosen, ref]);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.plan === undefined ? t("addTitle") : t("editTitle")}
      size={560}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <div className="stack">
        <TextInput
          label={t("title")}
          value={title}
          maxLength={120}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Results chosen={chosen} onToggle={toggle} />
        <DialogFoot
          start={
            <span className="small secondary" aria-live="polite">
              {t("chosen", { count: String(chosen.length), max: String(MAX_SERIES) })}
            </span>
          }
        >
          <Button variant="default" onClick={props.onClose}>
            {common("cancel")}
          </Button>
          <Button
            disabled={chosen.length === 0}
            onClick={() => props.onSave({ ...props.plan, title: title.trim(), series: [...chosen] })}
          >
            {props.plan === undefined ? t("add") : t("save")}
          </Button>
        </DialogFoot>
      </div>
    </Modal>
  );
}

function Results(props: { chosen: readonly string[]; onToggle: (ref: string) => void }) {
  const t = useTranslations("telemetry.picker");
  const locale = useLocale();
  const [q, setQ] = useState("");
  const [site, setSite] = useState("");
  const [metric, setMetric] = useState("");
  const [asked] = useDebouncedValue(q.trim(), DEBOUNCE_MS);
  const sites = useSites() ?? [];
  const known = useQuery(query(telemetry.listSeries, { query: { limit: "200" } })).data?.items ?? [];
  const metrics = new Map(known.map((series) => [series.metric, series.label[locale]]));
  const filter = {
    ...(asked === "" ? {} : { q: asked }),
    ...(site === "" ? {} : { site }),
    ...(metric === "" ? {} : { metric }),
  };
  const found = useQuery({
    ...query(telemetry.listSeries, { query: { ...filter, limit: SHOWN } }),
    placeholderData: keepPreviousData,
  });
  const full = props.chosen.length >= MAX_SERIES;
  const { byRef } = useSeriesInfo(props.chosen);
  const units = unitsOf(props.chosen.map((ref) => byRef.get(ref)));
  const isThirdUnit = ({ kind, unit }: telemetry.Series) =>
    kind === "number" && units.length >= MAX_UNITS && !units.includes(unit);
  return (
    <>
      <div className="row row-wrap">
        <TextInput
          className={styles.search ?? ""}
          aria-label={t("search")}
          placeholder={t("search")}
          value={q}
          maxLength={100}
          data-autofocus
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={t("site")}
          value={site}
          onChange={(event) => setSite(event.currentTarget.value)}
          data={[
            { value: "", label: t("allSites") },
            ...sites.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          aria-label={t("metric")}
          value={metric}
          onChange={(event) => setMetric(event.currentTarget.value)}
          data={[
            { value: "", label: t("allMetrics") },
            ...[...metrics].map(([value, label]) => ({ value, label })),
          ]}
        />
      </div>
      <QueryView
        query={found}
        what={t("reading")}
        isEmpty={({ total }) => total === 0}
        empty={<p className="secondary">{t("none")}</p>}
      >
        {({ items, total }) => (
          <>
            <ul className={styles.results} aria-label={t("results")}>
              {items.map((series) => {
                const checked = props.chosen.includes(series.ref);
                return (
                  <li key={series.ref} className={styles.result}>
                    <Checkbox
                      checked={checked}
                      disabled={!checked && (full || isThirdUnit(series))}
                      onChange={() => props.onToggle(series.ref)}
                      label={`${series.deviceName}, ${series.label[locale]}`}
                      description={[series.siteName, metricOf(series.ref), series.unit]
                        .filter((part) => part !== "")
                        .join(" · ")}
                    />
                  </li>
                );
              })}
            </ul>
            {units.length >= MAX_UNITS && (
              <p className="tertiary tiny">{t("twoUnits", { units: units.join(", ") })}</p>
            )}
            {total > items.length && (
              <p className="tertiary tiny">{t("more", { count: total - items.length })}</p>
            )}
          </>
        )}
      </QueryView>
    </>
  );
}
