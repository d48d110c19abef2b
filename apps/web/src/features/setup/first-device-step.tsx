import { devices, operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { query, useCall } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { AddDeviceForm } from "../devices/add-device-form.tsx";
import { ConnectDevice, type Created } from "../devices/connect-device.tsx";
import { RootFingerprintPanel } from "../recovery/root-fingerprint.tsx";
import styles from "./setup.module.css";
import { StepFoot, StepHead } from "./setup-frame.tsx";

const WATCH_MS = 1_000;

/** Something real, connected right here, or the demo site. */
export function FirstDeviceStep(props: { onBack: () => void }) {
  const t = useTranslations("setup.device");
  const back = useTranslations("common.action")("back");
  const [adding, setAdding] = useState(false);
  return (
    <>
      <StepHead title={t("title")}>{t("intro")}</StepHead>
      {adding ? (
        <RealDevice />
      ) : (
        <div className={styles.choices}>
          <Panel title={t("realTitle")}>
            <div className={styles.choice}>
              <p className="secondary">{t("realText")}</p>
              <Button h={36} onClick={() => setAdding(true)}>
                {t("realAction")}
              </Button>
            </div>
          </Panel>
          <DemoChoice />
        </div>
      )}
      <RootFingerprintPanel />
      <StepFoot>
        <Button variant="default" h={36} onClick={adding ? () => setAdding(false) : props.onBack}>
          {back}
        </Button>
        <ButtonLink to="/" variant="default" h={36}>
          {adding ? t("open") : t("later")}
        </ButtonLink>
      </StepFoot>
    </>
  );
}

/** The same steps as on the page "Add a device"; outside the shell the live connection is this step's own. */
function RealDevice() {
  const [created, setCreated] = useState<Created>();
  useEffect(() => {
    liveHub.start();
    return () => liveHub.stop();
  }, []);
  if (created === undefined) return <AddDeviceForm onCreated={setCreated} />;
  return <ConnectDevice created={created} onAnother={() => setCreated(undefined)} />;
}

function DemoChoice() {
  const t = useTranslations("setup.device");
  const format = useFormat();
  const errorText = useErrorText();
  const start = useCall(operations.startDemo, [
    operations.getDemo,
    operations.getOverview,
    devices.listDevices,
  ]);
  const demo = useQuery({
    ...query(operations.getDemo, {}),
    refetchInterval: ({ state }) => (state.data?.present === true && !state.data.running ? WATCH_MS : false),
  }).data;
  const running = demo?.running === true;
  const starting = start.isPending || (demo?.present === true && !running);
  return (
    <Panel title={t("demoTitle")}>
      <div className={styles.choice}>
        <p className="secondary">{t("demoText")}</p>
        <p role="status">
          {running
            ? t("demoRunning", { count: format.number(demo.devices) })
            : starting
              ? t("demoStarting")
              : null}
        </p>
        {start.error !== null && (
          <p role="alert" className="danger">
            {errorText(start.error)}
          </p>
        )}
        {running ? (
          <ButtonLink to="/" h={36}>
            {t("open")}
          </ButtonLink>
        ) : (
          <Button variant="default" h={36} loading={starting} onClick={() => start.mutate({ body: {} })}>
            {t("demoAction")}
          </Button>
        )}
      </div>
    </Panel>
  );
}
