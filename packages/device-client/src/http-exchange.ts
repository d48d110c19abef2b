import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { TLSSocket } from "node:tls";
import { AppError } from "@gatehouse/base";

/** How far the other side of TLS is believed. */
export interface TlsTrust {
  /** PEM of the only authority to believe; without it those of the system. */
  readonly ca?: string;
  /** True where what is said is authenticated by itself, as an enrolment is by its claim code. */
  readonly unverified?: boolean;
}

export interface Exchange {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly trust: TlsTrust;
  readonly timeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Fingerprint of the certificate at the other end, verified or not; undefined without TLS. */
  readonly certificate: string | undefined;
}

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** What TLS is asked for, everywhere: 1.2 with authenticated ciphers at least. */
export const tlsOptions = ({ ca, unverified }: TlsTrust): object => ({
  minVersion: "TLSv1.2",
  ciphers:
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20",
  rejectUnauthorized: unverified !== true,
  ...(ca === undefined ? {} : { ca: [ca] }),
});

/** One request, bounded in time and size, never redirected. Refuses `url.unreachable` when there is no whole answer. */
export function exchange(asked: Exchange): Promise<Answer> {
  const url = new URL(asked.url);
  const timeoutMs = asked.timeoutMs ?? TIMEOUT_MS;
  const options: RequestOptions = {
    method: asked.method,
    headers: { ...asked.headers, "content-length": String(asked.body?.length ?? 0) },
    signal: AbortSignal.timeout(timeoutMs),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(unreachable(url, cause));
    const receive = (reply: IncomingMessage): void => {
      const { socket } = reply;
      const certificate =
        socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
      collect(reply, asked.maxAnswerBytes ?? MAX_ANSWER_BYTES).then(
        (body) => resolve({ status: reply.statusCode ?? 0, body, certificate }),
        fail,
      );
    };
    const call =
      url.protocol === "https:"
        ? requestHttps(url, { ...options, ...tlsOptions(asked.trust) }, receive)
        : requestHttp(url, options, receive);
    call.on("error", fail).end(asked.body);
  });
}

async function collect(reply: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function unreachable(url: URL, cause: unknown): AppError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new AppError("url.unreachable", { host: url.host, reason: code ?? message }, { cause });
}
