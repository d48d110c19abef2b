import { cameras } from "@gatehouse/contract";
import { ActionIcon, Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { urlOf } from "../../../data/client.ts";
import { call, useCall } from "../../../data/query.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { titleOf } from "../../cameras/camera-title.ts";

/** Gives one up that is being made; fetches and deletes one that is there. */
export function ExportActs(props: { taken: cameras.RecordingExport; onRemoved?: () => void }) {
  const t = useTranslations("takeout");
  const errorText = useErrorText();
  const { id, state, cameraName: name, cameraLabel: label } = props.taken;
  const shown = [cameras.listRecordingExports, cameras.getRecordingStorage];
  const cancel = useCall(cameras.cancelRecordingExport, [...shown, cameras.getRecordingExport]);
  const remove = useCall(cameras.deleteRecordingExport, shown);
  const camera = name === "" ? t("goneCamera") : titleOf({ name, label });
  const onError = (error: unknown) => void notifications.show({ color: "red", message: errorText(error) });
  if (state === "waiting" || state === "running")
    return (
      <span className="row">
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("cancelOne", { camera })}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { id }, body: {} }, { onError })}
        >
          {t("cancel")}
        </Button>
      </span>
    );
  return (
    <span className="row">
      {state === "done" && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          aria-label={t("downloadOne", { camera })}
          onClick={() => void download(id).catch(onError)}
        >
          {t("download")}
        </Button>
      )}
      <ActionIcon
        aria-label={t("removeOne", { camera })}
        loading={remove.isPending}
        onClick={() => remove.mutate({ params: { id } }, { onError, onSuccess: () => props.onRemoved?.() })}
      >
        <IconTrash size={15} />
      </ActionIcon>
    </span>
  );
}

/** The browser fetches it by itself, to the disk; the question before it renews the session where that is needed. */
async function download(id: string): Promise<void> {
  const input = { params: { id } };
  await call(cameras.getRecordingExport, input);
  const link = document.createElement("a");
  link.href = urlOf(cameras.getRecordingExportContent, input);
  link.download = "";
  link.click();
}
