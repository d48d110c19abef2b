import { devices, gateways } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { DeviceState } from "../../design/device-state.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { AssignDrawer } from "./assign-drawer.tsx";
import { Contact, Queue } from "./gateway-table.tsx";
import styles from "./gateways.module.css";
import { StartRead } from "./read-panel.tsx";

const PAGE = 10;
const RENEW_MS = 10_000;

/** On a gateway's own page: what waits at its site, and for whom it speaks. */
export function GatewayPanel(props: { device: devices.Device }) {
  const t = useTranslations("gateways");
  const can = useCan();
  const navigate = useNavigate();
  const [offset, setOffset] = useState(0);
  const [assigning, setAssigning] = useState(false);
  const { device } = props;
  const own = useQuery({
    ...query(gateways.getGateway, { params: { id: device.id } }),
    refetchInterval: RENEW_MS,
  });
  const list = useQuery(
    query(devices.listDevices, {
      query: { gateway: device.id, sort: "name", offset: String(offset), limit: String(PAGE) },
    }),
  );
  const hasMeters = list.data?.items.some(({ typeId }) => typeId === "meter") === true;
  const canRead = hasMeters && can("meter_read.run");
  const canAssign = can("device.write") && device.revokedMs === undefined;
  const acts = (canRead || canAssign) && (
    <span className="row row-wrap">
      {canRead && <StartRead gatewayId={device.id} onStarted={() => void navigate({ to: "/gateways" })} />}
      {canAssign && (
        <Button variant="default" onClick={() => setAssigning(true)}>
          {t("assign")}
        </Button>
      )}
    </span>
  );
  return (
    <Panel
      title={t("panel.title")}
      {...(acts === false ? {} : { end: acts })}
      footer={
        own.data !== undefined && (
          <dl className={styles.facts}>
            <div>
              <dt>{t("column.queue")}</dt>
              <dd>
                <Queue gateway={own.data} />
              </dd>
            </div>
            <div>
              <dt>{t("column.contact")}</dt>
              <dd>
                <Contact gateway={own.data} />
              </dd>
            </div>
          </dl>
        )
      }
    >
      <QueryView
        query={list}
        what={t("panel.reading")}
        isEmpty={({ total }) => total === 0}
        empty={<EmptyState title={t("panel.empty")}>{t("panel.emptyText")}</EmptyState>}
      >
        {({ items, total }) => (
          <div className="stack">
            <p className="secondary small">{t("panel.text")}</p>
            <ul className={styles.picks}>
              {items.map(({ id, name, status }) => (
                <li key={id} className="row row-between">
                  <Link to="/devices/$deviceId/{-$tab}" params={{ deviceId: id, tab: undefined }}>
                    {name}
                  </Link>
                  <DeviceState status={status} />
                </li>
              ))}
            </ul>
            <Pager offset={offset} limit={PAGE} total={total} onOffset={setOffset} />
          </div>
        )}
      </QueryView>
      {assigning && <AssignDrawer gateway={device} onClose={() => setAssigning(false)} />}
    </Panel>
  );
}
