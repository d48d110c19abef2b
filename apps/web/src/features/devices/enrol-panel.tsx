import { devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { ClaimCode } from "./claim-code.tsx";
import styles from "./device.module.css";

/** A fresh code, to scan or to paste, with which the device enrols keys of its own. */
export function EnrolPanel(props: { deviceId: string }) {
  const t = useTranslations("channel.enrol");
  const errorText = useErrorText();
  const create = useCall(devices.createClaimCode);
  return (
    <Panel title={t("title")}>
      <div className="stack">
        <p className="secondary small">{t("text")}</p>
        {create.data !== undefined && (
          <>
            <ClaimCode claim={create.data} />
            <Command claim={create.data} />
          </>
        )}
        {create.error !== null && (
          <p role="alert" className="danger">
            {errorText(create.error)}
          </p>
        )}
        <div>
          <Button
            variant="default"
            loading={create.isPending}
            onClick={() => create.mutate({ params: { id: props.deviceId }, body: {} })}
          >
            {t(create.data === undefined ? "act" : "again")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function Command(props: { claim: devices.ClaimCode }) {
  const t = useTranslations("channel.enrol");
  const { url, code } = props.claim;
  const command = `gatehouse-agent enrol ${new URL(url).origin} ${code}`;
  return (
    <div className="stack stack-tight">
      <span className="row row-between">
        <span className="secondary small">{t("command")}</span>
        <CopyButton text={command} />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
      <pre className={styles.paste} tabIndex={0}>
        {command}
      </pre>
      <span className="tertiary tiny">{t("commandText")}</span>
    </div>
  );
}
