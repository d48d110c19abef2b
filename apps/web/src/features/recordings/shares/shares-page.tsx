import { cameras } from "@gatehouse/contract";
import { Checkbox, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../../data/given.ts";
import { query } from "../../../data/query.ts";
import { ButtonLink } from "../../../design/button-link.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { Pager } from "../../../design/pager.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { CameraViews } from "../../cameras/camera-views.tsx";
import styles from "../recordings.module.css";
import { ShareTable } from "./share-table.tsx";

const PAGE = 50;
const RENEW_MS = 5_000;

/** Links to clips, with who may still open what. */
export function SharesPage() {
  const t = useTranslations("shares.page");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const offset = Number(search.offset ?? 0) || 0;
  const withEnded = search.state === "all";
  const filter = given({ camera: search.camera, active: withEnded ? undefined : ("true" as const) });
  const list = useQuery({
    ...query(cameras.listShares, { query: { ...filter, offset: String(offset), limit: String(PAGE) } }),
    refetchInterval: RENEW_MS,
  });
  const active = useQuery({
    ...query(cameras.listShares, { query: { active: "true", limit: "1" } }),
    refetchInterval: RENEW_MS,
  });
  const set = (next: { camera?: string | undefined; state?: string | undefined; offset?: string }) =>
    void navigate({
      to: "/cameras/links",
      search: given({ camera: search.camera, state: search.state, ...next }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <StatusSentence detail={t("detail")} end={<CameraViews />}>
        {active.data === undefined ? t("title") : t("sentence", { count: active.data.total })}
      </StatusSentence>
      <Panel title={t("title")} subtitle={t("subtitle")} flush>
        <search className={styles.bar} aria-label={t("filter")}>
          <CameraFilter value={search.camera} onChange={(camera) => set({ camera })} />
          <Checkbox
            label={t("ended")}
            checked={withEnded}
            onChange={(event) => set({ state: event.currentTarget.checked ? "all" : undefined })}
          />
        </search>
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={<NoLinks isFiltered={search.camera !== undefined} />}
        >
          {({ items, total }) => (
            <>
              <ShareTable shares={items} />
              <Pager
                offset={offset}
                limit={PAGE}
                total={total}
                onOffset={(next) => set({ offset: String(next) })}
              />
            </>
          )}
        </QueryView>
      </Panel>
    </>
  );
}

function NoLinks(props: { isFiltered: boolean }) {
  const t = useTranslations("shares.page");
  if (props.isFiltered) return <EmptyState title={t("noMatch")} />;
  return (
    <EmptyState title={t("none")} action={<ButtonLink to="/cameras/clips">{t("openClips")}</ButtonLink>}>
      {t("noneText")}
    </EmptyState>
  );
}

function CameraFilter(props: { value: string | undefined; onChange: (camera: string | undefined) => void }) {
  const t = useTranslations("shares");
  const list = useQuery(query(cameras.listCameras, { query: { limit: "200" } }));
  return (
    <NativeSelect
      aria-label={t("camera")}
      value={props.value ?? ""}
      onChange={({ currentTarget: { value } }) => props.onChange(value === "" ? undefined : value)}
      data={[
        { value: "", label: t("page.anyCamera") },
        ...(list.data?.items ?? []).map((camera) => ({ value: camera.id, label: titleOf(camera) })),
      ]}
    />
  );
}
