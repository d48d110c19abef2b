import { devices, trust } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { Tabs } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { isApiError } from "../../data/api-error.ts";
import { useLive } from "../../data/live.ts";
import { invalidate, query } from "../../data/query.ts";
import { Here, useCan } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useTabLine } from "../../design/tab-line.ts";
import { SiteTime, useFormat } from "../../i18n/provider.tsx";
import { GatewayPanel } from "../gateways/gateway-panel.tsx";
import { CommandsTab } from "./commands-tab.tsx";
import { ConfigurationTab } from "./configuration-tab.tsx";
import { CredentialsTab } from "./credentials-tab.tsx";
import { DeviceHeader } from "./device-header.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { LogTab } from "./log-tab.tsx";
import { NowTab } from "./now-tab.tsx";
import { SecurityTab } from "./security-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { TrustTab } from "./trust-tab.tsx";

const TABS = [
  "now",
  "history",
  "commands",
  "credentials",
  "security",
  "trust",
  "log",
  "configuration",
  "settings",
] as const;
type TabName = (typeof TABS)[number];

/** One device: what it says now, its past, and everything one may do with it. */
export function DevicePage() {
  const t = useTranslations("devices.page");
  const { deviceId = "" } = useParams({ strict: false });
  const device = useQuery(query(devices.getDevice, { params: { id: deviceId } }));
  usePageTitle(device.data?.name);
  useLive({ values: [deviceId], details: [deviceId] }, (batch) => {
    const named = batch.changed?.includes(deviceId) || batch.status?.some(([id]) => id === deviceId);
    const lastMetrics = device.data?.last.map(({ metric }) => metric);
    const newMetric = batch.values?.some(
      ([id, metric]) => id === deviceId && lastMetrics?.includes(metric) === false,
    );
    if (named || newMetric) void invalidate(devices.getDevice, devices.listCredentials, trust.getDeviceTrust);
  });
  if (isApiError(device.error) && [400, 404].includes(device.error.status)) return <Missing />;
  return (
    <QueryView query={device} what={t("reading")}>
      {(data) => <Loaded device={data} />}
    </QueryView>
  );
}

function Missing() {
  const t = useTranslations("devices.page");
  return (
    <>
      <h1 className="visually-hidden">{t("missing")}</h1>
      <EmptyState
        icon={<IconMapOff size={22} stroke={1.6} />}
        title={t("missing")}
        action={
          <ButtonLink to="/devices" variant="default">
            {t("back")}
          </ButtonLink>
        }
      />
    </>
  );
}

/** Times on this page are those of the device's site, and what may be done is what may be done there. */
function Loaded(props: { device: devices.Device }) {
  const format = useFormat();
  const sites = useSites();
  const { id, siteId } = props.device;
  const zone = sites?.find((site) => site.id === siteId)?.timeZone;
  return (
    <SiteTime timeZone={zone ?? format.timeZone}>
      <Here value={{ siteId, deviceId: id }}>
        <DeviceHeader device={props.device} />
        <DeviceTabs device={props.device} />
      </Here>
    </SiteTime>
  );
}

function DeviceTabs(props: { device: devices.Device }) {
  const t = useTranslations("devices.page");
  const can = useCan();
  const navigate = useNavigate();
  const { tab } = useParams({ strict: false });
  const { device } = props;
  const isShown: Partial<Record<TabName, boolean>> = {
    settings: can("device.write"),
    configuration: findDeviceType(device.typeId)?.settings !== undefined,
  };
  const shown = TABS.filter((name) => isShown[name] ?? true);
  const current = shown.find((name) => name === tab) ?? "now";
  const line = useTabLine(current);
  const go = (name: string | null) =>
    void navigate({
      to: "/devices/$deviceId/{-$tab}",
      params: { deviceId: device.id, tab: name === "now" || name === null ? undefined : name },
    });
  return (
    <Tabs value={current} onChange={go} keepMounted={false}>
      <Tabs.List aria-label={t("tabs")} {...line}>
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={current} pt="md">
        <TabContent name={current} device={device} />
      </Tabs.Panel>
    </Tabs>
  );
}

function TabContent(props: { name: TabName; device: devices.Device }) {
  const { device } = props;
  switch (props.name) {
    case "now":
      return (
        <div className="stack">
          {device.typeId === "site-gateway" && <GatewayPanel key={device.id} device={device} />}
          <NowTab key={`now/${device.id}`} device={device} />
        </div>
      );
    case "history":
      return <HistoryTab device={device} />;
    case "commands":
      return <CommandsTab device={device} />;
    case "credentials":
      return <CredentialsTab device={device} />;
    case "security":
      return <SecurityTab device={device} />;
    case "trust":
      return <TrustTab device={device} />;
    case "log":
      return <LogTab key={device.id} deviceId={device.id} />;
    case "configuration":
      return <ConfigurationTab key={device.id} device={device} />;
    case "settings":
      return <SettingsTab key={device.id} device={device} />;
  }
}
