import { cameras } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../../data/live.ts";
import { useCall } from "../../../data/query.ts";
import { useCan } from "../../../data/session.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { instantOf, localText } from "../../../design/time-range.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";

type Row = cameras.RecordingStorage["cameras"][number];

const HOUR_MS = 3_600_000;
const LEAST_REASON = 3;
const MOST_REASON = 500;

/** Erases what a camera recorded in a span, for ever. */
export function EraseButton(props: { cameras: readonly Row[] }) {
  const t = useTranslations("recordings.erase");
  const can = useCan();
  const [isOpen, setIsOpen] = useState(false);
  if (!can("recording.erase") || props.cameras.length === 0) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTrash size={14} aria-hidden="true" />}
        onClick={() => setIsOpen(true)}
      >
        {t("open")}
      </Button>
      {isOpen && <EraseDialog cameras={props.cameras} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function EraseDialog(props: { cameras: readonly Row[]; onClose: () => void }) {
  const t = useTranslations("recordings.erase");
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const format = useFormat();
  const { timeZone } = format;
  const [cameraId, setCameraId] = useState(props.cameras[0]?.cameraId ?? "");
  const [from, setFrom] = useState(() => localText(liveHub.nowMs() - HOUR_MS, timeZone));
  const [to, setTo] = useState(() => localText(liveHub.nowMs(), timeZone));
  const [reason, setReason] = useState("");
  const erase = useCall(cameras.eraseRecordings, [
    cameras.getRecordingStorage,
    cameras.listCameraEvents,
    cameras.getTimeline,
  ]);
  const [fromMs, toMs] = [instantOf(from, timeZone), instantOf(to, timeZone)];
  const isSpan = fromMs !== undefined && toMs !== undefined && toMs > fromMs;
  const isComplete = isSpan && reason.trim().length >= LEAST_REASON;
  const chosen = props.cameras.find((camera) => camera.cameraId === cameraId);
  const name = chosen === undefined ? "" : titleOf(chosen);
  const submit = () => {
    if (!isComplete) return;
    erase.mutate(
      { params: { id: cameraId }, body: { fromMs, toMs, reason: reason.trim() } },
      {
        onSuccess: ({ segments, bytes }) => {
          notifications.show({ message: t("done", { count: segments, bytes: format.bytes(bytes), name }) });
          props.onClose();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("title")}
      size={480}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="danger">{t("forEver")}</p>
        <p className="secondary">{t("whole")}</p>
        <NativeSelect
          label={t("camera")}
          value={cameraId}
          onChange={(event) => setCameraId(event.currentTarget.value)}
          data={props.cameras.map((camera) => ({ value: camera.cameraId, label: titleOf(camera) }))}
        />
        <FieldGrid fieldWidth={200}>
          <TextInput
            type="datetime-local"
            label={t("from")}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={t("to")}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </FieldGrid>
        {!isSpan && <p className="warn">{t("noSpan")}</p>}
        <p className="tertiary small">{t("zone", { zone: timeZone })}</p>
        <Textarea
          label={t("reason")}
          description={t("reasonHint")}
          required
          autosize
          minRows={2}
          maxLength={MOST_REASON}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DialogFoot {...(erase.error === null ? {} : { error: errorText(erase.error) })}>
          <Button variant="default" onClick={props.onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" variant="danger" disabled={!isComplete} loading={erase.isPending}>
            {t("act", { name })}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
