import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { type ApiError, isApiError } from "../../../data/api-error.ts";
import { useNow } from "../../../data/now.ts";
import { query, useCall } from "../../../data/query.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../camera-title.ts";
import styles from "../cameras.module.css";
import { draftOf, isChanged, kindOf, sourceFrom, withoutLogin } from "./source-draft.ts";
import { SourceFields } from "./source-fields.tsx";
import { SourceProblem } from "./source-problem.tsx";
import { SourceTestResult } from "./source-test.tsx";

type Source = cameras.SourceView | undefined;

const RENEW_MS = 3_000;
const READ_AGAIN = [cameras.getSource, cameras.getCamera, cameras.listCameras];
const TONES = {
  none: "neutral",
  connecting: "neutral",
  delivering: "ok",
  waiting: "warn",
  off: "neutral",
} as const;

/** Where the server fetches this camera's pictures. */
export function SourceTab(props: { camera: cameras.Camera }) {
  const t = useTranslations("cameraSources");
  const { camera } = props;
  const found = useQuery({
    ...query(cameras.getSource, { params: { id: camera.id } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <QueryView query={found} what={t("reading")}>
      {({ source }) => {
        const state = source?.state ?? "none";
        return (
          <Panel
            title={t("title")}
            className={styles.source}
            end={<Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>}
          >
            <div className="stack">
              <p className="secondary small">{t("intro")}</p>
              <Trouble source={source} />
              {/* What others save begins the form anew. */}
              <SourceForm key={source?.changedMs ?? 0} camera={camera} source={source} />
            </div>
          </Panel>
        );
      }}
    </QueryView>
  );
}

function Trouble({ source }: { source: Source }) {
  const t = useTranslations("cameraSources");
  const format = useFormat();
  const nowMs = useNow();
  if (source?.trouble === undefined) return null;
  const inMs = source.nextMs === undefined ? undefined : Math.max(0, source.nextMs - nowMs);
  return (
    <p role="status" className="warn">
      <SourceProblem problem={source.trouble.problem} detail={source.trouble.detail} />{" "}
      {inMs !== undefined && (
        <span className="secondary">
          {inMs < 1_000 ? t("nextNow") : t("next", { time: format.duration(inMs) })}
        </span>
      )}
    </p>
  );
}

function SourceForm(props: { camera: cameras.Camera; source: Source }) {
  const t = useTranslations("cameraSources");
  const { camera, source } = props;
  const [draft, setDraft] = useState(() => draftOf(source));
  const put = useCall(cameras.putSource, READ_AGAIN);
  const test = useCall(cameras.testSource);
  const isReady = kindOf(draft.url) !== undefined;
  const input = () => ({ params: { id: camera.id }, body: sourceFrom(withoutLogin(draft)) });
  const error = put.error ?? test.error;
  return (
    <form
      className="stack"
      aria-label={t("form")}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        test.reset();
        if (isReady)
          put.mutate(input(), {
            onSuccess: () => notifications.show({ message: t("saved", { name: titleOf(camera) }) }),
          });
      }}
    >
      <SourceFields
        draft={draft}
        hasLogin={source?.hasLogin === true}
        onChange={(change) => setDraft((last) => ({ ...last, ...change }))}
        onEntered={() => setDraft(withoutLogin)}
      />
      {test.isPending && (
        <p role="status" className="secondary">
          {t("testing")}
        </p>
      )}
      {test.data !== undefined && !test.isPending && <SourceTestResult found={test.data} />}
      <DialogFoot
        error={error === null ? undefined : <Refusal error={error} />}
        start={source !== undefined && <Remove camera={camera} />}
      >
        <Button
          variant="default"
          disabled={!isReady}
          loading={test.isPending}
          onClick={() => {
            put.reset();
            test.mutate(input());
          }}
        >
          {t("test")}
        </Button>
        <Button type="submit" disabled={!isReady || !isChanged(draft, source)} loading={put.isPending}>
          {t("save")}
        </Button>
      </DialogFoot>
    </form>
  );
}

const ADDRESSES: Readonly<Record<string, cameras.SourceProblem>> = {
  address_private: "address_private",
  address_forbidden: "address",
  unencrypted: "unencrypted",
};

/** Why an address is not called, in the words of this page. */
function Refusal(props: { error: ApiError }) {
  const errorText = useErrorText();
  const { error } = props;
  const problem = isApiError(error, "url.forbidden") ? ADDRESSES[String(error.fields.reason)] : undefined;
  return problem === undefined ? errorText(error) : <SourceProblem problem={problem} />;
}

function Remove(props: { camera: cameras.Camera }) {
  const t = useTranslations("cameraSources");
  const errorText = useErrorText();
  const [asks, setAsks] = useState(false);
  const remove = useCall(cameras.removeSource, READ_AGAIN);
  const { camera } = props;
  return (
    <>
      <Button variant="default" onClick={() => setAsks(true)}>
        {t("remove")}
      </Button>
      <ConfirmDialog
        opened={asks}
        title={t("removeTitle", { name: titleOf(camera) })}
        act={t("remove")}
        destructive
        busy={remove.isPending}
        error={remove.error === null ? undefined : errorText(remove.error)}
        onConfirm={() => remove.mutate({ params: { id: camera.id } }, { onSuccess: () => setAsks(false) })}
        onClose={() => setAsks(false)}
      >
        {t("removeText")}
      </ConfirmDialog>
    </>
  );
}
