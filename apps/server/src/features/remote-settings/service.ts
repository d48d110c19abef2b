import { AppError, type Clock, type ErrorCode, type Logger, type Uuid } from "@gatehouse/base";
import { remoteSettings } from "@gatehouse/contract";
import { findDeviceType, findSettingsProblems, type SettingsProblem } from "@gatehouse/device-types";
import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { settingsDocument, settingsMessage, stateOf, versionAfter } from "./model.ts";
import type { Remark, SettingsDevices, SettingsLine, SettingsSigner } from "./ports.ts";
import { SettingsStore, type StoredReport } from "./store.ts";
import type { RemoteSettingsDatabase } from "./tables.ts";

type Settings = Record<string, unknown>;
type Version = remoteSettings.SettingsVersion;
type View = remoteSettings.RemoteSettings;

export interface RemoteSettingsDeps {
  readonly db: RemoteSettingsDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly devices: SettingsDevices;
  readonly signer: SettingsSigner;
  readonly line: SettingsLine;
  readonly audit: AuditTrail;
}

export interface Actor {
  readonly tenantId: Uuid;
  readonly name: string;
}

/** Which version somebody saw before they changed it. */
interface Change {
  readonly settings: Settings;
  readonly after: number;
  readonly restores?: number;
}

const NOTHING_SAID = { version: 0 };

/** Settings that people want on devices, and what devices say of them. */
export class RemoteSettingsService {
  readonly #deps: RemoteSettingsDeps;

  constructor(deps: RemoteSettingsDeps) {
    this.#deps = deps;
  }

  async get(tenantId: Uuid, deviceId: Uuid): Promise<View> {
    this.#schema(tenantId, deviceId);
    const store = this.#store(tenantId, deviceId);
    const [wanted, report] = await Promise.all([store.newest(), store.report()]);
    return viewOf(wanted, report);
  }

  /** Newest first. */
  async versions(tenantId: Uuid, deviceId: Uuid): Promise<Version[]> {
    this.#schema(tenantId, deviceId);
    return this.#store(tenantId, deviceId).list();
  }

