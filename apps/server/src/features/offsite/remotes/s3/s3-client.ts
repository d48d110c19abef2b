import type { cameras } from "@gatehouse/contract";
import { AwsV4Signer } from "aws4fetch";
import type { PinnedResponse } from "../../../../platform/outgoing/index.ts";
import { sha256Hex } from "../../../../platform/secrets/index.ts";
import { type ExchangeDeps, exchange } from "../exchange.ts";
import { RemoteFailure } from "../remote.ts";
import { textOf } from "./xml.ts";

export type S3Settings = Extract<cameras.OffsiteSettings, { kind: "s3" }>;

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Name of an object; of the bucket itself without. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Of a long answer. */
  readonly maxBytes?: number;
  /** Statuses that are no failure beside those of success. */
  readonly expect?: readonly number[];
}

const NOTHING = new Uint8Array(0);
/** S3 refuses a request whose time is further from its own. */
const MAX_SKEW_MS = 15 * 60_000;

/** Requests to one bucket, each signed (AWS Signature Version 4) with the digest of its body. */
export class S3Client {
  readonly #settings: S3Settings;
  readonly #deps: ExchangeDeps;

  constructor(settings: S3Settings, deps: ExchangeDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  async send(request: S3Request, signal: AbortSignal): Promise<PinnedResponse> {
    const { method, body = NOTHING, maxBytes, expect = [] } = request;
    const { accessKeyId, secretAccessKey, region } = this.#settings;
    const signed = await new AwsV4Signer({
      ...{ method, accessKeyId, secretAccessKey, region },
      url: this.#urlOf(request),
      headers: { ...request.headers, "x-amz-content-sha256": sha256Hex(body) },
      service: "s3",
      datetime: amzDate(this.#deps.clock.nowMs()),
    }).sign();
    const reply = await exchange(this.#deps, signed.url.href, {
      ...{ method, signal },
      headers: Object.fromEntries([...signed.headers].filter(([name]) => name !== "host")),
      ...(method === "PUT" || method === "POST" ? { body } : {}),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    if ((reply.status < 200 || reply.status > 299) && !expect.includes(reply.status))
      throw failureOf(reply, this.#deps.clock.nowMs());
    return reply;
  }

  #urlOf({ key, query = {} }: S3Request): string {
    const { bucket, endpoint, pathStyle, prefix } = this.#settings;
    const url = new URL(endpoint);
    if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
    const path = [url.pathname.replace(/\/$/, ""), ...(pathStyle ? [`/${bucket}`] : [])].join("");
    url.pathname = key === undefined ? `${path}/` : `${path}/${prefix}${key}`;
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }
}

/** As in ISO 8601, without its separators: 20260102T030405Z. */
const amzDate = (nowMs: number): string => `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "")}`;

/** What a refusal means, whether it has a body (S3 error document) or not (HEAD). */
export function failureOf({ status, body, headers }: PinnedResponse, nowMs: number): RemoteFailure {
  const xml = new TextDecoder().decode(body.subarray(0, 16_384));
  const code = textOf(xml, "Code");
  const said = [status, code, textOf(xml, "Message")].filter((part) => part !== undefined).join(" ");
  const retryAfterS = Number(headers["retry-after"] ?? Number.NaN);
  const retryAfterMs = retryAfterS >= 0 ? Math.min(retryAfterS, 3_600) * 1_000 : undefined;
  const isUnsaidSkew = status === 403 && code === undefined && isSkewed(headers.date, nowMs);
  if (code === "RequestTimeTooSkewed" || isUnsaidSkew)
    return new RemoteFailure("clock_wrong", clockText(headers.date, nowMs));
  if (code === "SlowDown" || code === "TooManyRequests" || status === 429)
    return new RemoteFailure("slow_down", said, retryAfterMs);
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch" || code === "InvalidDigest")
    return new RemoteFailure("altered_on_way", said);
  if (code?.includes("Quota") === true || status === 507) return new RemoteFailure("full_there", said);
  if (code === "NoSuchBucket") return new RemoteFailure("not_found", said);
  if (status === 401 || status === 403 || status === 301) return new RemoteFailure("refused", said);
  if (status === 408) return new RemoteFailure("timeout", said);
  if (status >= 500) return new RemoteFailure("server_error", said, retryAfterMs);
  return new RemoteFailure("unexpected", said);
}

const isSkewed = (date: string | undefined, nowMs: number): boolean =>
  Math.abs(nowMs - Date.parse(date ?? "")) > MAX_SKEW_MS;

function clockText(date: string | undefined, nowMs: number): string {
  const theirMs = Date.parse(date ?? "");
  return Number.isNaN(theirMs) ? "RequestTimeTooSkewed" : `${Math.round((nowMs - theirMs) / 1_000)} s`;
}
