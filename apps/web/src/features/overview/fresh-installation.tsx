import { devices, operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconBuildingCommunity, IconPlugConnected } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan, useCanAtSomeSite } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { NeedsYou } from "./needs-you.tsx";
import styles from "./overview.module.css";

/** Nothing to look at yet: two ways to change that. */
export function FreshInstallation(props: { overview: operations.Overview }) {
  const t = useTranslations("overview.fresh");
  const can = useCan();
  const canAdd = useCanAtSomeSite()("device.write");
  const { needsYou } = props.overview;
  return (
    <>
      <StatusSentence>{t("title")}</StatusSentence>
      <div className={styles.fresh}>
        {canAdd && (
          <Panel>
            <EmptyState
              icon={<IconPlugConnected size={22} stroke={1.6} />}
              title={t("deviceTitle")}
              action={<ButtonLink to="/devices/add">{t("deviceAct")}</ButtonLink>}
            >
              {t("deviceText")}
            </EmptyState>
          </Panel>
        )}
        {can("demo.manage") && <Demo />}
      </div>
      {needsYou.length > 0 && <NeedsYou needs={needsYou} />}
    </>
  );
}

function Demo() {
  const t = useTranslations("overview.fresh");
  const errorText = useErrorText();
  const start = useCall(operations.startDemo, [
    operations.getOverview,
    operations.getDemo,
    devices.listDevices,
    devices.listSites,
    devices.fleet,
  ]);
  return (
    <Panel>
      <EmptyState
        icon={<IconBuildingCommunity size={22} stroke={1.6} />}
        title={t("demoTitle")}
        action={
          <>
            <Button variant="default" loading={start.isPending} onClick={() => start.mutate({ body: {} })}>
              {t("demoAct")}
            </Button>
            <span role="status" className="secondary small">
              {start.isPending && t("demoStarting")}
              {start.error !== null && <span className="danger">{errorText(start.error)}</span>}
            </span>
          </>
        }
      >
        {t("demoText")}
      </EmptyState>
    </Panel>
  );
}
