import { AppError, type Random, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";

type Settings = cameras.OffsiteSettings;

/** Settings whose secret is empty, and the secret, sealed for its own target. */
export interface SealedSettings {
  readonly plain: Settings;
  readonly secret: Uint8Array;
}

export interface TargetSecrets {
  seal(targetId: Uuid, settings: Settings): SealedSettings;
  /** Refuses `secret.unreadable` when the installation's key is another one. */
  open(targetId: Uuid, sealed: SealedSettings): Settings;
}

export function targetSecrets(key: Uint8Array, random: Random): TargetSecrets {
  const contextOf = (targetId: Uuid): string => `offsite/target/${targetId}`;
  return {
    seal: (targetId, settings) => ({
      plain: withSecret(settings, ""),
      secret: sealSecret(key, secretOf(settings), contextOf(targetId), random),
    }),
    open: (targetId, { plain, secret }) =>
      withSecret(plain, new TextDecoder().decode(openSecret(key, secret, contextOf(targetId)))),
  };
}

export const secretOf = (settings: Settings): string =>
  settings.kind === "s3" ? settings.secretAccessKey : settings.token;

const withSecret = (settings: Settings, secret: string): Settings =>
  settings.kind === "s3" ? { ...settings, secretAccessKey: secret } : { ...settings, token: secret };

/** Where the secret is shown to: it stays with the address it was entered for. */
const addressOf = (settings: Settings): string =>
  settings.kind === "s3"
    ? `s3 ${settings.endpoint} ${settings.accessKeyId}`
    : `gatehouse ${new URL(settings.url).origin}`;

/**
 * An empty secret keeps the stored one, but only for the address it was entered for: whoever may change a target must
 * not be able to have its secret sent somewhere else. Refuses `secret.required`.
 */
export function keepSecret(next: Settings, stored: Settings): Settings {
  if (secretOf(next) !== "" || secretOf(stored) === "") return next;
  if (addressOf(next) !== addressOf(stored)) throw new AppError("secret.required", { field: fieldOf(next) });
  return withSecret(next, secretOf(stored));
}

export const fieldOf = ({ kind }: Settings): string => (kind === "s3" ? "secretAccessKey" : "token");
