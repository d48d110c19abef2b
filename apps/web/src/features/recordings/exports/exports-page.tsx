import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { ButtonLink } from "../../../design/button-link.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { CameraViews } from "../../cameras/camera-views.tsx";
import { isUnderWay } from "./export-progress.tsx";
import { ExportTable } from "./export-table.tsx";

const RENEW_MS = 5_000;
const RENEW_SOON_MS = 1_000;

/** What was taken out of recordings and is still there. */
export function ExportsPage() {
  const t = useTranslations("takeout.page");
  const list = useQuery({
    ...query(cameras.listRecordingExports, {}),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? RENEW_SOON_MS : RENEW_MS),
  });
  return (
    <>
      <StatusSentence detail={t("detail")} end={<CameraViews />}>
        {list.data === undefined ? t("title") : t("sentence", { count: list.data.items.length })}
      </StatusSentence>
      <Panel title={t("title")} subtitle={t("subtitle")} flush>
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={
            <EmptyState
              title={t("none")}
              action={<ButtonLink to="/cameras/clips">{t("openClips")}</ButtonLink>}
            >
              {t("noneText")}
            </EmptyState>
          }
        >
          {({ items }) => <ExportTable items={items} />}
        </QueryView>
      </Panel>
    </>
  );
}
