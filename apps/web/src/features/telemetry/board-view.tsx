import { telemetry } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { isApiError } from "../../data/api-error.ts";
import { call, query, queryClient, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { spanOf, type TimeRange } from "../../design/time-range.ts";
import { refsOf } from "./chart-plan.ts";
import { BoardNameDialog } from "./new-board.tsx";
import styles from "./telemetry.module.css";
import { Workspace } from "./workspace.tsx";

/** A kept board. Changes are a draft until they are saved. */
export function BoardView(props: { id: string }) {
  const t = useTranslations("telemetry");
  const board = useQuery(query(telemetry.getBoard, { params: { id: props.id } }));
  usePageTitle(board.data?.name);
  if (isApiError(board.error, "board.not_found")) {
    return (
      <>
        <h1 className="page-title">{t("board.missing")}</h1>
        <EmptyState
          title={t("board.missing")}
          action={<ButtonLink to="/telemetry">{t("explore")}</ButtonLink>}
        >
          {t("board.missingText")}
        </EmptyState>
      </>
    );
  }
  return (
    <QueryView query={board} what={t("board.reading")}>
      {(read) => <Board read={read} />}
    </QueryView>
  );
}

type Draft = Pick<telemetry.Board, "name" | "charts" | "rangeMs">;

function Board(props: { read: telemetry.Board }) {
  const { read } = props;
  const t = useTranslations("telemetry");
  const can = useCan();
  /** What the draft began from; the server refuses it when somebody saved in between. */
  const [base, setBase] = useState(read);
  const [draft, setDraft] = useState<Draft>();
  const [still, setStill] = useState<TimeRange>();
  const [naming, setNaming] = useState(false);
  const [removing, setRemoving] = useState(false);
  const shown = draft ?? read;
  const range = useMemo<TimeRange>(() => still ?? { lastMs: shown.rangeMs }, [still, shown.rangeMs]);
  const change = (next: Partial<Draft>) => {
    if (draft === undefined) setBase(read);
    setDraft({ name: shown.name, charts: shown.charts, rangeMs: shown.rangeMs, ...next });
  };
  const settle = (saved: telemetry.Board) => {
    setBase(saved);
    setDraft(undefined);
    setNaming(false);
  };
  const editable = can("board.write");
  return (
    <>
      <StatusSentence
        detail={t("sentence", { charts: shown.charts.length, series: refsOf(shown.charts).length })}
      >
        {shown.name}
      </StatusSentence>
      {draft !== undefined && (
        <SaveBar base={base} draft={draft} onSaved={settle} onDrop={() => setDraft(undefined)} />
      )}
      <Workspace
        charts={shown.charts}
        range={range}
        editable={editable}
        onCharts={(charts) => change({ charts })}
        onRange={(next) => {
          setStill("lastMs" in next ? undefined : next);
          if (editable && "lastMs" in next) change({ rangeMs: spanOf(next) });
        }}
      >
        {editable && (
          <>
            <Button variant="default" onClick={() => setNaming(true)}>
              {t("board.rename")}
            </Button>
            <Button variant="default" onClick={() => setRemoving(true)}>
              {t("board.delete")}
            </Button>
          </>
        )}
      </Workspace>
      {naming && (
        <BoardNameDialog
          title={t("board.rename")}
          act={t("board.renameAct")}
          initial={shown.name}
          busy={false}
          error={null}
          onSubmit={(name) => {
            change({ name });
            setNaming(false);
          }}
          onClose={() => setNaming(false)}
        />
      )}
      {removing && <DeleteBoard board={read} onClose={() => setRemoving(false)} />}
    </>
  );
}

/** Saves or drops the draft; says so when somebody else was faster. */
function SaveBar(props: {
  base: telemetry.Board;
  draft: Draft;
  onSaved: (board: telemetry.Board) => void;
  onDrop: () => void;
}) {
  const t = useTranslations("telemetry.board");
  const errorText = useErrorText();
  const { base, draft } = props;
  const params = { id: base.id };
  const update = useCall(telemetry.updateBoard, [telemetry.listBoards]);
  const settle = (saved: telemetry.Board) => {
    queryClient.setQueryData(query(telemetry.getBoard, { params }).queryKey, saved);
    props.onSaved(saved);
  };
  const save = (updatedMs: number) =>
    update.mutate({ params, body: { ...draft, updatedMs } }, { onSuccess: settle });
  const overwrite = async () => {
    try {
      save((await call(telemetry.getBoard, { params })).updatedMs);
    } catch (error) {
      notifications.show({ message: errorText(error), color: "red" });
    }
  };
  const reload = async () => {
    await queryClient.invalidateQueries({ queryKey: query(telemetry.getBoard, { params }).queryKey });
    props.onDrop();
  };
  if (isApiError(update.error, "request.conflict")) {
    return (
      <div className={styles.guard} role="alert">
        <span className="warn strong">{t("conflict")}</span>
        <span className="secondary small grow">{t("conflictText")}</span>
        <Button variant="default" onClick={() => void reload()}>
          {t("reload")}
        </Button>
        <Button onClick={() => void overwrite()}>{t("overwrite")}</Button>
      </div>
    );
  }
  return (
    <div className={styles.guard} role="status">
      <span className="grow">{update.error === null ? t("unsaved") : errorText(update.error)}</span>
      <Button variant="default" onClick={props.onDrop}>
        {t("drop")}
      </Button>
      <Button loading={update.isPending} onClick={() => save(base.updatedMs)}>
        {t("save")}
      </Button>
    </div>
  );
}

function DeleteBoard(props: { board: telemetry.Board; onClose: () => void }) {
  const t = useTranslations("telemetry.board");
  const errorText = useErrorText();
  const navigate = useNavigate();
  const remove = useCall(telemetry.deleteBoard, [telemetry.listBoards]);
  const { id, name } = props.board;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("deleteTitle", { name })}
      act={t("deleteAct", { name })}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() =>
        remove.mutate({ params: { id } }, { onSuccess: () => void navigate({ to: "/telemetry" }) })
      }
      onClose={props.onClose}
    >
      {t("deleteText")}
    </ConfirmDialog>
  );
}
