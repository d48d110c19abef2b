import { AppError, isAppError, isUuid, type Uuid } from "@gatehouse/base";
import { access, type devices as contract } from "@gatehouse/contract";
import { findDeviceType, isCameraType, type MetricSpec } from "@gatehouse/device-types";
import type { DeviceDirectory as AlertDirectory, WatchedDevice } from "../features/alerts/index.ts";
import type { ChannelFeature, DeviceInventory } from "../features/channel/index.ts";
import type { DemoInventory } from "../features/demo/index.ts";
import type { DeviceDescription, DevicesFeature, Revocations } from "../features/devices/index.ts";
import type {
  CommandSource,
  DeviceAuthenticator,
  DeviceLogSink,
  Discovery,
} from "../features/gateway/index.ts";
import type { SettingsDevices } from "../features/remote-settings/index.ts";
import type { KnownDevice as SiteDevice, SiteDevices } from "../features/site-gateways/index.ts";
import type { KnownDevice, DeviceDirectory as TelemetryDirectory } from "../features/telemetry/index.ts";
import type { TrustDevices } from "../features/trust/index.ts";
import type { Controls } from "../platform/controls.ts";
import type { DeviceGate } from "../platform/http/principal.ts";
import type { House } from "./house.ts";

// One function for each port that one feature asks for and the devices feature fills. Only shapes change here.

/** Every device may announce others where its tenant allows discovery; what it announces stays its own. */
export const gatewayAuthenticator = (
  devices: DevicesFeature,
  acceptsDiscovery: (tenantId: Uuid) => boolean,
  controls: Controls,
  isSuspended: (tenantId: Uuid) => boolean,
): DeviceAuthenticator => {
  const isBound = controls.publishPermission && controls.subscribePermission;
  const everything = {
    pattern: "#",
    publish: !controls.publishPermission,
    subscribe: !controls.subscribePermission,
  };
  const withMore = <T extends { readonly tenantId: Uuid; readonly grants: readonly contract.TopicGrant[] }>(
    device: T,
  ) => ({
    ...device,
    grants: isBound ? device.grants : [...device.grants, everything],
    discovery: acceptsDiscovery(device.tenantId),
  });
  return {
    async authenticate(claim) {
      const identity = await devices.authenticateDevice(claim);
      if (identity !== undefined && isSuspended(identity.tenantId)) throw new AppError("tenant.suspended");
      return identity && withMore(identity);
    },
    async find(deviceId) {
      const record = devices.findDevice(deviceId);
      if (record === undefined || record.revoked || isSuspended(record.tenantId)) return undefined;
      return withMore(record);
    },
  };
};

export const channelInventory = (devices: DevicesFeature): DeviceInventory => ({
  find: (deviceId) => devices.findDevice(deviceId),
  hasSite: async (tenantId, siteId) => (await devices.listSites(tenantId)).some(({ id }) => id === siteId),
  findOpenClaim: (claimId) => devices.findOpenClaim(claimId),
  enrol: (claimId, inside) => devices.enrolDevice(claimId, inside),
  add: (tenantId, device, inside) => devices.addEnrolled(tenantId, device, inside),
  reEnrol: (tenantId, deviceId, inside) => devices.reEnrol(tenantId, deviceId, inside),
  endClaims: () => devices.endClaims(),
  applyEndings: (ended) => devices.applyEndings(ended),
  note: (...remark) => devices.noteCredential(...remark),
});

export const deviceRevocations = (channel: () => ChannelFeature): Revocations => ({
  record: (tx, ended) => channel().recordRevoked(tx, ended),
  endChannelKeys: (tx, _tenantId, deviceId) => channel().endDeviceKeys(tx, deviceId),
});

/** What devices ask over HTTP comes without the secure channel: whose policy asks for it is not let in. */
export const channelDeviceGate = (
  { deviceGate }: DevicesFeature,
  channel: ChannelFeature,
  { bus, clock }: Pick<House, "bus" | "clock">,
): DeviceGate => ({
  async authenticate(request) {
    const principal = await deviceGate.authenticate(request);
    if (principal === undefined) return undefined;
    const { tenantId, deviceId } = principal;
    const code = channel.plainRefusal(tenantId, deviceId);
    if (code === undefined) return principal;
    const [via, address] = ["http", request.ip];
    bus.publish("message.refused", { tenantId, deviceId, code, via, address, atMs: clock.nowMs() });
    throw new AppError(code);
  },
});

