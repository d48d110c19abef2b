import { devices } from "@gatehouse/contract";
import { Button, Modal, NumberInput, Textarea } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import styles from "./device.module.css";

const DEFAULT_DAYS = 365;
const MAX_DAYS = 825;

/** A client certificate for mutual TLS from the device's own request. */
export function CertificateButton(props: { device: devices.Device }) {
  const t = useTranslations("devices.credential");
  const close = useTranslations("common.action")("close");
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconCertificate size={15} />} onClick={() => setOpened(true)}>
        {t("certificateAct")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("certificate")}
        size={620}
        closeButtonProps={{ "aria-label": close }}
      >
        <Issue device={props.device} />
      </Modal>
    </>
  );
}

function Issue(props: { device: devices.Device }) {
  const t = useTranslations("devices.credential");
  const errorText = useErrorText();
  const [csrPem, setCsrPem] = useState("");
  const [validDays, setValidDays] = useState(DEFAULT_DAYS);
  const issue = useCall(devices.issueCertificate, [devices.listCredentials]);
  if (issue.data !== undefined) {
    return (
      <div className="stack">
        <Pem title={t("certificateIs")} text={issue.data.certificatePem} />
        <Pem title={t("caIs")} text={issue.data.caPem} />
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    issue.mutate({ params: { id: props.device.id }, body: { csrPem: csrPem.trim(), validDays } });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="secondary">{t("certificateText")}</p>
      <Textarea
        label={t("csr")}
        description={t("csrHint")}
        required
        rows={8}
        maxLength={8_192}
        spellCheck={false}
        value={csrPem}
        onChange={(event) => setCsrPem(event.currentTarget.value)}
      />
      <NumberInput
        label={t("validDays")}
        min={1}
        max={MAX_DAYS}
        allowDecimal={false}
        value={validDays}
        onChange={(days) => setValidDays(Number(days) || DEFAULT_DAYS)}
      />
      <DialogFoot error={issue.error === null ? undefined : errorText(issue.error)}>
        <Button type="submit" loading={issue.isPending}>
          {t("issue")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function Pem(props: { title: string; text: string }) {
  return (
    <div className="stack stack-tight">
      <div className="row row-between">
        <span className="strong">{props.title}</span>
        <CopyButton text={props.text} wide />
      </div>
      <pre className={styles.pem}>{props.text}</pre>
    </div>
  );
}
