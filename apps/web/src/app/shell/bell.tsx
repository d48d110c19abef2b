import { alerts } from "@gatehouse/contract";
import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./top-bar.module.css";

/** How many alerts the bell lists; the page has all. */
const SHOWN = 6;

/** The newest alerts; opening it marks them seen, which is never an acknowledgement. */
export function Bell() {
  const t = useTranslations("shell");
  const can = useCan();
  const [opened, setOpened] = useState(false);
  const notices = useQuery({ ...query(alerts.listNotices, {}), enabled: can("alert.read") });
  const seen = useCall(alerts.markNoticesSeen, [alerts.listNotices]);
  if (!can("alert.read")) return null;
  const unseen = notices.data?.unseen ?? 0;
  const label = t("unseen", { count: unseen });
  const change = (open: boolean) => {
    setOpened(open);
    if (open && unseen > 0) seen.mutate({ body: {} });
  };
  return (
    <Popover opened={opened} onChange={change} position="bottom-end" width={320} trapFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={opened}>
          <ActionIcon aria-label={label} onClick={() => change(!opened)}>
            <span className={styles.bell}>
              <IconBell size={18} stroke={1.6} />
              {unseen > 0 && <span className={styles.unseen} />}
            </span>
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("nav.alerts")}>
        <QueryView
          query={notices}
          what={t("nav.alerts")}
          isEmpty={(data) => data.items.length === 0}
          empty={<p className={styles.menuPart}>{t("noNotice")}</p>}
        >
          {(data) =>
            data.items
              .slice(0, SHOWN)
              .map((alert) => <Notice key={alert.id} alert={alert} onOpen={() => setOpened(false)} />)
          }
        </QueryView>
        <p className={styles.menuPart}>
          <Link to="/alerts" className="link small" onClick={() => setOpened(false)}>
            {t("allAlerts")}
          </Link>
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}

function Notice(props: { alert: alerts.Alert; onOpen: () => void }) {
  const format = useFormat();
  const nowMs = useNow(10_000);
  const can = useCan();
  const { alert } = props;
  // What a camera saw is judged by its clip.
  const place =
    alert.event !== undefined && can("recording.view")
      ? ({ to: "/clips/$eventId", params: { eventId: alert.event.id } } as const)
      : ({ to: "/alerts", search: { alert: alert.id } } as const);
  return (
    <Link {...place} className={styles.notice ?? ""} onClick={props.onOpen}>
      <span className="strong truncate">{alert.ruleName}</span>
      <span className="row row-between tertiary tiny">
        <span className="truncate">{alert.deviceName}</span>
        <span className="nowrap">{format.since(alert.raisedMs, nowMs)}</span>
      </span>
    </Link>
  );
}