export const gatewayLogSink = (devices: DevicesFeature, { carriage }: ChannelFeature): DeviceLogSink => ({
  async append(device, lines, marks) {
    const sender = { via: "mqtt", address: "", ...device };
    if (marks === undefined || marks.length === 0) await devices.appendLog(sender, lines);
    else await devices.appendLog(sender, lines, (tx) => carriage.writeIn(tx, marks));
  },
});

export const gatewayCommands = (devices: DevicesFeature): CommandSource => ({
  pending: (deviceId) => devices.takePendingCommands(deviceId),
  delivered: (commandId) => devices.commandDelivered(commandId),
  async answered(deviceId, commandId, ok, reason) {
    if (!isUuid(commandId)) return;
    try {
      await devices.commandAnswered(deviceId, commandId, ok, reason);
    } catch (error) {
      if (!isAppError(error, "device.command_not_found")) throw error;
    }
  },
});

export const gatewayDiscovery = (devices: DevicesFeature): Discovery => ({
  async announce(by, { discoveryId, name, metric }) {
    const kind = metric.kind === "text" ? "string" : metric.kind;
    const siteId = devices.findDevice(by.deviceId)?.siteId;
    const deviceId = await devices.discover(by.tenantId, {
      discoveryId: `${by.deviceId}/${discoveryId}`,
      name,
      siteId,
      metrics: [{ ...metric, kind }],
    });
    const record = devices.findDevice(deviceId);
    return {
      tenantId: by.tenantId,
      deviceId,
      typeId: record?.typeId ?? "generic",
      name: record?.name ?? name,
    };
  },
});

export function demoInventory(devices: DevicesFeature): DemoInventory {
  const actor = (tenantId: Uuid) => ({ tenantId, name: "demo" });
  return {
    addSite: async (tenantId, { name, timeZone }) =>
      (await devices.createSite(tenantId, { name, timeZone, demo: true })).id,
    async addDevice(tenantId, siteId, { name, label, typeId, tags, intervalMs }) {
      const { device } = await devices.createDevice(actor(tenantId), {
        name,
        label,
        typeId,
        siteId,
        tags,
        intervalMs,
        demo: true,
      });
      return device;
    },
    async listDevices(tenantId, siteIds) {
      const ids = devices
        .listDeviceIds(tenantId)
        .filter((id) => siteIds.includes(devices.findDevice(id)?.siteId ?? ""));
      const found = await Promise.all(ids.map((id) => devices.getDevice(tenantId, id)));
      // Somebody's own device at a demo site is not simulated.
      return found.filter(({ demo }) => demo);
    },
    apiKey: (tenantId, deviceId) => devices.demoKey(actor(tenantId), deviceId),
    removeSite: (tenantId, siteId) => devices.removeSite(actor(tenantId), siteId),
  };
}

export const settingsDevices = (devices: DevicesFeature): SettingsDevices => ({
  find: (deviceId) => devices.findDevice(deviceId),
  note: (tenantId, deviceId, remark) => devices.noteCredential(tenantId, deviceId, remark),
});

/** What site gateways ask of the inventory, with the keys that each device is known by. */
export function siteDevices(devices: DevicesFeature, channel: ChannelFeature): SiteDevices {
  const find = (deviceId: Uuid): SiteDevice | undefined => devices.findDevice(deviceId);
  return {
    find,
    list: (tenantId) => devices.listDeviceIds(tenantId).flatMap((id) => find(id) ?? []),
    gatewayOf: (deviceId) => devices.gatewayOf(deviceId),
    assignedTo: (gatewayId) => devices.assignedTo(gatewayId),
    keysOf: (deviceId) => channel.keysOf(deviceId),
    statusOf: (deviceId) => devices.statusOf(deviceId),
    lastSeenOf: (deviceId) => devices.lastSeenOf(deviceId),
    heard: (deviceId, via, atMs) => devices.heard(deviceId, { via, address: "" }, atMs),
    siteNames: async (tenantId) =>
      new Map((await devices.listSites(tenantId)).map(({ id, name }) => [id, name])),
  };
}

