import { type AccountsFeature, createAccounts } from "../features/accounts/index.ts";
import { createAlerts } from "../features/alerts/index.ts";
import { createChannel } from "../features/channel/index.ts";
import { createDemo } from "../features/demo/index.ts";
import { createDevices, type DevicesFeature } from "../features/devices/index.ts";
import { createGateway } from "../features/gateway/index.ts";
import { createLab } from "../features/lab/index.ts";
import { createLive } from "../features/live/index.ts";
import { createNotifications } from "../features/notifications/index.ts";
import { operationsRoutes } from "../features/operations/index.ts";
import { createRecovery } from "../features/recovery/index.ts";
import { createRemoteSettings } from "../features/remote-settings/index.ts";
import { createSettings } from "../features/settings/index.ts";
import { createSiteGateways } from "../features/site-gateways/index.ts";
import { createTelemetry } from "../features/telemetry/index.ts";
import { createTrust, type TrustFeature } from "../features/trust/index.ts";
import { unasked } from "../platform/audit/index.ts";
import { createDatabase, isAnswering } from "../platform/database/index.ts";
import type { Feature } from "../platform/feature.ts";
import type { Resources } from "../platform/http/resources.ts";
import { deriveKey } from "../platform/secrets/index.ts";
import { cameraEventsOf, messagesAboutEvents } from "./alert-wiring.ts";
import type { AllTables } from "./all-tables.ts";
import { camerasOf } from "./camera-wiring.ts";
import { demoEndpoints, demoFurniture } from "./demo-wiring.ts";
import { bridgedDevices } from "./home-assistant-wiring.ts";
import type { Features, House } from "./house.ts";
import { bridgeSettings, longestRetention } from "./installation-settings.ts";
import { ledgerOf } from "./ledger-wiring.ts";
import { listListeners } from "./listeners.ts";
import { logInPolicy } from "./log-in-wiring.ts";
import { addMetrics } from "./metrics.ts";
import { morningsOf } from "./morning-wiring.ts";
import { aboutSource, networkSource } from "./operations.ts";
import { overviewSources } from "./overview.ts";
import { directCaps, memberPorts } from "./people-wiring.ts";
import { browsersOf, permissionsOf, tenantsOf, unlessSuspended, withPrograms } from "./permission-wiring.ts";
import { pushAudience } from "./push-wiring.ts";
import { sharersOf } from "./share-wiring.ts";
import {
  channelDeviceGate,
  channelInventory,
  demoInventory,
  deviceDirectories,
  deviceRevocations,
  gatewayAuthenticator,
  gatewayCommands,
  gatewayDiscovery,
  gatewayLogSink,
  settingsDevices,
  siteDevices,
  trustDevices,
} from "./wiring.ts";

const DAY_MS = 86_400_000;

