import { devices, operations } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import styles from "./settings.module.css";

const RENEW_MS = 5_000;
const AGAIN = [operations.getDemo, operations.getOverview, devices.listSites, devices.listDevices] as const;

/** Simulated devices over the real protocols, removable with everything they made. */
export function DemoSection() {
  const t = useTranslations("settings.demo");
  const canManage = useCan()("demo.manage");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const demo = useQuery({ ...query(operations.getDemo, {}), refetchInterval: RENEW_MS });
  const start = useCall(operations.startDemo, AGAIN);
  const remove = useCall(operations.removeDemo, AGAIN);
  return (
    <Panel
      title={t("title")}
      end={demo.data?.present === true && <Tag>{t(demo.data.running ? "running" : "stopped")}</Tag>}
    >
      <QueryView query={demo} what={t("reading")}>
        {({ present, devices: count, connected }) => (
          <div className={styles.form}>
            <p className="secondary">{present ? t("present", { count, connected }) : t("absent")}</p>
            {start.error !== null && (
              <p role="alert" className="danger">
                {errorText(start.error)}
              </p>
            )}
            {canManage && (
              <div>
                {present ? (
                  <Button variant="default" onClick={() => setAsking(true)}>
                    {t("remove")}
                  </Button>
                ) : (
                  <Button loading={start.isPending} onClick={() => start.mutate({ body: {} })}>
                    {t("start")}
                  </Button>
                )}
              </div>
            )}
          </div>
        )}
      </QueryView>
      <ConfirmDialog
        opened={asking}
        destructive
        title={t("removeTitle")}
        act={t("remove")}
        busy={remove.isPending}
        error={remove.error === null ? undefined : errorText(remove.error)}
        onConfirm={() => remove.mutate({}, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("removeText")}
      </ConfirmDialog>
    </Panel>
  );
}
