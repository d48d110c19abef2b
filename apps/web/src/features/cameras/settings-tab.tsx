import type { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { AreasEditor } from "./areas-editor.tsx";
import { CameraPanel, MotionPanel } from "./camera-panels.tsx";
import styles from "./cameras.module.css";
import { DetectionPanel } from "./detection/detection-panel.tsx";
import { RecordingPanel } from "./recording-panel.tsx";
import { type SettingsForm, useSettingsForm } from "./use-settings-form.ts";

/** What an organisation chooses for one camera; areas are drawn over its live picture. */
export function SettingsTab(props: { camera: cameras.Camera }) {
  const t = useTranslations("cameras.settings");
  const { camera } = props;
  const form = useSettingsForm(camera);
  const { draft, change } = form;
  return (
    <form
      className={styles.columns}
      aria-label={t("form")}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.save();
      }}
    >
      <div className="stack">
        <AreasEditor
          camera={camera}
          areas={draft.areas}
          looksForMotion={form.base.settings.motion.enabled}
          looksForThings={form.base.settings.detection.enabled}
          wrong={form.wrong}
          onChange={(areas) => change({ areas })}
        />
        <DetectionPanel form={form} />
      </div>
      <div className="stack">
        <CameraPanel form={form} />
        <RecordingPanel form={form} isAgent={camera.health.via === "agent"} />
        <MotionPanel form={form} />
      </div>
      <Foot form={form} />
      <LeaveGuard dirty={form.isDirty && !form.isBusy} />
    </form>
  );
}

function Foot(props: { form: SettingsForm }) {
  const t = useTranslations("cameras.settings");
  const errorText = useErrorText();
  const { form } = props;
  return (
    <div className={styles.formFoot} data-dirty={form.isDirty}>
      {form.isConflict && <Conflict form={form} />}
      <DialogFoot
        error={form.error === null || form.isConflict ? undefined : errorText(form.error)}
        start={form.isDirty && <span className="secondary small">{t("unsaved")}</span>}
      >
        <Button variant="default" disabled={!form.isDirty} onClick={form.reset}>
          {t("discard")}
        </Button>
        <Button type="submit" disabled={!form.isDirty} loading={form.isBusy}>
          {t("save")}
        </Button>
      </DialogFoot>
    </div>
  );
}

function Conflict(props: { form: SettingsForm }) {
  const t = useTranslations("cameras.settings");
  const { form } = props;
  return (
    <div role="alert" className="stack stack-tight">
      <span className="warn strong">{t("conflict")}</span>
      <span className="secondary small">{t("conflictText")}</span>
      <div className="row">
        <Button variant="default" onClick={() => void form.readTheirs()}>
          {t("reload")}
        </Button>
        <Button variant="default" onClick={() => void form.overwrite()}>
          {t("overwrite")}
        </Button>
      </div>
    </div>
  );
}

/** Asks before changes are lost: by a link of the console, and (in the browser's own words) by closing the tab. */
function LeaveGuard(props: { dirty: boolean }) {
  const t = useTranslations("cameras.settings");
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => props.dirty,
    enableBeforeUnload: () => props.dirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={status === "blocked"}
      title={t("leaveTitle")}
      act={t("leave")}
      destructive
      onConfirm={() => proceed?.()}
      onClose={() => reset?.()}
    >
      {t("leaveText")}
    </ConfirmDialog>
  );
}
