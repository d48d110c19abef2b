import { CONTENT_TYPES, type SuiteId } from "@gatehouse/secure-channel";

/** One message that the server took for good. */
export interface Taken {
  readonly how: "data" | "sealed" | "forwarded";
  readonly senderKeyId: string;
  readonly contentType: number;
  readonly storedLate: boolean;
  readonly sentMs: number | undefined;
  readonly value: unknown;
}

const NO_JSON: readonly number[] = [
  CONTENT_TYPES.cborTelemetry,
  CONTENT_TYPES.jpegFrame,
  CONTENT_TYPES.meterReading,
];

/** What is no JSON stays bytes. */
export const contentOf = (contentType: number, payload: Uint8Array): unknown =>
  NO_JSON.includes(contentType) ? payload : JSON.parse(Buffer.from(payload).toString());

/** A site gateway asks for its keys to be vouched for. */
export interface SiteKeysJson {
  readonly keys: readonly {
    readonly suite: SuiteId;
    readonly agreementKey: string;
    readonly signingKey: string;
  }[];
}

export const isSiteKeys = (value: unknown): value is SiteKeysJson =>
  (value as { kind?: unknown } | null)?.kind === "site-keys";
