import { cases } from "@gatehouse/contract";
import { ActionIcon, Button, Progress } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { urlOf } from "../../data/client.ts";
import { call, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { ExportState } from "../recordings/exports/export-progress.tsx";
import styles from "./cases.module.css";

type Bundle = cases.CaseExport;

/** One bundle: how far it is, and what can be done with it. */
export function CaseBundle(props: { caseId: string; bundle: Bundle }) {
  const t = useTranslations("cases.export");
  const format = useFormat();
  const { bundle } = props;
  const { askedMs, bytes, clips, expiresMs, form, progress, state } = bundle;
  const facts = [format.dateTime(askedMs), t(`forms.${form}`), t("clips", { count: clips })];
  return (
    <li className={styles.entry}>
      <span className={styles.what}>
        <span>{[...facts, ...(bytes > 0 ? [format.bytes(bytes)] : [])].join(" · ")}</span>
        <span role="status">
          <ExportState taken={bundle} />
        </span>
        {state === "running" && <Progress value={progress * 100} aria-hidden="true" />}
        {state === "done" && expiresMs !== undefined && (
          <span className="tertiary tiny">{t("kept", { time: format.dateMinute(expiresMs) })}</span>
        )}
        {!bundle.mayOpen && <span className="warn small">{t("notYours")}</span>}
      </span>
      <Acts {...props} />
    </li>
  );
}

function Acts(props: { caseId: string; bundle: Bundle }) {
  const t = useTranslations("cases.export");
  const errorText = useErrorText();
  const format = useFormat();
  const { askedMs, id, mayOpen, state } = props.bundle;
  const params = { id: props.caseId, export: id };
  const cancel = useCall(cases.cancelCaseExport, [cases.listCaseExports]);
  const remove = useCall(cases.deleteCaseExport, [cases.listCaseExports]);
  const onError = (error: unknown) => void notifications.show({ color: "red", message: errorText(error) });
  const label = (act: string) => t("one", { act, time: format.dateTime(askedMs) });
  if (state === "waiting" || state === "running")
    return (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={label(t("cancel"))}
        loading={cancel.isPending}
        onClick={() => cancel.mutate({ params, body: {} }, { onError })}
      >
        {t("cancel")}
      </Button>
    );
  return (
    <span className="row">
      {state === "done" && mayOpen && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          aria-label={label(t("download"))}
          onClick={() => void download(params).catch(onError)}
        >
          {t("download")}
        </Button>
      )}
      <ActionIcon
        aria-label={label(t("remove"))}
        loading={remove.isPending}
        onClick={() => remove.mutate({ params }, { onError })}
      >
        <IconTrash size={15} />
      </ActionIcon>
    </span>
  );
}

/** The browser fetches it by itself, to the disk; the question before it renews the session where that is needed. */
async function download(params: { readonly id: string; readonly export: string }): Promise<void> {
  await call(cases.listCaseExports, { params: { id: params.id } });
  const link = document.createElement("a");
  link.href = urlOf(cases.getCaseExportContent, { params });
  link.download = "";
  link.click();
}
