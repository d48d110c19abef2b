import { AppError, type Random, type Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { openSecret, sealSecret } from "../../platform/secrets/index.ts";
import { pluginOf } from "./plugins/registry.ts";

/** Settings whose secrets are empty texts: what is stored in the open and what people read. */
export type PlainSettings = alerts.ChannelSettings & { readonly __plain?: never };

type Texts = Record<string, unknown>;

export interface SealedSettings {
  readonly plain: PlainSettings;
  readonly secrets: Uint8Array;
}

/** Seals and opens the secrets of channels; a sealed value opens only for the channel it was made for. */
export interface ChannelSecrets {
  seal(channelId: Uuid, settings: alerts.ChannelSettings): SealedSettings;
  /** Refuses `secret.unreadable` when the installation's key is another one. */
  open(channelId: Uuid, sealed: SealedSettings): alerts.ChannelSettings;
}

export function createChannelSecrets(key: Uint8Array, random: Random): ChannelSecrets {
  const contextOf = (channelId: Uuid): string => `notifications/channel/${channelId}`;
  return {
    seal(channelId, settings) {
      const { plain, secrets } = split(settings);
      return { plain, secrets: sealSecret(key, JSON.stringify(secrets), contextOf(channelId), random) };
    },
    open(channelId, { plain, secrets }) {
      const opened = openSecret(key, secrets, contextOf(channelId));
      return { ...plain, ...(JSON.parse(new TextDecoder().decode(opened)) as object) };
    },
  };
}

function split(settings: alerts.ChannelSettings): { plain: PlainSettings; secrets: Texts } {
  const plain: Texts = { ...settings };
  const secrets: Texts = {};
  for (const field of pluginOf(settings.kind).secretFields) {
    secrets[field] = plain[field];
    plain[field] = "";
  }
  return { plain: plain as PlainSettings, secrets };
}

/**
 * An empty secret keeps the stored one, but only for the address it was entered for: whoever may change a
 * channel must not be able to have its secret sent somewhere else.
 */
export function keepSecrets(
  next: alerts.ChannelSettings,
  stored: alerts.ChannelSettings,
): alerts.ChannelSettings {
  if (next.kind !== stored.kind) return next;
  // Without a user no password is ever sent.
  if ("user" in next && next.user === "") return next;
  const plugin = pluginOf(next.kind);
  const kept = plugin.secretFields.filter(
    (field) => settingOf(next, field) === "" && settingOf(stored, field) !== "",
  );
  if (kept.length === 0) return next;
  const merged = { ...next, ...Object.fromEntries(kept.map((field) => [field, settingOf(stored, field)])) };
  if (plugin.target(merged) !== plugin.target(stored))
    throw new AppError("secret.required", { field: kept[0] });
  return merged;
}

const settingOf = (settings: alerts.ChannelSettings, field: string): unknown =>
  (settings as unknown as Texts)[field];

/** The text without any secret of the channel, should the other side have repeated one. */
export function withoutSecrets(text: string, settings: alerts.ChannelSettings): string {
  return pluginOf(settings.kind).secretFields.reduce((rest, field) => {
    const secret = settingOf(settings, field);
    return typeof secret === "string" && secret.length >= 4 ? rest.replaceAll(secret, "•••") : rest;
  }, text);
}
