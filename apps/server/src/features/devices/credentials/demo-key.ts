import { AppError, type Uuid } from "@gatehouse/base";
import { openSecret } from "../../../platform/secrets/index.ts";
import { type DevicesContext, getRecord } from "../context.ts";
import type { InventoryService } from "../inventory/inventory-service.ts";
import type { Actor } from "../model.ts";
import { sealContext } from "./authenticator.ts";
import type { CredentialService } from "./credential-service.ts";

interface House {
  readonly context: DevicesContext;
  readonly credentials: CredentialService;
  readonly inventory: InventoryService;
}

/**
 * The API key that a simulated device of the demo site has, so that it goes on after a restart; a new one where it has
 * none that works. Undefined for a device that somebody revoked. The keys of real devices are shown once, never again.
 */
export async function demoKey(
  { context, credentials, inventory }: House,
  actor: Actor,
  deviceId: Uuid,
): Promise<string | undefined> {
  if (!(await inventory.get(actor.tenantId, deviceId)).demo) throw new AppError("device.not_found");
  const { revoked, credentials: held } = getRecord(context, actor.tenantId, deviceId);
  if (revoked) return undefined;
  const nowMs = context.clock.nowMs();
  for (const credential of held) {
    const isOver = credential.revoked || (credential.expiresMs ?? Number.POSITIVE_INFINITY) <= nowMs;
    if (isOver || credential.sealed === undefined) continue;
    const key = openSecret(context.sealKey, credential.sealed, sealContext(credential.credentialId));
    return Buffer.from(key).toString();
  }
  return (await credentials.rotate(actor, deviceId)).apiKey;
}
