import { channel, type devices } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";

const DAY_MS = 86_400_000;
const SPANS = { week: 7 * DAY_MS, month: 30 * DAY_MS, quarter: 91 * DAY_MS } as const;
type Span = keyof typeof SPANS;
const MAX_REASON_LENGTH = 200;

interface Asked {
  readonly device: devices.Device;
  readonly onClose: () => void;
}

export function ResetPinDialog({ device, onClose }: Asked) {
  const t = useTranslations("channel.pin");
  const reset = useCall(channel.resetSuitePin, [channel.getDeviceSecurity]);
  return (
    <ReasonDialog
      title={t("title", { name: device.name })}
      text={t("text")}
      label={t("reason")}
      act={t("act")}
      state={reset}
      onReason={(reason) =>
        reset.mutate({ params: { id: device.id }, body: { reason } }, { onSuccess: onClose })
      }
      onClose={onClose}
    />
  );
}

export function ExemptDialog({ device, onClose }: Asked) {
  const t = useTranslations("channel.exempt");
  const [span, setSpan] = useState<Span>("month");
  const nowMs = useNow();
  const exempt = useCall(channel.setPolicyException, [channel.getDeviceSecurity, channel.getChannel]);
  return (
    <ReasonDialog
      title={t("title", { name: device.name })}
      text={t("text")}
      label={t("reason")}
      act={t("act")}
      state={exempt}
      onReason={(reason) =>
        exempt.mutate(
          { params: { id: device.id }, body: { untilMs: Math.round(nowMs + SPANS[span]), reason } },
          { onSuccess: onClose },
        )
      }
      onClose={onClose}
    >
      <NativeSelect
        label={t("until")}
        value={span}
        onChange={(event) => setSpan(event.currentTarget.value as Span)}
        data={(Object.keys(SPANS) as Span[]).map((value) => ({ value, label: t(value) }))}
      />
    </ReasonDialog>
  );
}

/** An act that needs a reason. */
function ReasonDialog(props: {
  title: string;
  text: string;
  label: string;
  act: string;
  state: { readonly error: Error | null; readonly isPending: boolean };
  onReason: (reason: string) => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const [typed, setTyped] = useState("");
  const reason = typed.trim();
  const { state } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== "") props.onReason(reason);
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={420}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{props.text}</p>
        {props.children}
        <TextInput
          label={props.label}
          value={typed}
          maxLength={MAX_REASON_LENGTH}
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <DialogFoot error={state.error === null ? undefined : errorText(state.error)}>
          <Button variant="default" onClick={props.onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" disabled={reason === ""} loading={state.isPending}>
            {props.act}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
