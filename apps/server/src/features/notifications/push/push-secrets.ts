import type { Clock, Random, Uuid } from "@gatehouse/base";
import webpush from "web-push";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import type { PushAddress, Vapid } from "../plugins/notifier-plugin.ts";
import type { PushStore } from "./push-store.ts";

/** Where and for whom a push message is encrypted; without who sends it. */
export type Subscription = Omit<PushAddress, "vapid">;

/** The installation's VAPID key pair, and the addresses of browsers: sealed at rest. */
export interface PushSecrets {
  /** Made at first use. Refuses `secret.unreadable` when the installation's key is another one. */
  vapid(): Promise<Vapid>;
  seal(deviceId: Uuid, subscription: Subscription): Uint8Array;
  open(deviceId: Uuid, sealed: Uint8Array): Subscription;
}

const IDENTITY = "notifications/push/identity";
const contextOf = (deviceId: Uuid): string => `notifications/push/${deviceId}`;
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export function createPushSecrets(deps: {
  readonly store: PushStore;
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  publicUrl(): string;
}): PushSecrets {
  const { clock, key, random, store } = deps;
  let pair: Promise<Omit<Vapid, "subject">> | undefined;

  const load = async (): Promise<Omit<Vapid, "subject">> => {
    const stored = (await store.identity()) ?? (await create());
    const { publicKey } = stored;
    return { publicKey, privateKey: textOf(openSecret(key, stored.privateKey, IDENTITY)) };
  };

  const create = () => {
    const { publicKey, privateKey } = webpush.generateVAPIDKeys();
    const sealed = sealSecret(key, privateKey, IDENTITY, random);
    return store.keepIdentity({ publicKey, privateKey: sealed }, clock.nowMs());
  };

  return {
    async vapid() {
      pair ??= load().catch((error: unknown) => {
        pair = undefined;
        throw error;
      });
      return { ...(await pair), subject: subjectOf(deps.publicUrl()) };
    },
    seal: (deviceId, subscription) =>
      sealSecret(key, JSON.stringify(subscription), contextOf(deviceId), random),
    open: (deviceId, sealed) =>
      JSON.parse(textOf(openSecret(key, sealed, contextOf(deviceId)))) as Subscription,
  };
}

/** A push service asks for a way to reach the sender (RFC 8292 §2.1): our address, where it is one of the web. */
const subjectOf = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? publicUrl : "mailto:nobody@gatehouse.invalid";
