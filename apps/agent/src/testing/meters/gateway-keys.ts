import { importPublicBundle, type PublicBundle, type SuiteId } from "@gatehouse/secure-channel";
import type { LocalKeyJson } from "../../gateway/local-keys.ts";

/** A gateway's keys at the site, as its installer would read them from it. */
export async function fetchGatewayKey(url: string, suite: SuiteId): Promise<PublicBundle> {
  const reply = await fetch(new URL("/api/v1/channel/gateway", url));
  const { keys } = (await reply.json()) as { keys: LocalKeyJson[] };
  const key = keys.find((candidate) => candidate.suite === suite);
  const raw = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
  const bundle = key && importPublicBundle(suite, raw(key.agreementKey), raw(key.signingKey));
  if (bundle === undefined || bundle.keyId !== key?.keyId) throw new Error("the gateway has no such key");
  return bundle;
}
