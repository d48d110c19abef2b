import type { Uuid } from "@gatehouse/base";
import type { remoteSettings } from "@gatehouse/contract";

type Report = remoteSettings.SettingsReport;
type Version = remoteSettings.SettingsVersion;
type State = remoteSettings.SettingsState;

/** What a device said, as far as it decides about delivery. */
export type Standing = Pick<Report, "version" | "refused">;

export function stateOf(wantedVersion: number, { version, refused }: Standing): State {
  if (version > wantedVersion) return "ahead";
  if (version === wantedVersion) return version === 0 ? "none" : "applied";
  return refused?.version === wantedVersion ? "refused" : "pending";
}

/** Above every version that anybody has seen, also of a server whose database was restored since. */
export const versionAfter = (newest: number, reported: number): number => Math.max(newest, reported) + 1;

/** The bytes that are signed (docs/agent.md). The same for each sending of one version. */
export const settingsDocument = (deviceId: Uuid, { version, atMs, settings }: Version): Uint8Array =>
  Buffer.from(JSON.stringify({ deviceId, version, issuedMs: atMs, settings }));

/** Content type 10, down. */
export const settingsMessage = (
  document: Uint8Array,
  { keyId, signature }: { readonly keyId: string; readonly signature: Uint8Array },
): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      kind: "settings",
      document: Buffer.from(document).toString("base64url"),
      keyId,
      signature: Buffer.from(signature).toString("base64url"),
    }),
  );