/** Neighbours are the devices of one type at one site. */
export function trustDevices(devices: DevicesFeature): TrustDevices {
  const known = ({ tenantId, deviceId, name, siteId, typeId }: DeviceDescription) => ({
    tenantId,
    deviceId,
    name,
    groupId: `${siteId}/${typeId}`,
    metrics: findDeviceType(typeId)?.metrics ?? [],
  });
  return {
    list: async () => (await devices.describeDevices()).map(known),
    async find(deviceId) {
      const [described] = await devices.describeDevices({ deviceIds: [deviceId] });
      return described && known(described);
    },
    note: (tenantId, deviceId, remark) => devices.noteCredential(tenantId, deviceId, remark),
  };
}

const historyKind = (kind: string): "number" | "state" => (kind === "number" ? "number" : "state");

/** What alerts and telemetry ask of the inventory, with names and units. */
export function deviceDirectories(devices: DevicesFeature): {
  alerts: AlertDirectory;
  telemetry: TelemetryDirectory;
} {
  const watch = async (tenantId: Uuid, deviceIds: readonly Uuid[]): Promise<WatchedDevice[]> => {
    const sites = new Map((await devices.listSites(tenantId)).map((site) => [site.id, site]));
    const found: WatchedDevice[] = [];
    for (const device of await devices.findDevices(tenantId, deviceIds)) {
      found.push({
        tenantId,
        deviceId: device.id,
        // Cameras are called by the labels people gave them, as on their pages.
        name: (isCameraType(device.typeId) && device.label) || device.name,
        siteId: device.siteId,
        siteName: device.siteName,
        timeZone: sites.get(device.siteId)?.timeZone ?? "UTC",
        typeId: device.typeId,
        tags: device.tags,
        revoked: device.status === "revoked",
        intervalMs: device.intervalMs,
        ...(device.lastSeenMs === undefined ? {} : { lastSeenMs: device.lastSeenMs }),
        metrics: device.metrics.map(({ key, kind, unit }) => ({ key, unit, kind: historyKind(kind) })),
        openMetrics: findDeviceType(device.typeId)?.openMetrics ?? true,
      });
    }
    return found;
  };
  const placesOf = (tenantId: Uuid, deviceIds: readonly Uuid[]): access.Place[] =>
    deviceIds.flatMap((deviceId) => {
      const record = devices.findDevice(deviceId);
      return record?.tenantId === tenantId ? [{ siteId: record.siteId, deviceId }] : [];
    });
  const know = async (
    { tenantId, reach }: access.Scope,
    deviceIds: readonly Uuid[],
  ): Promise<KnownDevice[]> =>
    (await devices.findDevices(tenantId, deviceIds))
      .filter(({ id: deviceId, siteId }) => access.reaches(reach, { siteId, deviceId }))
      .map((device) => ({
        deviceId: device.id,
        name: device.name,
        label: device.label,
        siteId: device.siteId,
        siteName: device.siteName,
        metrics: device.metrics.map(({ key, kind, unit, label }) => ({
          key,
          unit,
          label,
          kind: historyKind(kind),
        })),
      }));
  return {
    alerts: {
      async list() {
        const lists = await Promise.all(
          devices.tenants().map((tenantId) => watch(tenantId, devices.listDeviceIds(tenantId))),
        );
        return lists.flat();
      },
      async find(deviceIds) {
        const byTenant = Map.groupBy(deviceIds, (id) => devices.findDevice(id)?.tenantId);
        const lists = [...byTenant].map(([tenantId, ids]) =>
          tenantId === undefined ? [] : watch(tenantId, ids),
        );
        return (await Promise.all(lists)).flat();
      },
      within: (scope) => (scope.reach === "all" ? "all" : devices.idsWithin(scope)),
      placesOf,
      typeMetrics(typeId) {
        const type = findDeviceType(typeId);
        return (
          type && {
            open: type.openMetrics,
            metrics: type.metrics.map(({ key, kind, unit }: MetricSpec) => ({
              key,
              unit,
              kind: historyKind(kind),
            })),
          }
        );
      },
    },
    telemetry: {
      list: (scope) => know(scope, devices.idsWithin(scope)),
      find: know,
      seesAll: ({ tenantId, reach }, deviceIds) => access.reachesAll(reach, placesOf(tenantId, deviceIds)),
      placesOf,
    },
  };
}
