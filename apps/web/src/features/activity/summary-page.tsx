import { cameras } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { query } from "../../data/query.ts";
import { useCanEverywhere } from "../../data/session.ts";
import { useSelectedSite } from "../../data/site.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraViews } from "../cameras/camera-views.tsx";
import styles from "./activity.module.css";
import { dayBeside } from "./levels.ts";
import { MorningPanel } from "./morning-panel.tsx";
import { SiteSummary } from "./site-summary.tsx";

const RENEW_MS = 60_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What happened before the cameras of each site on one day; yesterday at first. */
export function SummaryPage() {
  const t = useTranslations("activity.summary");
  const format = useFormat();
  const navigate = useNavigate();
  const canSettings = useCanEverywhere()("settings.write");
  const site = useSelectedSite();
  const { day: asked } = useSearch({ strict: false }) as { readonly day?: string };
  const wanted = asked !== undefined && DAY.test(asked) ? asked : undefined;
  const summary = useQuery({
    ...query(cameras.getDaySummary, { query: given({ site: site?.id, day: wanted }) }),
    refetchInterval: RENEW_MS,
  });
  const items = summary.data?.items;
  const day = wanted ?? items?.[0]?.day;
  const show = (next: string) =>
    void navigate({ to: "/cameras/summary", search: next === "" ? {} : { day: next }, replace: true });
  const people = items?.reduce((sum, one) => sum + one.people, 0);
  const alarms = items?.reduce((sum, one) => sum + one.alarms, 0);
  const date = day === undefined ? "" : format.date(Date.parse(`${day}T12:00Z`));
  return (
    <>
      <StatusSentence end={<CameraViews />}>
        {people === undefined || alarms === undefined ? t("title") : t("sentence", { date, people, alarms })}
      </StatusSentence>
      <div className={`row row-wrap ${styles.noPrint}`}>
        <Button
          variant="default"
          disabled={day === undefined}
          leftSection={<IconChevronLeft size={15} />}
          onClick={() => day !== undefined && show(dayBeside(day, -1))}
        >
          {t("before")}
        </Button>
        <TextInput
          type="date"
          aria-label={t("day")}
          value={day ?? ""}
          onChange={(event) => show(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={day === undefined}
          rightSection={<IconChevronRight size={15} />}
          onClick={() => day !== undefined && show(dayBeside(day, 1))}
        >
          {t("after")}
        </Button>
        <Button
          variant="default"
          className="push-end"
          leftSection={<IconPrinter size={15} />}
          onClick={() => window.print()}
        >
          {t("print")}
        </Button>
      </div>
      <QueryView
        query={summary}
        what={t("reading")}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <Panel>
            <EmptyState title={t("none")} action={<Link to="/cameras/live">{t("toCameras")}</Link>}>
              {t("noneText")}
            </EmptyState>
          </Panel>
        }
      >
        {(data) => (
          <div className="stack">
            {data.items.map((one) => (
              <SiteSummary key={one.siteId} summary={one} />
            ))}
          </div>
        )}
      </QueryView>
      {canSettings && <MorningPanel />}
    </>
  );
}
