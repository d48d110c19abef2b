import { devices, operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./setup.module.css";
import { StepFoot, StepHead } from "./setup-frame.tsx";

const WATCH_MS = 1_000;

/** Something real, or the demo site. */
export function FirstDeviceStep(props: { onBack: () => void }) {
  const t = useTranslations("setup.device");
  const back = useTranslations("common.action")("back");
  return (
    <>
      <StepHead title={t("title")}>{t("intro")}</StepHead>
      <div className={styles.choices}>
        <Panel title={t("realTitle")}>
          <div className={styles.choice}>
            <p className="secondary">{t("realText")}</p>
            <ButtonLink to="/devices/add" h={36}>
              {t("realAction")}
            </ButtonLink>
          </div>
        </Panel>
        <DemoChoice />
      </div>
      <StepFoot>
        <Button variant="default" h={36} onClick={props.onBack}>
          {back}
        </Button>
        <ButtonLink to="/" variant="default" h={36}>
          {t("later")}
        </ButtonLink>
      </StepFoot>
    </>
  );
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
