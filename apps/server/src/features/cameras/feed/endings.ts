import type { Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { FeedLogin } from "../ports.ts";

export type FeedEnding = "device.revoked" | "tenant.suspended";

/** Tells which logins hold no longer, at once. Returns the end of it. */
export function watchEndings(
  bus: Bus,
  end: (isOver: (login: FeedLogin) => boolean, code: FeedEnding) => void,
): () => void {
  const endDevice = (deviceId: Uuid, credentialIds?: readonly string[]): void =>
    end(
      (login) => login.deviceId === deviceId && (credentialIds?.includes(login.credentialId) ?? true),
      "device.revoked",
    );
  const unsubscribe = [
    bus.subscribe("device.credentials_ended", ({ deviceId, credentialIds }) =>
      endDevice(deviceId, credentialIds),
    ),
    bus.subscribe("device.changed", ({ deviceId, change }) => {
      if (change === "removed") endDevice(deviceId);
    }),
    bus.subscribe("tenant.suspended", ({ tenantId }) =>
      end((login) => login.tenantId === tenantId, "tenant.suspended"),
    ),
  ];
  return () => {
    for (const one of unsubscribe) one();
  };
}
