import { devices, trust } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { useLive } from "../../data/live.ts";
import { invalidate, query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { isMissing, Missing } from "../../design/missing.tsx";
import { PageTabs } from "../../design/page-tabs.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { GatewayPanel } from "../gateways/gateway-panel.tsx";
import { CommandsTab } from "./commands-tab.tsx";
import { ConfigurationTab } from "./configuration-tab.tsx";
import { CredentialsTab } from "./credentials-tab.tsx";
import { DeviceHeader } from "./device-header.tsx";
import { DevicePlace } from "./device-place.tsx";
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
  if (isMissing(device.error)) return <Missing title={t("missing")} to="/devices" back={t("back")} />;
  return (
    <QueryView query={device} what={t("reading")}>
      {(data) => (
        <DevicePlace key={data.id} place={{ siteId: data.siteId, deviceId: data.id }}>
          <DeviceHeader device={data} />
          <DeviceTabs device={data} />
        </DevicePlace>
      )}
    </QueryView>
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
  return (
    <PageTabs
      label={t("tabs")}
      names={shown}
      current={current}
      text={(name) => t(`tab.${name}`)}
      onGo={(name) =>
        void navigate({
          to: "/devices/$deviceId/{-$tab}",
          params: { deviceId: device.id, tab: name === "now" ? undefined : name },
        })
      }
    >
      <TabContent name={current} device={device} />
    </PageTabs>
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
