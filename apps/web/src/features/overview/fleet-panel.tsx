import { devices, type ReplyOf } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useSelectedSite } from "../../data/site.ts";
import { DeviceState, type DeviceStatus } from "../../design/device-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./overview.module.css";

type FleetSite = ReplyOf<typeof devices.fleet>["sites"][number];

const LEGEND: readonly DeviceStatus[] = ["online", "stale", "offline"];

/** Every device as a square, by site. */
export function FleetPanel() {
  const t = useTranslations("overview.fleet");
  const chosen = useSelectedSite();
  const fleet = useQuery(query(devices.fleet, {}));
  const sites = fleet.data?.sites.filter(
    ({ id, total }) => (chosen === undefined || id === chosen.id) && total > 0,
  );
  return (
    <Panel
      title={t("title")}
      subtitle={t("each")}
      end={
        <span className={styles.legend}>
          {LEGEND.map((status) => (
            <DeviceState key={status} status={status} />
          ))}
        </span>
      }
      {...(fleet.data?.truncated === true ? { footer: t("truncated") } : {})}
    >
      <QueryView
        query={fleet}
        what={t("reading")}
        isEmpty={() => sites?.length === 0}
        empty={<p className="secondary small">{t("none")}</p>}
      >
        {() => (
          <div className={styles.sites}>
            {sites?.map((site) => (
              <SiteRow key={site.id} site={site} />
            ))}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

function SiteRow(props: { site: FleetSite }) {
  const t = useTranslations("overview.fleet");
  const format = useFormat();
  const { site } = props;
  return (
    <div className={styles.site}>
      <div>
        <p className="strong small">{site.name}</p>
        <p className="tertiary tiny num">
          {t("online", { online: format.number(site.online), total: format.number(site.total) })}
        </p>
      </div>
      <Squares site={site} />
    </div>
  );
}

/** One tab stop a site; arrows move between its squares. */
function Squares(props: { site: FleetSite }) {
  const t = useTranslations();
  const [current, setCurrent] = useState(0);
  const { site } = props;
  const active = Math.min(current, site.devices.length - 1);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    const to = active + by;
    const square = event.currentTarget.children[to]?.firstElementChild;
    if (!(square instanceof HTMLElement)) return;
    event.preventDefault();
    setCurrent(to);
    square.focus();
  };
  return (
    <ul className={styles.squares} aria-label={site.name} onKeyDown={move}>
      {site.devices.map((device, n) => {
        const label = t("overview.fleet.square", {
          name: device.name,
          status: t(`common.device.${device.status}`),
        });
        return (
          <li key={device.id}>
            <Link
              to="/devices/$deviceId/{-$tab}"
              params={{ deviceId: device.id }}
              preload={false}
              className={`${styles.square} ${styles[device.status]}`}
              aria-label={label}
              title={label}
              tabIndex={n === active ? 0 : -1}
              onFocus={() => setCurrent(n)}
            />
          </li>
        );
      })}
    </ul>
  );
}