  check(tenantId: Uuid, deviceId: Uuid, settings: unknown): SettingsProblem[] {
    return findSettingsProblems(this.#schema(tenantId, deviceId), settings);
  }

  /** Refuses `settings.not_valid` with every problem, and `request.conflict` when `after` is not the newest version. */
  async set(actor: Actor, deviceId: Uuid, change: Change): Promise<View> {
    const { tenantId, name } = actor;
    const { devices, clock, audit } = this.#deps;
    const problems = this.check(tenantId, deviceId, change.settings);
    if (problems.length > 0) throw new AppError("settings.not_valid", { problems });
    if (devices.find(deviceId)?.revoked === true) throw new AppError("device.revoked");
    const { settings, restores } = change;
    const added = await this.#store(tenantId, deviceId).locked(async (store, tx) => {
      const [newest, report] = await Promise.all([store.newest(), store.report()]);
      const newestVersion = newest?.version ?? 0;
      if (newestVersion !== change.after) throw new AppError("request.conflict", { version: newestVersion });
      const version: Version = {
        version: versionAfter(newestVersion, report?.version ?? 0),
        settings,
        atMs: clock.nowMs(),
        byName: name,
        ...(restores === undefined ? {} : { restores }),
      };
      await store.add(version);
      await audit.record(tx, {
        kind: "device.configured",
        tenantId,
        subject: { kind: "device", id: deviceId },
        data: { version: version.version, from: newest?.settings, to: settings, restores },
      });
      return version;
    });
    this.#noteChange(tenantId, deviceId, added);
    this.#send(deviceId, added);
    return this.get(tenantId, deviceId);
  }

  async restore(
    actor: Actor,
    deviceId: Uuid,
    { version, after }: { readonly version: number; readonly after: number },
  ): Promise<View> {
    this.#schema(actor.tenantId, deviceId);
    const earlier = await this.#store(actor.tenantId, deviceId).find(version);
    if (earlier === undefined) throw new AppError("settings.version_not_found");
    return this.set(actor, deviceId, { settings: earlier.settings, after, restores: version });
  }

  /**
   * A device says which settings it has, authentically; it gets the newest when it has not that one. Answers why the
   * report is not taken.
   */
  async reported(
    { tenantId, deviceId }: { readonly tenantId: Uuid; readonly deviceId: Uuid },
    value: unknown,
  ): Promise<ErrorCode | undefined> {
    const schema = findDeviceType(this.#deps.devices.find(deviceId)?.typeId ?? "")?.settings;
    if (schema === undefined) return "settings.not_taken";
    if (!Check(remoteSettings.SettingsReport, value)) return "message.schema";
    const { kind: _, settings, ...said } = value;
    const isKnown = findSettingsProblems(schema, settings).length === 0;
    const report = { ...said, atMs: this.#deps.clock.nowMs(), settings: isKnown ? settings : undefined };
    const { before, wanted } = await this.#store(tenantId, deviceId).locked(async (store) => {
      const [before, wanted] = await Promise.all([store.report(), store.newest()]);
      await store.saveReport(report);
      return { before, wanted };
    });
    if (wanted === undefined) return undefined;
    const state = stateOf(wanted.version, report);
    const isNews = before === undefined || stateOf(wanted.version, before) !== state;
    if (isNews) this.#noteState(tenantId, deviceId, state, report);
    if (state === "pending") this.#send(deviceId, wanted);
    return undefined;
  }

  /** Through the live session where there is one; else the device gets it when it reports in its next. */
  #send(deviceId: Uuid, wanted: Version): void {
    const { signer, line, log } = this.#deps;
    const document = settingsDocument(deviceId, wanted);
    const signed = signer.sign(deviceId, document);
    if (signed === undefined) return;
    const isSent = line.send(deviceId, settingsMessage(document, signed));
    log.debug({ deviceId, version: wanted.version, isSent }, "settings.sent");
  }

  #noteChange(tenantId: Uuid, deviceId: Uuid, { version, byName, restores }: Version): void {
    const data = { version, by: byName };
    this.#note(
      tenantId,
      deviceId,
      restores === undefined
        ? { level: "info", code: "settings_changed", message: "Settings changed", data }
        : {
            level: "info",
            code: "settings_restored",
            message: "Earlier settings set again",
            data: { ...data, restores },
          },
    );
  }

  #noteState(
    tenantId: Uuid,
    deviceId: Uuid,
    state: remoteSettings.SettingsState,
    { version, refused }: Pick<StoredReport, "version" | "refused">,
  ): void {
    if (state === "applied")
      this.#note(tenantId, deviceId, {
        level: "info",
        code: "settings_applied",
        message: "The device has the settings",
        data: { version },
      });
    else if (state === "refused")
      this.#note(tenantId, deviceId, {
        level: "warn",
        code: "settings_refused",
        message: "The device refused the settings",
        data: { ...refused },
      });
  }

  #note(tenantId: Uuid, deviceId: Uuid, remark: Remark): void {
    this.#deps.devices.note(tenantId, deviceId, remark);
  }

  /** Refuses another tenant's device as one that does not exist, and a type that takes no settings. */
  #schema(tenantId: Uuid, deviceId: Uuid): TSchema {
    const device = this.#deps.devices.find(deviceId);
    if (device?.tenantId !== tenantId) throw new AppError("device.not_found");
    const schema = findDeviceType(device.typeId)?.settings;
    if (schema === undefined) throw new AppError("settings.not_taken");
    return schema;
  }

  #store(tenantId: Uuid, deviceId: Uuid): SettingsStore {
    return new SettingsStore(this.#deps.db, tenantId, deviceId);
  }
}

function viewOf(wanted: Version | undefined, report: StoredReport | undefined): View {
  const state = stateOf(wanted?.version ?? 0, report ?? NOTHING_SAID);
  const reason = state === "refused" ? report?.refused?.reason : undefined;
  return {
    state,
    ...(wanted === undefined ? {} : { wanted }),
    ...(reason === undefined ? {} : { refusedReason: reason }),
    ...(report === undefined ? {} : { device: deviceView(report) }),
  };
}

const deviceView = ({
  atMs,
  version,
  takes,
  settings,
  commands,
  leds,
}: StoredReport): NonNullable<View["device"]> => ({
  atMs,
  version,
  takes,
  ...(settings === undefined ? {} : { settings }),
  commands: [...commands],
  leds: [...leds],
});
