import { AppError } from "@gatehouse/base";
import {
  importPublicBundle,
  importTrustRoot,
  type PublicBundle,
  type SuiteId,
  verifySiteKey,
} from "@gatehouse/secure-channel";
import { Type } from "typebox";
import { exchange } from "./http-exchange.ts";
import { fromBase64url, parseJson } from "./json.ts";

const Key = Type.String({ maxLength: 128 });
const SiteKeyList = Type.Object({
  keys: Type.Array(
    Type.Object({
      suite: Type.Integer(),
      keyId: Type.String({ pattern: "^[0-9a-f]{16}$" }),
      agreementKey: Key,
      signingKey: Key,
      voucher: Type.Optional(
        Type.Object({
          gatewayId: Type.String({ maxLength: 64 }),
          issuedMs: Type.Integer({ minimum: 0 }),
          signature: Key,
        }),
      ),
    }),
    { maxItems: 8 },
  ),
});

export interface SiteKeyRequest {
  /** Of the gateway, at the site. */
  readonly url: string;
  readonly suite: SuiteId;
  /** Of the own identity: what the enrolment gave. */
  readonly root: string;
  /** The device's own gateway, where it is told; otherwise any gateway of the installation is believed to be one. */
  readonly gatewayId?: string;
}

/**
 * The key under which a device speaks with its site gateway. It comes over a network that nobody vouches for, so it counts
 * only under the signature of the trust root; refuses `envelope.refused` otherwise.
 */
export async function fetchSiteKey({ url, suite, root, gatewayId }: SiteKeyRequest): Promise<PublicBundle> {
  const { href, host } = new URL("/api/v1/channel/gateway", url);
  const { status, body } = await exchange({ method: "GET", url: href, trust: {} });
  if (status !== 200) throw new AppError("url.unreachable", { host, reason: `HTTP ${status}` });
  const found = parseJson(SiteKeyList, body).keys.find((key) => key.suite === suite);
  const rootKey = importTrustRoot(fromBase64url(root));
  if (found?.voucher === undefined || rootKey === undefined) throw new AppError("envelope.refused");
  const { voucher } = found;
  const [agreementKey, signingKey] = [fromBase64url(found.agreementKey), fromBase64url(found.signingKey)];
  const bundle = importPublicBundle(suite, agreementKey, signingKey);
  const terms = { gatewayId: voucher.gatewayId, suite, agreementKey, signingKey, issuedMs: voucher.issuedMs };
  const isVouchedFor =
    verifySiteKey(rootKey, terms, fromBase64url(voucher.signature)) &&
    (gatewayId === undefined || gatewayId === voucher.gatewayId);
  if (!isVouchedFor || bundle?.keyId !== found.keyId) throw new AppError("envelope.refused");
  return bundle;
}
