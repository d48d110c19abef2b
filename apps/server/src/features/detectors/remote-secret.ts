import type { Random, Uuid } from "@gatehouse/base";
import { openSecret, sealSecret } from "../../platform/secrets/index.ts";

/** Secrets of detectors elsewhere, each sealed for its own. */
export interface Secrets {
  /** Undefined for an empty one. */
  seal(id: Uuid, secret: string): Uint8Array | undefined;
  /** Refuses `secret.unreadable` when the installation's key is another one. */
  open(id: Uuid, sealed: Uint8Array): string;
}

export function remoteSecrets(key: Uint8Array, random: Random): Secrets {
  const contextOf = (id: Uuid): string => `detector/${id}`;
  return {
    seal: (id, secret) => (secret === "" ? undefined : sealSecret(key, secret, contextOf(id), random)),
    open: (id, sealed) => new TextDecoder().decode(openSecret(key, sealed, contextOf(id))),
  };
}
