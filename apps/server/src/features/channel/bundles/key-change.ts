import { AppError, isAppError, type UnixMs } from "@gatehouse/base";
import { channel } from "@gatehouse/contract";
import {
  agreementProof,
  encodeRotation,
  importPublicBundle,
  type PublicBundle,
  sameMac,
  verifyRotation,
} from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { isUniqueViolation } from "../../../platform/database/index.ts";
import { type ChannelContext, fromBase64url, recordOnDevice } from "../context.ts";
import type { Revocations } from "../keys/revocations.ts";
import type { ServerKeys } from "../keys/server-keys.ts";
import { decide } from "../policy/decide.ts";
import type { PolicyService } from "../policy/policy-service.ts";
import type { ChannelDatabase } from "../tables.ts";
import type { BundleDirectory, UsableBundle } from "./bundle-directory.ts";
import type { BundleService } from "./bundle-service.ts";
import { BUNDLE_UNIQUE, listBundles, overlapBundle } from "./bundle-store.ts";

/** How long both keys are taken: a device that loses power in between comes back with the old one. */
const OVERLAP_MS = 24 * 3_600_000;

/** Payload of a message of content type 8 ("keys"), JSON: the device's next bundle. */
const KeysMessage = Type.Object(
  {
    suite: channel.SuiteId,
    agreementKey: channel.base64url(65),
    signingKey: channel.base64url(65),
    /** Of the server bundle that the proof of agreement was made with. */
    serverKeyId: channel.KeyId,
    proof: Type.Object(
      { signature: channel.base64url(64), agreement: channel.base64url(32) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
type KeysMessage = Static<typeof KeysMessage>;

/** The answer, JSON under the same content type. */
export interface KeyChange {
  readonly keyId: string;
  readonly validFromMs: UnixMs;
  readonly oldValidUntilMs: UnixMs;
}

export interface KeyChangerDeps {
  readonly context: ChannelContext;
  readonly bundles: BundleService;
  readonly directory: BundleDirectory;
  readonly serverKeys: ServerKeys;
  readonly revocations: Revocations;
  readonly policy: PolicyService;
}

/** A device changes its keys by itself, over the channel. */
export class KeyChanger {
  readonly #deps: KeyChangerDeps;

  constructor(deps: KeyChangerDeps) {
    this.#deps = deps;
  }

  /**
   * `payload` came authentic under the key `old`. `alongside` is done in the same transaction (the replay state of
   * the message). Asked again with the same keys, it answers the same. Throws `message.malformed`,
   * `channel.suite_refused`, or `channel.key_not_found` under a key in its overlap; then nothing has changed.
   */
  async change(
    old: UsableBundle,
    payload: Uint8Array,
    alongside: (tx: ChannelDatabase) => Promise<void> = async () => undefined,
  ): Promise<KeyChange> {
    const { context, bundles, directory, policy } = this.#deps;
    const { tenantId, deviceId } = old;
    const next = this.#check(old.bundle, payload);
    const refused = decide(
      policy.of(tenantId),
      policy.standingOf(deviceId),
      next.suite,
      context.clock.nowMs(),
    );
    if (refused !== undefined) throw new AppError(refused, { suite: next.suite });
    const before = await this.#findEarlier(old, next);
    if (before !== undefined) {
      await context.db.transaction().execute(alongside);
      return before;
    }
    const validFromMs = context.clock.nowMs();
    const oldValidUntilMs = validFromMs + OVERLAP_MS;
    const ended = await context.db
      .transaction()
      .execute(async (tx) => {
        await overlapBundle(tx, old.bundle.keyId, oldValidUntilMs);
        await this.#deps.revocations.record(tx, [
          { kind: "channel", id: old.bundle.keyId, fromMs: oldValidUntilMs },
        ]);
        // Keys that were in their overlap already: three at once are never needed.
        const ended = await bundles.revokeWithin(tx, deviceId, { exceptKeyId: old.bundle.keyId });
        await bundles.add(tx, old, next, { origin: "rotation", software: undefined });
        await recordOnDevice(
          context,
          tx,
          { tenantId, deviceId },
          {
            kind: "key.rotated",
            data: { from: old.bundle.keyId, to: next.keyId, suite: next.suite },
            actor: { kind: "device", id: deviceId },
          },
        );
        await alongside(tx);
        return ended;
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error, BUNDLE_UNIQUE) ? new AppError("message.malformed") : error;
      });
    await bundles.announceEnd(tenantId, deviceId, ended);
    await directory.reload(deviceId);
    const data = { keyId: next.keyId, oldKeyId: old.bundle.keyId, oldValidUntilMs };
    const message = "Changed its channel keys";
    context.devices.note(tenantId, deviceId, { level: "info", code: "keys_changed", message, data });
    return { keyId: next.keyId, validFromMs, oldValidUntilMs };
  }

  /** The same change was made before, and its answer was lost. Whoever has an old key cannot replace the new one. */
  async #findEarlier(old: UsableBundle, next: PublicBundle): Promise<KeyChange | undefined> {
    const rows = await listBundles(this.#deps.context.db, old.deviceId);
    const was = rows.find(({ keyId }) => keyId === old.bundle.keyId);
    if (was === undefined || was.revokedMs !== undefined) throw new AppError("channel.key_not_found");
    if (was.validUntilMs === undefined) return undefined;
    const made = rows.find(({ keyId, revokedMs }) => keyId === next.keyId && revokedMs === undefined);
    if (made === undefined) throw new AppError("channel.key_not_found");
    return { keyId: made.keyId, validFromMs: made.createdMs, oldValidUntilMs: was.validUntilMs };
  }

  #check(old: PublicBundle, payload: Uint8Array): PublicBundle {
    const message = parseKeysMessage(payload);
    const next = importPublicBundle(
      message.suite,
      fromBase64url(message.agreementKey),
      fromBase64url(message.signingKey),
    );
    const own = this.#deps.serverKeys.findRecipient(message.serverKeyId);
    if (next === undefined || own?.suite !== next.suite || next.keyId === old.keyId) throw malformed();
    const transcript = encodeRotation(old.keyId, next.keyId);
    const agreement = agreementProof(own, next.agreement.raw, transcript);
    const { proof } = message;
    if (
      agreement === undefined ||
      !sameMac(agreement, fromBase64url(proof.agreement)) ||
      !verifyRotation(next, transcript, fromBase64url(proof.signature))
    )
      throw malformed();
    return next;
  }
}

const malformed = (): AppError => new AppError("message.malformed");

function parseKeysMessage(payload: Uint8Array): KeysMessage {
  try {
    const read: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (Check(KeysMessage, read)) return read;
  } catch (error) {
    if (isAppError(error)) throw error;
  }
  throw malformed();
}
