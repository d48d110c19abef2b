import { cases, type ReplyOf } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { isMissing, Missing } from "../../design/missing.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraViews } from "../cameras/camera-views.tsx";
import { CaseClips } from "./case-clips.tsx";
import { CaseDrawer } from "./case-drawer.tsx";
import { CaseNotes } from "./case-notes.tsx";
import { CasePast } from "./case-past.tsx";
import { CaseThings } from "./case-things.tsx";
import styles from "./cases.module.css";
import { CaseState } from "./cases-page.tsx";
import { ExportCase } from "./export-case.tsx";
import { LendCase } from "./lend-case.tsx";
import { TakenOut } from "./taken-out.tsx";

const RENEW_MS = 10_000;

/** One case with everything that is in it. */
export function CasePage() {
  const t = useTranslations("cases.one");
  const { caseId = "" } = useParams({ strict: false });
  const found = useQuery({
    ...query(cases.getCase, { params: { id: caseId } }),
    refetchInterval: RENEW_MS,
  });
  if (isMissing(found.error)) return <Missing title={t("missing")} to="/cameras/cases" back={t("back")} />;
  return (
    <QueryView query={found} what={t("reading")}>
      {(view) => <OneCase key={view.case.id} view={view} />}
    </QueryView>
  );
}

function OneCase(props: { view: ReplyOf<typeof cases.getCase> }) {
  const t = useTranslations("cases");
  const can = useCan();
  const { case: one, items } = props.view;
  const name = cases.caseName(one.number);
  usePageTitle(name);
  const there = items.filter(({ removed }) => removed === undefined);
  const mayWrite = can("case.write") && one.state === "open";
  const clips = there.filter(({ clip }) => clip !== undefined);
  return (
    <>
      <StatusSentence detail={one.state === "closed" ? t("one.closedText") : undefined} end={<CameraViews />}>
        {name} · {one.title}
      </StatusSentence>
      <div className={styles.grid}>
        <div className={styles.column}>
          <CaseClips caseId={one.id} items={clips} mayWrite={mayWrite} />
          <CaseNotes
            caseId={one.id}
            items={there.filter(({ note }) => note !== undefined)}
            mayWrite={mayWrite}
          />
        </div>
        <div className={styles.column}>
          <About one={one} mayWrite={mayWrite} hasClips={clips.length > 0} />
          <CaseThings
            caseId={one.id}
            items={there.filter(({ device, person }) => device !== undefined || person !== undefined)}
            mayWrite={mayWrite}
          />
          <TakenOut caseId={one.id} items={items} mayWrite={mayWrite} />
          <CasePast one={one} items={items} />
        </div>
      </div>
    </>
  );
}

/** What is said of it, and what can be done with it as a whole. */
function About(props: { one: cases.Case; mayWrite: boolean; hasClips: boolean }) {
  const t = useTranslations("cases");
  const format = useFormat();
  const can = useCan();
  const [shown, setShown] = useState<"edit" | "export" | "lend">();
  const { hasClips, mayWrite, one } = props;
  const update = useCall(cases.updateCase, [cases.getCase, cases.listCases]);
  const turn = one.state === "open" ? "closed" : "open";
  const time = format.dateMinute(one.createdMs);
  const close = () => setShown(undefined);
  return (
    <Panel title={cases.caseName(one.number)} end={<CaseState one={one} />} className={styles.about}>
      <div className="stack">
        <p className={one.summary === "" ? "tertiary" : styles.summary}>
          {one.summary === "" ? t("one.noSummary") : one.summary}
        </p>
        {one.tags.length > 0 && (
          <span className={styles.wrapping}>
            {one.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </span>
        )}
        <p className="tertiary small">
          {one.createdBy === undefined ? t("opened", { time }) : t("openedBy", { by: one.createdBy, time })}
        </p>
        <span className={styles.wrapping}>
          {can("recording.export") && hasClips && (
            <>
              <Button onClick={() => setShown("export")}>{t("one.export")}</Button>
              <Button variant="default" onClick={() => setShown("lend")}>
                {t("one.lend")}
              </Button>
            </>
          )}
          {mayWrite && (
            <Button variant="default" onClick={() => setShown("edit")}>
              {t("one.edit")}
            </Button>
          )}
          {can("case.write") && (
            <Button
              variant="default"
              loading={update.isPending}
              onClick={() => update.mutate({ params: { id: one.id }, body: { state: turn } })}
            >
              {turn === "closed" ? t("one.close") : t("one.reopen")}
            </Button>
          )}
        </span>
      </div>
      {shown === "edit" && <CaseDrawer of={one} onClose={close} />}
      {shown === "export" && <ExportCase caseId={one.id} onClose={close} />}
      {shown === "lend" && <LendCase caseId={one.id} onClose={close} />}
    </Panel>
  );
}
