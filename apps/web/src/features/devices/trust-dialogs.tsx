import { type devices, trust } from "@gatehouse/contract";
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { DEVICE_TRUST } from "./trust-reads.ts";

type Device = devices.Device;

export function QuarantineButton(props: { device: Device }) {
  const t = useTranslations("trust");
  const { device } = props;
  const quarantine = useCall(trust.quarantineDevice, DEVICE_TRUST);
  return (
    <ReasonDialog
      button={t("quarantine")}
      icon={<IconLock size={15} />}
      title={t("quarantineTitle", { name: device.name })}
      text={t("quarantineText")}
      act={t("quarantineAct", { name: device.name })}
      call={quarantine}
      onAct={(reason, done) =>
        quarantine.mutate({ params: { id: device.id }, body: { reason } }, { onSuccess: done })
      }
    />
  );
}

export function ReleaseButton(props: { device: Device }) {
  const t = useTranslations("trust");
  const [learn, setLearn] = useState(false);
  const { device } = props;
  const release = useCall(trust.releaseDevice, DEVICE_TRUST);
  return (
    <ReasonDialog
      button={t("release")}
      icon={<IconLockOpen size={15} />}
      title={t("releaseTitle", { name: device.name })}
      text={t("releaseText")}
      act={t("releaseAct", { name: device.name })}
      call={release}
      onAct={(reason, done) =>
        release.mutate({ params: { id: device.id }, body: { reason, learn } }, { onSuccess: done })
      }
    >
      <Checkbox
        label={t("learn")}
        checked={learn}
        onChange={(event) => setLearn(event.currentTarget.checked)}
      />
    </ReasonDialog>
  );
}

export function DismissButton(props: { device: Device }) {
  const t = useTranslations("trust");
  const { device } = props;
  const dismiss = useCall(trust.dismissSuggestion, DEVICE_TRUST);
  return (
    <ReasonDialog
      button={t("dismiss")}
      title={t("dismissTitle", { name: device.name })}
      text={t("dismissText")}
      act={t("dismissAct")}
      call={dismiss}
      onAct={(reason, done) =>
        dismiss.mutate({ params: { id: device.id }, body: { reason } }, { onSuccess: done })
      }
    />
  );
}

/** A button that asks why before it acts. */
function ReasonDialog(props: {
  button: string;
  icon?: ReactNode;
  title: string;
  text: string;
  act: string;
  call: { readonly isPending: boolean; readonly error: Error | null };
  onAct: (reason: string, done: () => void) => void;
  children?: ReactNode;
}) {
  const t = useTranslations("trust");
  const words = useTranslations("common.action");
  const errorText = useErrorText();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState("");
  const { call } = props;
  const close = () => setOpened(false);
  return (
    <>
      <Button variant="default" leftSection={props.icon} onClick={() => setOpened(true)}>
        {props.button}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={props.title}
        size={440}
        closeButtonProps={{ "aria-label": words("close") }}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== "") props.onAct(reason.trim(), close);
          }}
        >
          <p className="secondary">{props.text}</p>
          <TextInput
            label={t("reason")}
            description={t("reasonHint")}
            value={reason}
            maxLength={300}
            required
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {props.children}
          <DialogFoot error={call.error === null ? undefined : errorText(call.error)}>
            <Button variant="default" onClick={close}>
              {words("cancel")}
            </Button>
            <Button type="submit" loading={call.isPending} disabled={reason.trim() === ""}>
              {props.act}
            </Button>
          </DialogFoot>
        </form>
      </Modal>
    </>
  );
}
