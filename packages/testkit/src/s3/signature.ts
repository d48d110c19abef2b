import { createHash, createHmac } from "node:crypto";

// AWS Signature Version 4 as it is published ("Create a signed AWS API request"), from the rules alone: nothing here is
// shared with whoever signs.

const SKEW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

const hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string): Buffer =>
  createHmac("sha256", key).update(data).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

/** S3's error code for a request that is not signed as it must be; undefined for one that is. */
export function signatureFault(
  request: SignedRequest,
  { accessKeyId, region, secretAccessKey }: Credentials,
  nowMs: number,
): string | undefined {
  const { headers, method, target, body } = request;
  const text = (name: string): string => {
    const value = headers[name];
    return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim().replace(/ +/g, " ");
  };
  const [, keyId, day, scopeRegion, signedHeaders, signature] =
    AUTHORIZATION.exec(text("authorization")) ?? [];
  if (signature === undefined || signedHeaders === undefined) return "AccessDenied";
  if (keyId !== accessKeyId) return "InvalidAccessKeyId";
  if (scopeRegion !== region) return "AuthorizationHeaderMalformed";
  const names = signedHeaders.split(";");
  const mustSign = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (!mustSign.every((name) => names.includes(name))) return "AccessDenied";
  const date = text("x-amz-date");
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = 0, month = 1, date_ = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (parts.length === 0 || date.slice(0, 8) !== day) return "AccessDenied";
  if (Math.abs(Date.UTC(year, month - 1, date_, hour, minute, second) - nowMs) > SKEW_MS)
    return "RequestTimeTooSkewed";
  const payload = text("x-amz-content-sha256");
  if (payload !== hex(body)) return "XAmzContentSHA256Mismatch";

  const [path = "", query = ""] = target.split("?");
  const canonicalPath = path
    .split("/")
    .map((part) => encode(decodeURIComponent(part)))
    .join("/");
  const canonicalQuery = (query === "" ? [] : query.split("&"))
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      const decode = (one: string): string => encode(decodeURIComponent(one.replaceAll("+", " ")));
      return `${decode(name)}=${decode(value)}`;
    })
    .sort()
    .join("&");
  const canonical = [
    method,
    canonicalPath,
    canonicalQuery,
    ...names.map((name) => `${name}:${text(name)}`),
    "",
    signedHeaders,
    payload,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hex(canonical)].join("\n");
  const key = ["s3", "aws4_request"].reduce(
    (secret, part) => hmac(secret, part),
    hmac(hmac(`AWS4${secretAccessKey}`, day ?? ""), region),
  );
  return hmac(key, toSign).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}
