import { operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import styles from "./setup.module.css";
import { StepFoot, StepHead } from "./setup-frame.tsx";

/** Where Gatehouse is reached, and the fingerprint that a person compares once. */
export function AddressStep(props: { onBack: () => void; onNext: () => void }) {
  const t = useTranslations("setup.address");
  const back = useTranslations("common.action")("back");
  const network = useQuery(query(operations.getNetwork, {}));
  return (
    <>
      <StepHead title={t("title")}>{t("intro")}</StepHead>
      <QueryView query={network} what={t("address")}>
        {(data) => <NetworkFacts network={data} />}
      </QueryView>
      <StepFoot>
        <Button variant="default" h={36} onClick={props.onBack}>
          {back}
        </Button>
        <Button h={36} onClick={props.onNext}>
          {t("next")}
        </Button>
      </StepFoot>
    </>
  );
}

function NetworkFacts(props: { network: operations.NetworkInfo }) {
  const t = useTranslations("setup.address");
  const { publicUrl, secure, ca } = props.network;
  return (
    <>
      <Panel title={t("address")} end={<CopyButton text={publicUrl} />}>
        <dl className="facts">
          <dt>{t("address")}</dt>
          <dd className="mono">{publicUrl}</dd>
          <dt>{t("encryption")}</dt>
          <dd>{secure ? t("https") : t("http")}</dd>
        </dl>
        {!secure && <p className="secondary small">{t("httpText")}</p>}
      </Panel>
      <Panel
        title={t("fingerprint")}
        {...(ca === undefined ? {} : { end: <CopyButton text={ca.fingerprint} /> })}
      >
        {ca === undefined ? (
          <p className="secondary">{t("none")}</p>
        ) : (
          <div className="stack stack-tight">
            <p className={styles.fingerprint}>{ca.fingerprint}</p>
            <p className="tertiary small">{t("fingerprintHint")}</p>
          </div>
        )}
      </Panel>
    </>
  );
}
