import { cameras } from "@gatehouse/contract";
import { Button, Progress } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { Panel } from "../../../design/panel.tsx";
import { useFormat } from "../../../i18n/provider.tsx";

type Storage = cameras.RecordingStorage;

/** The key over the keys of all recordings: since when it is in use, and how another takes its place. */
export function KeyPanel(props: { storage: Storage }) {
  const t = useTranslations("recordings.key");
  const format = useFormat();
  const { key, rewrap } = props.storage;
  if (key === undefined) return null;
  return (
    <Panel title={t("title")} end={<RotateButton busy={rewrap !== undefined} />}>
      <div className="stack stack-tight">
        <p>{t("since", { time: format.dateMinute(key.madeMs), number: format.number(key.generation) })}</p>
        <div aria-live="polite">{rewrap !== undefined && <Rewrap rewrap={rewrap} />}</div>
        <p className="tertiary small">{t("text")}</p>
      </div>
    </Panel>
  );
}

function Rewrap(props: { rewrap: NonNullable<Storage["rewrap"]> }) {
  const t = useTranslations("recordings.key");
  const { remaining, total } = props.rewrap;
  const share = total === 0 ? 100 : (100 * (total - remaining)) / total;
  return (
    <div className="stack stack-tight">
      <p>{t("remaining", { count: remaining })}</p>
      <Progress value={share} aria-label={t("progress")} />
    </div>
  );
}

function RotateButton(props: { busy: boolean }) {
  const t = useTranslations("recordings.key");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const rotate = useCall(cameras.rotateRecordingKey, [cameras.getRecordingStorage]);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconKey size={14} aria-hidden="true" />}
        disabled={props.busy}
        onClick={() => setAsking(true)}
      >
        {t("rotate")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("rotateTitle")}
        act={t("rotateAct")}
        busy={rotate.isPending}
        error={rotate.error === null ? undefined : errorText(rotate.error)}
        onConfirm={() => rotate.mutate({ body: {} }, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("rotateText")}
      </ConfirmDialog>
    </>
  );
}