/** Every feature, with every port filled. */
export function createFeatures(house: House): Features {
  const { config, log, clock, random, bus, database, masterKey, tls, secure, publicUrl, controls } = house;
  const { pool } = database;
  const db = createDatabase<AllTables>(pool);
  let demoWanted = false;

  const ledger = ledgerOf(house, db, () => ({
    accounts,
    channel,
    choices,
    devices,
    gateway,
    inOrder,
    notifications,
  }));
  const { audit } = ledger;
  const shared = { db, pool, clock, random, log, bus, audit, masterKey, controls, publicUrl };
  const settings = createSettings({
    db,
    clock,
    random,
    bus,
    audit,
    sealingKey: deriveKey(masterKey, "settings"),
  });
  const { settings: choices } = settings;
  const permissions = permissionsOf(
    house,
    db,
    ledger,
    () => accounts,
    () => devices,
    { send: (tx, message) => notifications.messenger.send(tx, message) },
  );
  const accounts: AccountsFeature = createAccounts({
    ...shared,
    // Behind a proxy that ends TLS the browser speaks HTTPS although we do not.
    secure: secure || config.publicUrl.startsWith("https:"),
    organisation: (tenantId) => choices.get(tenantId).organisation,
    accessOf: ({ id, tenant_id, role }) => permissions.accessOf({ tenantId: tenant_id, personId: id, role }),
    isHost: permissions.isHost,
    ...logInPolicy(choices, config),
    ...memberPorts(
      choices,
      permissions,
      ledger,
      () => notifications,
      house,
      () => [cameras.verdicts.personalData],
    ),
    async onTenantCreated({ tenantId, organisation, language }) {
      permissions.tenantAdded(tenantId);
      const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      await choices.update(tenantId, { organisation, language, timeZone });
      await devices.createSite(tenantId, { name: organisation, timeZone });
      if (demoWanted && permissions.isHost(tenantId))
        unasked(() => demo.demo.create(tenantId)).catch((err: unknown) => log.error({ err }, "demo.failed"));
    },
  });
  const devices: DevicesFeature = createDevices({
    ...shared,
    issuer: tls,
    lastValues: {
      lastValues: async (deviceIds) =>
        new Map(
          [...telemetry.lastValues(deviceIds)].map(([id, values]) => [
            id,
            values.map((value) => ({ ...value })),
          ]),
        ),
    },
    revocations: deviceRevocations(() => channel),
    trust: {
      badge: (deviceId) => trust.badge(deviceId),
      quarantinedIds: (tenantId) => trust.quarantinedIds(tenantId),
    },
    retentionLogDays: (tenantId) => choices.get(tenantId).retentionLogDays,
  });
  const channel = createChannel({
    ...shared,
    dataDir: config.dataDir,
    devices: channelInventory(devices),
    gatewayOf: (deviceId) => devices.gatewayOf(deviceId),
    isSiteKey: (gatewayId, keyId) => siteGateways.hasSiteKey(gatewayId, keyId),
    people: {
      endAll: async () => void (await Promise.all([accounts.endAllSessions(), cameras.shares.endAll()])),
    },
    caPem: () => (secure && config.tls.certFile === "" ? tls.authority.certificatePem : undefined),
    storedLimitMs: (tenantId) => choices.get(tenantId).maxTimestampPastDays * DAY_MS,
    onCloned: (deviceId) =>
      trust.report(deviceId, { detail: "channel_key_cloned", evidenceRatio: 1, atMs: clock.nowMs() }),
  });
  const tenants = tenantsOf(house, db, ledger, accounts, devices, choices, permissions.isHost);
  const directories = deviceDirectories(devices);
  const telemetry = createTelemetry({
    ...shared,
    directory: directories.telemetry,
    screen: {
      screen: (reading) => trust.screen(reading),
      keep: (client, held) => trust.keep(client, held),
    },
    sealedMarks: channel.carriage,
    originals: { write: (client, readings) => siteGateways.writeOriginals(client, readings) },
    settings: {
      maxPastDays: (tenantId) => choices.get(tenantId).maxTimestampPastDays,
      retention: () => longestRetention(choices),
    },
  });
  const trust: TrustFeature = createTrust({
    ...shared,
    devices: trustDevices(devices),
    history: telemetry,
    settings: {
      autoQuarantine: (tenantId) => choices.get(tenantId).autoQuarantine,
      retentionRawDays: (tenantId) => choices.get(tenantId).retentionRawDays,
      retentionLogDays: (tenantId) => choices.get(tenantId).retentionLogDays,
    },
    tenantIds: () => accounts.tenantIds(),
  });
  const notifications = createNotifications({
    ...shared,
    settings: { get: (tenantId) => choices.get(tenantId), publicUrl },
    people: { languageOf: (tenantId, email) => accounts.languageOf(tenantId, email) },
    audience: pushAudience(accounts, devices, () => tenants),
    directCaps: directCaps(choices, config),
    ...messagesAboutEvents(
      () => alerts,
      () => cameras,
    ),
    trail: { record: (alertId, kind, atMs, detail) => alerts.recordDelivery(alertId, kind, atMs, detail) },
  });
  const alerts = createAlerts({
    ...shared,
    directory: directories.alerts,
    telemetry: {
      last: async (deviceIds) => telemetry.lastValues(deviceIds),
      history: (_tenantId, deviceId, metric, fromMs, toMs, limit) =>
        telemetry.values(deviceId, metric, fromMs, toMs, limit),
    },
    notifier: notifications.notifier,
    events: cameraEventsOf(() => cameras),
    looks: (cameraId) => cameras.cameras.settingsOf(cameraId)?.detection.enabled === true,
    language: (tenantId) => choices.get(tenantId).language,
    settings: { get: (tenantId) => choices.get(tenantId) },
    tenantIds: () => accounts.tenantIds(),
  });
  const remoteSettings = createRemoteSettings({
    audit,
    ...house,
    db,
    devices: settingsDevices(devices),
    signer: { sign: channel.signSettings },
    line: { send: (deviceId, payload) => gateway.sendControl(deviceId, payload) },
  });
  const browsers = browsersOf(accounts, devices, permissions, () => tenants);
  const cameras = camerasOf(house, shared, {
    ...{ devices, channel, tenants, browsers, ledger },
    programOf: unlessSuspended(() => tenants, permissions.programOf),
    sharers: sharersOf(accounts, choices, tenants),
    mornings: morningsOf(choices, () => notifications),
    alerts: () => alerts,
    onForked: (cameraId) =>
      trust.report(cameraId, { detail: "segment.forked", evidenceRatio: 0.5, atMs: clock.nowMs() }),
    tenantIds: () => accounts.tenantIds(),
    sendControl: (deviceId, payload) => gateway.sendControl(deviceId, payload),
  });
  const siteGateways = createSiteGateways({
    ...shared,
    devices: siteDevices(devices, channel),
    signSiteKey: (terms) => channel.signSiteKey(terms),
    sessions: {
      has: (deviceId) => gateway.hasSession(deviceId),
      send: (deviceId, payload) => gateway.sendControl(deviceId, payload),
    },
    settings: {
      retentionLogDays: (tenantId) => choices.get(tenantId).retentionLogDays,
      retentionRollupDays: (tenantId) => choices.get(tenantId).retentionRollupDays,
    },
    tenantIds: () => accounts.tenantIds(),
  });
  const gateway = createGateway({
    ...shared,
    mqtt: { ...config.mqtt, tlsHost: config.mqtt.tlsHost || config.http.host },
    tls,
    sink: telemetry,
    authenticator: gatewayAuthenticator(
      devices,
      (tenantId) => choices.get(tenantId).acceptDiscovery,
      controls,
      (tenantId) => tenants.isSuspended(tenantId),
    ),
    deviceLog: gatewayLogSink(devices, channel),
    deviceSettings: remoteSettings,
    witnesses: ledger.witnesses.machines,
    siteGateways,
    frames: cameras.cameras.carried,
    cameras: cameras.events,
    clips: cameras.recordings.agentClips,
    commands: gatewayCommands(devices),
    discovery: gatewayDiscovery(devices),
    settings: { get: (tenantId) => choices.get(tenantId) },
    channel: channel.carriage,
    homeAssistant: {
      bridgedDevices: bridgedDevices(devices, cameras.cameras),
      bridgeSettings: () => bridgeSettings(choices),
    },
  });
  const live = createLive({
    ...shared,
    rate(tenantId) {
      const { accepted, refused } = gateway.statsOf(tenantId);
      return { perSecond: accepted.perSecond, refused };
    },
    ...browsers,
  });
  const listeners = () =>
    listListeners(config, secure, house.http, [...gateway.listening(), ...cameras.grpc.listening()]);
  const demo = createDemo({
    ...shared,
    inventory: demoInventory(devices),
    furniture: demoFurniture({ db, clock, random, alerts, audit, cameras: () => cameras.cameras }),
    language: (tenantId) => choices.get(tenantId).language,
    clip: config.demo.clip,
    endpoints: () => demoEndpoints(listeners(), publicUrl(), tls.authority.certificatePem),
  });
  const lab = createLab({ db, clock, random, log, audit });
  const recovery = createRecovery({ ...shared, dataDir: config.dataDir });
  const operationRoutes = operationsRoutes({
    clock,
    overview: overviewSources({
      ...house,
      accounts,
      channel,
      devices,
      gateway,
      ledger,
      recordings: cameras.recordings,
      offsite: cameras.offsite,
      recovery,
      permissions,
      alerts,
      notifications,
      telemetry,
      trust,
    }),
    network: networkSource({
      ...house,
      gateway,
      listeners,
      isBridgeOf: (tenantId) => bridgeSettings(choices)?.tenantId === tenantId,
    }),
    about: aboutSource({ ...house, gateway, telemetry }),
    readiness: {
      database: () => isAnswering(pool),
      gateway: async () => gateway.listening().length > 0,
    },
    stopping: house.stopping,
  });
  addMetrics(house.metrics, { notifications, gateway, telemetry, live, trust });

  // Those that are asked come before those that ask; listeners open last.
  const inOrder: Feature[] = [
    ledger,
    recovery,
    settings,
    accounts,
    devices,
    permissions,
    tenants,
    channel,
    telemetry,
    trust,
    notifications,
    alerts,
    live,
    remoteSettings,
    siteGateways,
    ...cameras.inOrder,
    gateway,
    demo,
    lab,
  ];
  return {
    inOrder,
    routes: [...inOrder.flatMap((feature) => feature.routes ?? []), ...operationRoutes],
    jobs: inOrder.flatMap((feature) => feature.jobs ?? []),
    personGate: {
      authenticate: unlessSuspended(
        () => tenants,
        withPrograms(accounts.personGate, permissions.programOf).authenticate,
      ),
    },
    resources: Object.assign({}, ...inOrder.map((feature) => feature.resources ?? {})) as Resources,
    secondPerson: permissions.secondPerson,
    useMounted: permissions.useMounted,
    deviceGate: {
      authenticate: unlessSuspended(() => tenants, channelDeviceGate(devices, channel, house).authenticate),
    },
    live,
    cameras,
    gateway,
    firstTenantId: () => accounts.firstTenantId(),
    ensureSetupToken: () => accounts.ensureSetupToken(),
    listeners,
    async startDemo(wanted) {
      demoWanted = wanted;
      await demo.demo.resume();
      const tenantId = await accounts.firstTenantId();
      if (wanted && tenantId !== undefined && !(await demo.demo.state(tenantId)).present)
        await demo.demo.create(tenantId);
    },
  };
}
