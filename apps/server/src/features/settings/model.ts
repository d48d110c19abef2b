import { AppError } from "@gatehouse/base";
import { operations } from "@gatehouse/contract";
import { Check } from "typebox/value";
import { parseOutgoingUrl } from "../../platform/outgoing/index.ts";

export type SiteSettings = operations.SiteSettings;

export const DEFAULT_SETTINGS: SiteSettings = {
  organisation: "Gatehouse",
  language: "en",
  timeZone: "UTC",
  retentionRawDays: 90,
  retentionRollupDays: 1_825,
  retentionLogDays: 90,
  retentionLedgerDays: 3_650,
  witnessSilence: { installationMinutes: 15, machineHours: 24 },
  maxTimestampPastDays: 30,
  acceptDiscovery: true,
  autoQuarantine: "suggest",
  signUp: false,
  requireStaffFactor: "auto",
  passwordRules: { minLength: 12, upper: false, lower: false, digit: false, symbol: false },
  messages: { smsPerDay: 200, smsPerPersonPerDay: 8, mailsPerDay: 2_000, mailsPerPersonPerDay: 15 },
  homeAssistant: {
    enabled: false,
    url: "",
    user: "",
    password: "",
    prefix: "homeassistant",
    allowPrivate: false,
  },
};

const BROKER_PROTOCOLS = ["mqtt:", "mqtts:", "ws:", "wss:"];

/** Stored choices over the defaults; what no longer fits the schema falls back to its default. */
export function completeSettings(choices: Readonly<Record<string, unknown>>): SiteSettings {
  const merged: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [name, schema] of Object.entries(operations.SiteSettings.properties)) {
    if (Object.hasOwn(choices, name) && Check(schema, choices[name])) merged[name] = choices[name];
  }
  return merged as SiteSettings;
}

/** Refuses with settings.invalid and the setting's name, or with url.forbidden. */
export function assertSettings(settings: SiteSettings): void {
  if (!isTimeZone(settings.timeZone)) throw new AppError("settings.invalid", { setting: "timeZone" });
  const { enabled, url, allowPrivate } = settings.homeAssistant;
  if (enabled && url === "") throw new AppError("settings.invalid", { setting: "homeAssistant.url" });
  if (url !== "") parseOutgoingUrl(url, { allowPrivate, protocols: BROKER_PROTOCOLS });
}

type Broker = Pick<SiteSettings["homeAssistant"], "url">;

/** Whether a password entered for one broker may go to the other: same protocol, host and port. */
export function isSameBroker(a: Broker, b: Broker): boolean {
  const [one, other] = [URL.parse(a.url), URL.parse(b.url)];
  if (one === null || other === null) return a.url === b.url;
  return one.protocol === other.protocol && one.hostname === other.hostname && portOf(one) === portOf(other);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "mqtt:": "1883", "mqtts:": "8883" };
const portOf = ({ protocol, port }: URL): string => port || (DEFAULT_PORTS[protocol] ?? "");

/** True for a name of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
